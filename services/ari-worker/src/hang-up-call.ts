import type { Calls } from '@dialgate/database';
import type { Logger } from '@dialgate/logging';
import type { AriClient } from './ari/client.js';
import type { FollowedCalls } from './followed-calls.js';
import type { HeldSlots } from './held-slots.js';

/**
 * Hangs up the live calls of this worker whose client wants them gone, or whose time is over. The wish stands in the row
 * before Asterisk is asked, so that the end that follows is read as what it is, whoever hears it.
 *
 * @returns a function to be called every second and whenever a wish is announced. It repeats the DELETE until the call is
 *   over, and never throws.
 */
export function hangUpCalls(options: {
  readonly ari: Pick<AriClient, 'hangUp'>;
  readonly calls: Pick<Calls, 'toHangUp'>;
  readonly followed: FollowedCalls;
  readonly held: HeldSlots;
  readonly maxCallSeconds: number;
  readonly log: Logger;
}): () => Promise<void> {
  const { ari, calls, followed, held, log } = options;
  let running: Promise<void> | undefined;
  let asked = false;

  async function look(): Promise<void> {
    const slotIds = held.ids();
    if (slotIds.length === 0) return;
    for (const call of await calls.toHangUp(slotIds, options.maxCallSeconds)) {
      if (call.channel === null) continue;
      const known = followed.get(call.id);
      if (known !== undefined) known.call = { ...known.call, cancelRequestedAt: call.cancelRequestedAt };
      const reply = await ari.hangUp(call.channel);
      log.info({ callId: call.id, reply: reply.kind }, 'Hangup requested');
    }
  }

  async function lookUntilNobodyAsks(): Promise<void> {
    while (asked) {
      asked = false;
      await look().catch((error: unknown) => {
        log.debug({ error }, 'Wishes not looked up');
      });
    }
    running = undefined;
  }

  return () => {
    asked = true; // A wish that comes while we are looking may not be seen: look once more.
    running ??= lookUntilNobodyAsks();
    return running;
  };
}
