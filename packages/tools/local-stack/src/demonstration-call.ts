import { randomUUID } from 'node:crypto';
import { waitFor, type Asked } from '@dialgate/service-kit';
import { LocalStackError } from './errors.js';

/** What the demonstration reads of a call's status. */
export interface CallView {
  status: string;
  is_completed: boolean;
  created_at: string;
  dialed_at?: string | null;
  ringing_at?: string | null;
  answered_at?: string | null;
  ended_at?: string | null;
  duration?: number | null;
  failure_reason?: string | null;
  hangup_cause?: number | null;
  hangup_cause_text?: string | null;
  hangup_by?: string | null;
}

/** A status the call has reached, and how long after its creation. */
export interface Reached {
  status: string;
  afterMs: number;
}

const NUMBER = '+1234567890';

/** The first request with this Idempotency-Key is still under way; too many requests; PostgreSQL is away. */
const ASK_AGAIN: ReadonlySet<number> = new Set([409, 429, 503]);

/** Where the gateway is, and who calls. */
export interface Demonstration {
  url: string;
  username: string;
  password: string;
  say: (line: string) => void;
  /** Aborted when the stack is to be stopped; the call is then left to itself at once. */
  stopped: AbortSignal;
  /** How long it is followed altogether, in milliseconds. Default 10 minutes. */
  limitMs?: number | undefined;
}

/**
 * Places one call over the gateway's own HTTP API, as any client would, and says what becomes of it, as it happens. It is a guest:
 * this never throws, and whatever goes wrong is one line. A gateway that is away or says that it is (503) is asked again, by an
 * Idempotency-Key, so that it is one call all the same.
 */
export async function demonstrateCall(demonstration: Demonstration): Promise<void> {
  const { say, stopped } = demonstration;
  try {
    await placeAndFollow(demonstration);
  } catch (error) {
    if (!stopped.aborted) say(`  the demonstration call went wrong: ${causesOf(error).join(': ')}`);
  }
}

async function placeAndFollow({ url, username, password, say, stopped, limitMs }: Demonstration): Promise<void> {
  const patience = { say: (line: string) => say(`  ${line}`), signal: stopped, limitMs };
  const api = (path: string, request: RequestInit): (() => Promise<Asked<unknown>>) => {
    return () => ask(`${url}/api/v2${path}`, { ...request, signal: stopped });
  };

  const login = { method: 'POST', body: new URLSearchParams({ username, password }) };
  const token = (await waitFor({ ...patience, what: 'the login', ask: api('/token', login) })) as {
    access_token: string;
  };
  const headers = { authorization: `Bearer ${token.access_token}` };

  const path = `/interaction/${encodeURIComponent(NUMBER)}`;
  const body = JSON.stringify({ context: 'outbound-ivr' });
  say(`  One call, to see it work:  POST /api/v2${path}  ${body}`);
  const post = {
    method: 'POST',
    body,
    headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': `demonstration-${randomUUID()}` },
  };
  const accepted = (await waitFor({ ...patience, what: 'the call to be accepted', ask: api(path, post) })) as {
    call_id: string;
  };
  say(`  accepted as ${accepted.call_id}`);

  const told: string[] = [];
  const look = api(`/status/${accepted.call_id}`, { headers });
  await waitFor({
    ...patience,
    what: 'the demonstration call to end',
    ask: async () => {
      const answer = await look();
      if ('notYet' in answer) return answer;
      const view = answer.got as CallView;
      for (const { status, afterMs } of newlyReached(told, view)) {
        told.push(status);
        say(`  ${(afterMs / 1000).toFixed(2).padStart(8)} s  ${status}${status === view.status ? ending(view) : ''}`);
      }
      return view.is_completed ? { got: true } : { notYet: `it is ${view.status}` };
    },
  });
}

/**
 * @returns what the gateway answered, or why it could not be asked just now.
 * @throws when it refuses, or answers something that is not JSON.
 */
async function ask(url: string, request: RequestInit): Promise<Asked<unknown>> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, request);
    text = await answer.text();
  } catch (error) {
    return { notYet: causesOf(error).join(': ') }; // Refused, reset, cut off: an API that is being started again.
  }
  const said = `${String(answer.status)} ${text.slice(0, 300)}`;
  if (ASK_AGAIN.has(answer.status)) return { notYet: said };
  if (!answer.ok) throw new LocalStackError(`the gateway said ${said}`);
  try {
    return { got: JSON.parse(text) as unknown };
  } catch {
    throw new LocalStackError(`the gateway said ${said}`);
  }
}

/**
 * The statuses reached since the last look, those included that were over before we looked: the call remembers when it was where.
 */
export function newlyReached(told: string[], view: CallView): Reached[] {
  const createdAt = Date.parse(view.created_at);
  const remembered: [string, string | null | undefined][] = [
    ['pending', view.created_at],
    ['dialing', view.dialed_at],
    ['ringing', view.ringing_at],
    ['answered', view.answered_at],
    [view.status, view.ended_at],
  ];
  const reached = remembered.flatMap(([status, at]) =>
    at === null || at === undefined ? [] : [{ status, afterMs: Math.max(0, Date.parse(at) - createdAt) }],
  );
  const news = reached.filter(
    ({ status }, index) => !told.includes(status) && reached.findIndex((r) => r.status === status) === index,
  );
  return news.sort((a, b) => a.afterMs - b.afterMs);
}

function ending(view: CallView): string {
  if (!view.is_completed) return '';
  const parts = [
    typeof view.duration === 'number' ? `${String(view.duration)} s of talk` : null,
    view.failure_reason ?? null,
    typeof view.hangup_cause === 'number'
      ? `hangup cause ${String(view.hangup_cause)} ${view.hangup_cause_text ?? ''}`.trim()
      : null,
    typeof view.hangup_by === 'string' ? `hung up by ${view.hangup_by}` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? '' : `  (${parts.join(', ')})`;
}

/** “fetch failed” alone would help nobody. */
function causesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const own = error.message || ((error as { code?: string }).code ?? error.name);
  return error.cause === undefined ? [own] : [own, ...causesOf(error.cause)];
}
