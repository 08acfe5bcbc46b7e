import type { Calls } from '@dialgate/database';
import { parseChannelId } from '@dialgate/domain';
import { aboutAttempt, sleep, type Logger } from '@dialgate/service-kit';
import { isInApp } from '../ari/channels.js';
import type { AriClient } from '../ari/client.js';
import type { AriReply } from '../ari/replies.js';
import type { FollowedCall, FollowedCalls } from './followed-calls.js';
import type { HeldSlots } from '../slots/held-slots.js';
import { retryWhileDatabaseIsDown } from './retry-while-database-is-down.js';
import type { PendingWrites } from './pending-writes.js';

/** Never throws. */
export type ContinueCall = (channelId: string) => Promise<void>;

type Waiting = 'yes' | 'no' | 'unknown';

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;

/** The callee hears silence until this succeeds; after this long nobody listens any more. */
const GIVE_UP_AFTER_MS = 60_000;

/**
 * Sends an answered channel on into its dialplan context, repeated until Asterisk did it or the channel is gone. Somebody
 * is holding a phone to their ear: it waits for nothing else. A channel that Asterisk has sent on is never sent on again:
 * the dialplan may have put it into an application of its own, where it would be pulled out.
 */
export function createContinueCall(options: {
  readonly ari: Pick<AriClient, 'continueInDialplan' | 'channel'>;
  readonly calls: Pick<Calls, 'note'>;
  readonly followed: FollowedCalls;
  readonly held: Pick<HeldSlots, 'isApp'>;
  readonly pendingWrites: Pick<PendingWrites, 'add'>;
  readonly log: Logger;
}): ContinueCall {
  const { ari, calls, followed, held, pendingWrites, log } = options;
  const underWay = new Set<string>();

  return async (channelId) => {
    const ids = parseChannelId(channelId);
    if (ids === null || underWay.has(channelId)) return;
    const { callId, attempt } = ids;
    underWay.add(channelId);
    try {
      const known = await retryWhileDatabaseIsDown(() => followed.find(callId, attempt));
      if (known?.call.attempt === attempt && !known.continued) await sendOn(channelId, known);
    } catch (error) {
      log.error({ ...aboutAttempt(callId, attempt), error }, 'Answered call could not be continued');
    } finally {
      underWay.delete(channelId);
    }
  };

  async function sendOn(channelId: string, known: FollowedCall): Promise<void> {
    const { id: callId, attempt, destination } = known.call;
    const since = performance.now();
    let unsure = false;
    for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_RETRY_MS)) {
      // A continue without an answer may have been carried out: only a channel that still waits is asked for again.
      const waits: Waiting = unsure ? await isWaiting(channelId) : 'yes';
      if (waits === 'no') {
        known.continued = true;
        return;
      }
      const reply: AriReply | null = waits === 'yes' ? await ari.continueInDialplan(channelId, destination) : null;
      // 404: it hung up. 409: it went on already.
      if (reply?.kind === 'ok' || (reply?.kind === 'refused' && (reply.status === 404 || reply.status === 409))) {
        known.continued = true;
        if (reply.kind !== 'ok') return;
        const happened = { callId, attempt, event: 'continued', source: 'worker', detail: { ...destination } } as const;
        const observation = { ...happened, receivedAt: performance.now() };
        await pendingWrites.add(observation, () => retryWhileDatabaseIsDown(() => calls.note(observation)));
        return;
      }
      unsure ||= reply?.kind === 'unknown';
      if (performance.now() - since > GIVE_UP_AFTER_MS) {
        log.error({ ...aboutAttempt(callId, attempt), reply }, 'Answered call could not be continued');
        return;
      }
      await sleep(waitMs);
    }
  }

  /** Whether the channel waits in an application that is still ours. */
  async function isWaiting(channelId: string): Promise<Waiting> {
    const reply = await ari.channel(channelId);
    if (reply.kind === 'ok') return isInApp(reply.body, held.isApp) ? 'yes' : 'no';
    return reply.kind === 'refused' && reply.status === 404 ? 'no' : 'unknown';
  }
}
