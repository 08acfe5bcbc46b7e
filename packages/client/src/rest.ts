import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @param signal ends it early.
 * @throws the signal's reason.
 */
export async function rest(ms: number, signal?: AbortSignal): Promise<void> {
  // A signal that many requests share is not listened to by each of them: Node takes more than ten listeners for a leak.
  await sleep(ms, undefined, signal === undefined ? {} : { signal: AbortSignal.any([signal]) }).catch(
    (error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    },
  );
}
