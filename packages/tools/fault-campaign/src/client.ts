import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { knownSlowness } from './pace.js';

/** A call as the client sees it that asked for it. */
export interface PlacedCall {
  readonly number: string;
  readonly asked: AskedFor;
  /** The Idempotency-Key under which it was asked for, however often. */
  readonly key: string;
  /** The id that the 202 carried; null while there is none. */
  callId: string | null;
  /** When its DELETE was answered 202, in milliseconds since the epoch. */
  cancelAcceptedAt: number | null;
}

/** What is asked for. Times in milliseconds and seconds. */
export type CallBody = Readonly<{ timeout: number; extension: string; expires_in: number }>;

/** What of a call its row and its dial are held against. */
export interface AskedFor {
  readonly ringTimeoutMs: number;
  /** Where in the dialplan an answered callee is sent. */
  readonly extension: string;
}

/** An HTTP client as a careful customer would write it: a key per call, and again until there is an answer. */
export interface Client {
  /** Every call it has asked for. */
  readonly placed: readonly PlacedCall[];
  /** Asks for a call until it is accepted. @throws when it is refused for good, or not accepted within 3 minutes. */
  readonly place: (number: string, body: CallBody) => Promise<string>;
  /**
   * Asks for a call’s end, again while it is turned away, for 3 minutes. Resolves with the status of the
   * answer, null when there was none.
   */
  readonly cancel: (call: PlacedCall) => Promise<number | null>;
  readonly request: (method: string, path: string, options?: RequestOptions) => Promise<Response>;
  /** Asks for a call once. Resolves with the status of the answer, null when there was none. */
  readonly askOnce: (number: string, body: CallBody) => Promise<number | null>;
  /** Every answer to a request for a call. */
  readonly answers: readonly Answer[];
  /** When it was turned away and had to ask again, in milliseconds since the epoch. */
  readonly turnedAway: readonly number[];
  /** What went wrong that never should: an answer that never came. */
  readonly complaints: readonly string[];
}

/** How a request for a call was answered. */
export interface Answer {
  /** When it was asked, in milliseconds since the epoch. */
  readonly at: number;
  readonly number: string;
  readonly tookMs: number;
  readonly status: number;
  /** Whether the API said that Redis is away. */
  readonly degraded: boolean;
}

interface RequestOptions {
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly withinMs?: number;
}

/** Request timeout, conflict (the same key is being worked on), too many requests. */
const COME_AGAIN: ReadonlySet<number> = new Set([408, 409, 429]);

interface Answered {
  /** Null: there was no answer. */
  readonly status: number | null;
  /** How long to wait before asking again: what Retry-After says, if anything. */
  readonly pauseMs: number;
  /** What was said. */
  readonly text: string;
}

/** Against hanging: the API answers within five seconds, in good times and bad, on a machine that is not too slow. */
const ANSWER_WITHIN_MS = 8_000 * knownSlowness();
const GIVE_UP_MS = 180_000 * knownSlowness();
const PAUSE_MS = 300;

export async function logIn(url: string, username: string, password: string): Promise<Client> {
  const token = await tokenFor(url, username, password);
  const placed: PlacedCall[] = [];
  const complaints: string[] = [];
  const turnedAway: number[] = [];
  const answers: Answer[] = [];

  function request(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const { body, headers, withinMs = ANSWER_WITHIN_MS } = options;
    return fetch(`${url}/api/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(withinMs),
    });
  }

  /** One attempt: notes the id down when there is one. */
  async function ask(call: PlacedCall, body: CallBody): Promise<Answered> {
    const path = `/interaction/${encodeURIComponent(call.number)}`;
    const at = Date.now();
    const since = performance.now();
    try {
      const answer = await request('POST', path, { body, headers: { 'idempotency-key': call.key } });
      const text = await answer.text();
      const degraded = answer.headers.get('x-queue') === 'degraded';
      answers.push({ at, number: call.number, tookMs: performance.now() - since, status: answer.status, degraded });
      if (answer.status === 202) call.callId = (JSON.parse(text) as { call_id: string }).call_id;
      return {
        status: answer.status,
        pauseMs: Number(answer.headers.get('retry-after') ?? 0) * 1_000 || PAUSE_MS,
        text,
      };
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') complaints.push('the API did not answer a POST');
      return { status: null, pauseMs: PAUSE_MS, text: '' };
    }
  }

  function newCall(number: string, { timeout, extension }: CallBody): PlacedCall {
    const asked = { ringTimeoutMs: timeout, extension };
    const call: PlacedCall = { number, asked, key: randomUUID(), callId: null, cancelAcceptedAt: null };
    placed.push(call);
    return call;
  }

  return {
    placed,
    complaints,
    answers,
    request,
    turnedAway,
    askOnce: async (number, body) => (await ask(newCall(number, body), body)).status,
    place: async (number, body) => {
      const call = newCall(number, body);
      const deadline = performance.now() + GIVE_UP_MS;
      while (performance.now() < deadline) {
        const { status, pauseMs, text } = await ask(call, body);
        if (call.callId !== null) return call.callId;
        if (status !== null && status < 500 && !COME_AGAIN.has(status)) {
          throw new Error(`${number} was refused: ${String(status)} ${text}`);
        }
        turnedAway.push(Date.now());
        await sleep(pauseMs * (1 + Math.random())); // So that not all come again at once.
      }
      throw new Error(`${number} was not accepted within ${String(GIVE_UP_MS / 1_000)} s`);
    },
    cancel: async (call) => {
      const deadline = performance.now() + GIVE_UP_MS;
      for (;;) {
        const status = await request('DELETE', `/calls/${String(call.callId)}`).then(
          (answer) => answer.status,
          () => null,
        );
        if (status === 202) call.cancelAcceptedAt = Date.now();
        if (status !== 503 || performance.now() > deadline) return status;
        turnedAway.push(Date.now());
        await sleep(PAUSE_MS * (1 + Math.random()));
      }
    },
  };
}

/** Asks until there is one: a slow machine's first login may be turned away. */
async function tokenFor(url: string, username: string, password: string): Promise<string> {
  const deadline = performance.now() + GIVE_UP_MS;
  for (;;) {
    const answer = await fetch(`${url}/api/v2/token`, {
      method: 'POST',
      body: new URLSearchParams({ username, password }),
    });
    if (answer.ok) return ((await answer.json()) as { access_token: string }).access_token;
    if (performance.now() > deadline) throw new Error(`no login: ${String(answer.status)}`);
    await sleep(PAUSE_MS);
  }
}
