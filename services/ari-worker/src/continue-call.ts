import type { Calls } from '@dialgate/database';
import { attemptOf } from '@dialgate/domain';
import type { Logger } from '@dialgate/logging';
import type { AriClient } from './ari/client.js';
import type { FollowedCalls } from './followed-calls.js';
import { patiently } from './move-call.js';

export type ContinueCall = ReturnType<typeof continueCalls>;

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;

/** The callee hears silence until this succeeds; after this long nobody listens any more. */
const GIVE_UP_AFTER_MS = 60_000;

/**
 * Sends an answered channel on into its dialplan context, repeated until Asterisk did it or the channel is gone. Somebody
 * is holding a phone to their ear: it waits for nothing else, and each channel is sent on once however often it is asked.
 */
export function continueCalls(options: {
  readonly ari: Pick<AriClient, 'continueInDialplan'>;
  readonly calls: Pick<Calls, 'note'>;
  readonly followed: FollowedCalls;
  readonly log: Logger;
}) {
  const { ari, calls, followed, log } = options;
  const underWay = new Set<string>();

  return async (channel: string): Promise<void> => {
    const attempt = attemptOf(channel);
    if (attempt === null || underWay.has(channel)) return;
    underWay.add(channel);
    try {
      const known = followed.get(attempt.callId) ?? (await patiently(() => followed.find(attempt.callId)));
      if (known?.call.attempt !== attempt.attempt) return;
      await sendOn(channel, known.call.id, known.call.destination);
    } finally {
      underWay.delete(channel);
    }
  };

  async function sendOn(
    channel: string,
    callId: string,
    destination: { context: string; extension: string; priority: number },
  ): Promise<void> {
    const since = performance.now();
    for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_RETRY_MS)) {
      const reply = await ari.continueInDialplan(channel, destination);
      if (reply.kind === 'ok') {
        await patiently(() => calls.note({ callId, event: 'continued', source: 'worker', detail: { ...destination } }));
        return;
      }
      // 404: it hung up. 409: it went on already.
      if (reply.kind === 'refused' && (reply.status === 404 || reply.status === 409)) return;
      if (performance.now() - since > GIVE_UP_AFTER_MS) {
        log.error({ callId, reply }, 'Answered call could not be continued');
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}
