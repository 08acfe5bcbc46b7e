import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { TimelineEntry } from './api-types.js';
import { DialgateApiError, NoAnswerError } from './errors.js';
import { rest } from './rest.js';

/** An entry of a call's timeline, as a stream brings it. */
export type StreamedEntry = TimelineEntry & { readonly call_id: string };

/** Opens the stream behind this entry. Null: the call is over, and its last entry is the one that was named. */
export type OpenStream = (lastEventId: string | null) => Promise<ReadableStream<Uint8Array> | null>;

/** What a stream is told from outside. */
export interface Following {
  readonly lastEventId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long a connection may be silent, in milliseconds; the gateway says something every 15 s. */
  readonly silenceMs: number;
  /** How long it goes on without hearing anything on connections that are opened and break at once, in milliseconds. */
  readonly patienceMs: number;
  /** The gateway says that the token is void. @returns whether it is worth coming back. */
  readonly accessEnded: () => boolean;
  /** Told when a connection is open, and when it is not any more. */
  readonly onOpen?: ((isOpen: boolean) => void) | undefined;
}

/** Until the gateway has said how soon to come back. */
const RETRY_MS = 2_000;

/**
 * The timeline of a call, entry by entry to its end, over as many connections as it takes. Each opens behind the last entry that
 * was handed out, so none is missing and none comes twice.
 *
 * @throws what `open` throws, and {@link DialgateApiError} 401 when the token is void and there is no other.
 */
export async function* followCall(open: OpenStream, following: Following): AsyncGenerator<StreamedEntry, void, void> {
  const { patienceMs, accessEnded, onOpen } = following;
  // Of its own, as in rest.ts.
  const signal = following.signal === undefined ? undefined : AbortSignal.any([following.signal]);
  let last = following.lastEventId ?? null;
  const connection = { retryMs: RETRY_MS, receivedAt: performance.now() };
  for (;;) {
    const body = await open(last);
    if (body === null) return;
    onOpen?.(true);
    let reason: string | null = null;
    let lost: unknown = null;
    try {
      for await (const { event, id, data } of eventsOf(body, { silenceMs: following.silenceMs, signal }, connection)) {
        if (event === 'end') reason = (JSON.parse(data) as { reason: string }).reason;
        if (event !== undefined || id === undefined) continue;
        const entry = JSON.parse(data) as StreamedEntry;
        last = id;
        yield entry;
      }
    } catch (error) {
      signal?.throwIfAborted();
      lost = error;
    } finally {
      onOpen?.(false);
    }
    if (reason === 'call_ended') return;
    if (reason !== null && !accessEnded()) throw new DialgateApiError(401, null);
    if (performance.now() - connection.receivedAt > patienceMs) throw new NoAnswerError(lost);
    // As it was asked to: after a restart of the gateway not all come back at once.
    if (reason === null) await rest(connection.retryMs, signal);
  }
}

/** What comes on one connection, until it breaks, ends, is silent for too long, or is to end. */
async function* eventsOf(
  body: ReadableStream<Uint8Array>,
  { silenceMs, signal }: Pick<Following, 'silenceMs' | 'signal'>,
  connection: { retryMs: number; receivedAt: number },
): AsyncGenerator<EventSourceMessage, void, void> {
  const events: EventSourceMessage[] = [];
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onRetry: (ms) => (connection.retryMs = ms),
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), silenceMs, signal);
      if (done) return;
      connection.receivedAt = performance.now();
      parser.feed(decoder.decode(value, { stream: true }));
      yield* events.splice(0);
    }
  } finally {
    // A connection that is broken cannot be closed any better.
    reader.cancel().catch(() => undefined);
  }
}

/**
 * That a request's signal ends the body too cannot be relied on: Node's fetch forgets the signal when the request is collected as
 * garbage (seen with Node 20.20). So it is listened to here.
 *
 * @throws when it takes longer, and the signal's reason.
 */
async function within<T>(promise: Promise<T>, ms: number, signal: AbortSignal | undefined): Promise<T> {
  let release = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`nothing was heard for ${String(ms)} ms`)), ms);
    const abort = (): void => reject(signal?.reason as Error);
    signal?.addEventListener('abort', abort);
    release = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
  });
  try {
    signal?.throwIfAborted();
    return await Promise.race([promise, ended]);
  } finally {
    release();
  }
}
