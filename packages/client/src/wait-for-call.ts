import type { CurrentCall } from './api-types.js';
import { WaitTimeoutError } from './errors.js';
import type { StreamedEntry } from './stream-call.js';
import { rest } from './rest.js';

/** What is waited for. */
export interface WaitOptions {
  /** How long to wait at most, in milliseconds. */
  readonly timeoutMs: number;
  /** What else than the end of the call is enough. */
  readonly until?: ((call: CurrentCall) => boolean) | undefined;
  /** Ends the wait; it rejects with the signal's reason then. */
  readonly signal?: AbortSignal | undefined;
}

/** What waiting needs of the client. */
export interface Watched {
  readonly getCall: (options: { signal: AbortSignal; patienceMs: number }) => Promise<CurrentCall>;
  readonly stream: (options: {
    signal: AbortSignal;
    onOpen: (isOpen: boolean) => void;
  }) => AsyncIterable<StreamedEntry>;
}

/** How often the call is asked for while no stream is open, and while one is. */
const POLL_MS = 2_000;
const LOOK_ANYWAY_MS = 30_000;

/**
 * Waits until the call is over. The stream only says when to look; what is returned is the call as it was asked for. So where
 * streams do not get through, or there are too many, the call is asked for every two seconds, and nothing else changes.
 *
 * @throws {WaitTimeoutError} when the time is over.
 */
export async function waitForCall(watched: Watched, { timeoutMs, until, signal }: WaitOptions): Promise<CurrentCall> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  const isOver = AbortSignal.any(signal === undefined ? [deadline.signal] : [signal, deadline.signal]);
  const stop = new AbortController();
  const news = watch(watched, AbortSignal.any([isOver, stop.signal]));
  let call: CurrentCall | null = null;
  try {
    for (;;) {
      call = await watched.getCall({ signal: isOver, patienceMs: timeoutMs });
      if (call.is_completed || until?.(call) === true) return call;
      await news.next(isOver);
    }
  } catch (error) {
    if (deadline.signal.aborted && signal?.aborted !== true) throw new WaitTimeoutError(call);
    throw error;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

/** Follows the stream as long as there is one. */
function watch(watched: Watched, signal: AbortSignal) {
  let isOpen = false;
  let isNew = false;
  let wake = (): void => undefined;
  const look = (): void => {
    isNew = true;
    wake();
  };

  async function follow(): Promise<void> {
    const onOpen = (open: boolean): void => {
      isOpen = open;
    };
    for await (const { status } of watched.stream({ signal, onOpen })) if (status !== null) look();
  }
  // What ends a stream shows in asking for the call as well, or does not matter.
  follow().then(look, look);

  return {
    /** Resolves when it is time to look at the call. */
    next: async (ended: AbortSignal): Promise<void> => {
      if (!isNew) {
        const enough = new AbortController();
        const awake = new Promise<void>((resolve) => (wake = resolve));
        const pause = rest(isOpen ? LOOK_ANYWAY_MS : POLL_MS, AbortSignal.any([ended, enough.signal]));
        await Promise.race([awake, pause]).finally(() => enough.abort());
      }
      isNew = false;
    },
  };
}
