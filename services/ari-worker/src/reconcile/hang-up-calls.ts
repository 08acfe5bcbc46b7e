import type { Calls } from '@dialgate/database';
import type { Call } from '@dialgate/domain';
import { aboutAttempt, type Logger } from '@dialgate/service-kit';
import type { AriClient } from '../ari/client.js';
import type { FollowedCalls } from '../events/followed-calls.js';
import type { HeldSlots } from '../slots/held-slots.js';

/** A hangup that has not ended its call yet is asked for again after so long. */
const ASK_AGAIN_MS = 900;

/** How many hangups are asked for side by side: fewer than the connections there are to Asterisk. */
const SIDE_BY_SIDE = 20;

/**
 * Hangs up the live calls of this worker whose client wants them gone, or whose time is over. The cancel request stands in the
 * row before Asterisk is asked, so that every worker reads the end that follows as what it is.
 *
 * @returns a function to be called every second and whenever a cancel request is announced. It repeats the DELETE until the
 *   call is over, never throws, and does not wait for Asterisk.
 */
export function createHangUpCalls(options: {
  readonly ari: Pick<AriClient, 'hangUp'>;
  readonly calls: Pick<Calls, 'toHangUp'>;
  readonly followed: FollowedCalls;
  readonly held: Pick<HeldSlots, 'ids'>;
  readonly maxCallSeconds: number;
  readonly log: Logger;
}): () => Promise<void> {
  const { ari, calls, followed, held, log } = options;
  let askedAt = new Map<string, number>();
  /** What is to be asked for as soon as there is room. */
  let due: Call[] = [];
  const underWay = new Set<string>();
  let running: Promise<void> | undefined;
  let asked = false;

  return () => {
    asked = true; // A cancel request that comes while we are looking may not be seen: look once more.
    running ??= lookUntilNobodyAsks();
    return running;
  };

  async function lookUntilNobodyAsks(): Promise<void> {
    while (asked) {
      asked = false;
      await look().catch((error: unknown) => {
        log.debug({ error }, 'Cancel requests not looked up');
      });
    }
    running = undefined;
  }

  async function look(): Promise<void> {
    const slotIds = held.ids();
    if (slotIds.length === 0) return;
    const wanted = await calls.toHangUp(slotIds, options.maxCallSeconds);
    askedAt = new Map(wanted.flatMap(({ id }) => (askedAt.has(id) ? [[id, askedAt.get(id) ?? 0]] : [])));
    due = wanted
      .filter(({ id }) => !underWay.has(id) && performance.now() - (askedAt.get(id) ?? -Infinity) >= ASK_AGAIN_MS)
      // New cancel requests first: channels that do not react must not keep others waiting.
      .sort((a, b) => Number(askedAt.has(a.id)) - Number(askedAt.has(b.id)));
    startWhatThereIsRoomFor();
  }

  function startWhatThereIsRoomFor(): void {
    for (const call of due.splice(0, SIDE_BY_SIDE - underWay.size)) {
      underWay.add(call.id);
      void hangUp(call).finally(() => {
        underWay.delete(call.id);
        startWhatThereIsRoomFor();
      });
    }
  }

  async function hangUp({ id, attempt, channelId, cancelRequestedAt }: Call): Promise<void> {
    if (channelId === null) return;
    askedAt.set(id, performance.now());
    const known = followed.get(id);
    if (known !== undefined) known.call = { ...known.call, cancelRequested: cancelRequestedAt !== null };
    const reply = await ari.hangUp(channelId);
    log.info({ ...aboutAttempt(id, attempt), reply: reply.kind }, 'Hangup requested');
  }
}
