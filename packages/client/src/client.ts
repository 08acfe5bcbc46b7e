import { randomUUID } from 'node:crypto';
import createClient, { type Client } from 'openapi-fetch';
import { createAccess, type Credentials } from './access.js';
import type { AcceptedCall, Call, CallRequest, CurrentCall } from './api-types.js';
import { createAsk, type Patience } from './ask.js';
import { DialgateApiError } from './errors.js';
import type { paths } from './generated/api.js';
import { followCall, type StreamedEntry } from './stream-call.js';
import { waitForCall, type WaitOptions } from './wait-for-call.js';

/** Where the gateway is and who asks; exactly one of `apiKey`, `token` and `login`. */
export type DialgateClientOptions = Credentials & {
  /** Such as `https://calls.example.com`, with a proxy's prefix if there is one. */
  readonly baseUrl: string;
  /** For how long a request is repeated that is not answered or turned away for now, in milliseconds; a minute by default. */
  readonly patienceMs?: number;
  /** How long one attempt may take, in milliseconds; ten seconds by default. */
  readonly attemptMs?: number;
};

/** Ends what it is given to; that rejects with the signal's reason. */
interface Stoppable {
  readonly signal?: AbortSignal | undefined;
}

/** Everything throws DialgateApiError when the gateway says no, and NoAnswerError when it says nothing. */
export interface DialgateClient {
  /**
   * Asks for a call, again until there is an answer: each request carries the same idempotency key, so that there is one call.
   *
   * @param options.idempotencyKey yours, to be kept where a restart of your program does not lose it; a new one by default.
   */
  readonly createCall: (
    request: CallRequest,
    options?: Stoppable & { readonly idempotencyKey?: string | undefined },
  ) => Promise<AcceptedCall>;
  readonly getCall: (callId: string, options?: Stoppable) => Promise<CurrentCall>;
  /**
   * Takes a call back, or hangs it up. Of a call that is over already nothing is changed, and that is no error: its `status` says
   * what became of it.
   */
  readonly cancelCall: (callId: string, options?: Stoppable) => Promise<Call>;
  /** Waits until the call is over, or `until` says that it is enough. @throws {WaitTimeoutError} when the time is over. */
  readonly waitForCall: (callId: string, options: WaitOptions) => Promise<CurrentCall>;
  /**
   * The timeline of a call as it is written, from its beginning or from behind `lastEventId` to its end: each entry once and in
   * order, whatever becomes of the connection. The stream goes on until the call is over or you leave the loop.
   */
  readonly streamCall: (
    callId: string,
    options?: Stoppable & { readonly lastEventId?: string | undefined },
  ) => AsyncIterable<StreamedEntry>;
  /** Every route there is, by openapi-fetch: as you are logged in, asked once, errors as values. */
  readonly api: Client<paths>;
}

/** What the gateway says every 15 s was missed once. */
const SILENCE_MS = 30_000;

/** The client of a gateway. It connects with the first request. */
export function createDialgateClient(options: DialgateClientOptions): DialgateClient {
  const patience = { patienceMs: options.patienceMs ?? 60_000, attemptMs: options.attemptMs ?? 10_000 };
  const baseUrl = options.baseUrl.replace(/\/$/, '');
  const { api, access, ask } = connect(baseUrl, options, patience);

  const getCall = async (
    callId: string,
    more: Stoppable & { readonly patienceMs?: number } = {},
  ): Promise<CurrentCall> => {
    const params = { path: { call_id: callId } };
    return dataOf(await ask((signal) => api.GET('/api/v2/calls/{call_id}', { params, signal }), more));
  };

  const follow = (callId: string, more: Parameters<DialgateClient['streamCall']>[1] & Opened = {}) => {
    const open = async (lastEventId: string | null) => {
      const header = lastEventId === null ? {} : { 'Last-Event-ID': lastEventId };
      const params = { path: { call_id: callId }, header };
      const send = (signal: AbortSignal) =>
        api.GET('/api/v2/calls/{call_id}/stream', { params, parseAs: 'stream' as const, signal });
      const { data, response } = await ask(send, { signal: more.signal });
      return response.status === 204 ? null : (data ?? null);
    };
    return followCall(open, { ...more, ...patience, silenceMs: SILENCE_MS, accessEnded: access.refused });
  };

  return {
    api,
    getCall,
    createCall: async (body, { idempotencyKey = randomUUID(), signal: given } = {}) => {
      const params = { header: { 'Idempotency-Key': idempotencyKey } };
      const send = (signal: AbortSignal) => api.POST('/api/v2/calls', { body, params, signal });
      // openapi-fetch's types leave out what is always null: `channel`.
      return dataOf(await ask(send, { signal: given })) as AcceptedCall;
    },
    cancelCall: async (callId, more = {}) => {
      const params = { path: { call_id: callId } };
      try {
        return dataOf(await ask((signal) => api.POST('/api/v2/calls/{call_id}/hangup', { params, signal }), more));
      } catch (error) {
        // Our own first request may have ended it, and its answer be lost.
        if (error instanceof DialgateApiError && error.code === 'call_already_ended') return getCall(callId, more);
        throw error;
      }
    },
    streamCall: follow,
    waitForCall: (callId, wait) =>
      waitForCall({ getCall: (more) => getCall(callId, more), stream: (more) => follow(callId, more) }, wait),
  };
}

interface Opened {
  readonly onOpen?: (isOpen: boolean) => void;
}

function connect(baseUrl: string, credentials: Credentials, patience: Patience) {
  const api = createClient<paths>({ baseUrl });
  // Whoever needs the token repeats its request, and with it the login.
  const askOnce = createAsk({ ...patience, patienceMs: 0 }, () => false);
  const access = createAccess(
    credentials,
    async (body) => {
      const send = (signal: AbortSignal) => createClient<paths>({ baseUrl }).POST('/api/v2/token', { body, signal });
      const { access_token: token, expires_in: seconds } = dataOf(await askOnce(send));
      return { token, lifetimeMs: seconds * 1_000 };
    },
    () => performance.now(),
  );
  api.use({
    onRequest: async ({ request }) => {
      request.headers.set('Authorization', `Bearer ${await access.token()}`);
      return request;
    },
  });
  return { api, access, ask: createAsk(patience, access.refused) };
}

function dataOf<Data>({ data }: { readonly data: Data | undefined }): Data {
  // What the gateway answers with a body has one; another program at its address may not.
  if (data === undefined) throw new DialgateApiError(502, null);
  return data;
}
