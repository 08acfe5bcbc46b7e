import { setTimeout as sleep } from 'node:timers/promises';

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
const GIVE_UP_MS = 90_000;

/** Where the gateway is, and who calls. */
export interface Demonstration {
  url: string;
  username: string;
  password: string;
  say: (line: string) => void;
  /** Settles when the stack is to be stopped; the call is then watched no longer. */
  stopped: Promise<unknown>;
}

/** Places one call over the gateway's own HTTP API, as any client would, and says what becomes of it, as it happens. */
export async function demonstrateCall({ url, username, password, say, stopped }: Demonstration): Promise<void> {
  const token = await post(`${url}/api/v2/token`, new URLSearchParams({ username, password }), {});
  if (!token.ok) {
    say(`  the demonstration call was not placed: logging in gave ${await problemIn(token)}`);
    return;
  }
  const { access_token: bearer } = (await token.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${bearer}` };

  const path = `/api/v2/interaction/${encodeURIComponent(NUMBER)}`;
  say(`  One call, to see it work:  POST ${path}  {"context":"outbound-ivr"}`);
  const accepted = await post(`${url}${path}`, JSON.stringify({ context: 'outbound-ivr' }), {
    ...headers,
    'content-type': 'application/json',
  });
  if (!accepted.ok) {
    say(`  it was refused: ${await problemIn(accepted)}`);
    return;
  }
  const { call_id: id } = (await accepted.json()) as { call_id: string };
  say(`  accepted as ${id}`);

  const watch = { over: false };
  void stopped.then(() => (watch.over = true));
  const told: string[] = [];
  const deadline = performance.now() + GIVE_UP_MS;
  while (!watch.over && performance.now() < deadline) {
    const answer = await fetch(`${url}/api/v2/status/${id}`, { headers, signal: AbortSignal.timeout(5_000) });
    if (!answer.ok) {
      say(`  its status could not be read: ${await problemIn(answer)}`);
      return;
    }
    const view = (await answer.json()) as CallView;
    for (const { status, afterMs } of newlyReached(told, view)) {
      told.push(status);
      say(`  ${(afterMs / 1000).toFixed(2).padStart(8)} s  ${status}${status === view.status ? ending(view) : ''}`);
    }
    if (view.is_completed) return;
    await sleep(100);
  }
  if (!watch.over) say(`  it has not ended within ${String(GIVE_UP_MS / 1000)} s; see its status and the worker's log`);
}

/** The statuses reached since the last look, those included that were over before we looked: the call remembers when it was where. */
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

function post(url: string, body: URLSearchParams | string, headers: Record<string, string>): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(10_000) });
}

async function problemIn(response: Response): Promise<string> {
  return `${String(response.status)} ${(await response.text()).slice(0, 300)}`;
}
