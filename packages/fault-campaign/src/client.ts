import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** A call as the client sees it that asked for it. */
export interface PlacedCall {
  readonly number: string;
  /** The Idempotency-Key under which it was asked for, however often. */
  readonly key: string;
  /** The id that the 202 carried; null while there is none. */
  callId: string | null;
}

/** An HTTP client as a careful customer would write it: a key per call, and again until there is an answer. */
export interface Client {
  /** Every call it has asked for. */
  readonly placed: readonly PlacedCall[];
  /** Asks for a call until it is accepted. @throws when it is refused for good, or not accepted within 3 minutes. */
  readonly place: (number: string, body?: Readonly<Record<string, unknown>>) => Promise<string>;
  /** Wishes a call away, once; whatever the answer. */
  readonly cancel: (callId: string) => Promise<number | null>;
  readonly request: (method: string, path: string, options?: RequestOptions) => Promise<Response>;
  /** What went wrong that should not: two ids for one key, an answer that never came. */
  readonly complaints: readonly string[];
}

interface RequestOptions {
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly withinMs?: number;
}

const ANSWER_WITHIN_MS = 8_000;
const GIVE_UP_MS = 180_000;
const PAUSE_MS = 300;

export async function logIn(url: string, username: string, password: string): Promise<Client> {
  const answer = await fetch(`${url}/api/v2/token`, {
    method: 'POST',
    body: new URLSearchParams({ username, password }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const placed: PlacedCall[] = [];
  const complaints: string[] = [];

  function request(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const { body, headers, withinMs = ANSWER_WITHIN_MS } = options;
    return fetch(`${url}/api/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(withinMs),
    });
  }

  /** One attempt: an id, or null when it is to be tried again. */
  async function ask(call: PlacedCall, body: Readonly<Record<string, unknown>>): Promise<string | null> {
    const path = `/interaction/${encodeURIComponent(call.number)}`;
    let answer: Response;
    try {
      answer = await request('POST', path, { body, headers: { 'idempotency-key': call.key } });
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') complaints.push('the API did not answer a POST');
      return null;
    }
    const text = await answer.text().catch(() => '');
    if (answer.status === 202 && text !== '') return (JSON.parse(text) as { call_id: string }).call_id;
    if (answer.status < 500 && ![202, 409, 429].includes(answer.status)) {
      throw new Error(`${call.number} was refused: ${String(answer.status)} ${text}`);
    }
    return null;
  }

  return {
    placed,
    complaints,
    request,
    place: async (number, body = {}) => {
      const call: PlacedCall = { number, key: randomUUID(), callId: null };
      placed.push(call);
      const deadline = performance.now() + GIVE_UP_MS;
      while (performance.now() < deadline) {
        const callId = await ask(call, body);
        if (callId !== null) return (call.callId = callId);
        await sleep(PAUSE_MS);
      }
      throw new Error(`${number} was not accepted within ${String(GIVE_UP_MS / 1_000)} s`);
    },
    cancel: (callId) =>
      request('DELETE', `/calls/${callId}`).then(
        ({ status }) => status,
        () => null,
      ),
  };
}
