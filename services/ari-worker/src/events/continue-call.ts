import type { Calls } from '@dialgate/database';
import { parseChannelId } from '@dialgate/domain';
import type { Logger } from '@dialgate/service-kit';
import { isInApp } from '../ari/channels.js';
import type { AriClient } from '../ari/client.js';
import type { AriReply } from '../ari/replies.js';
import type { FollowedCall, FollowedCalls } from './followed-calls.js';
import type { HeldSlots } from '../slots/held-slots.js';
import { retryWhileDatabaseIsDown } from './retry-while-database-is-down.js';
import type { WaitingFacts } from './pending-writes.js';

export type ContinueCall = ReturnType<typeof continueCalls>;

type Waiting = 'yes' | 'no' | 'unknown';

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;

/** The callee hears silence until this succeeds; after this long nobody listens any more. */
const GIVE_UP_AFTER_MS = 60_000;

/**
 * Sends an answered channel on into its dialplan context, repeated until Asterisk did it or the channel is gone. Somebody
 * is holding a phone to their ear: it waits for nothing else. A channel that Asterisk has sent on is never sent on again:
 * the dialplan may have put it into an application of its own, where it would be pulled out.
 *
 * @returns a function that never throws.
 */
export function continueCalls(options: {
  readonly ari: Pick<AriClient, 'continueInDialplan' | 'channel'>;
  readonly calls: Pick<Calls, 'note'>;
  readonly followed: FollowedCalls;
  readonly held: Pick<HeldSlots, 'isApp'>;
  readonly facts: Pick<WaitingFacts, 'add'>;
  readonly log: Logger;
}): (channel: string) => Promise<void> {
  const { ari, calls, followed, held, facts, log } = options;
  const underWay = new Set<string>();

  return async (channel) => {
    const attempt = parseChannelId(channel);
    if (attempt === null || underWay.has(channel)) return;
    underWay.add(channel);
    try {
      const known = await retryWhileDatabaseIsDown(() => followed.find(attempt.callId, attempt.attempt));
      if (known?.call.attempt === attempt.attempt && !known.continued) await sendOn(channel, known);
    } catch (error) {
      log.error({ callId: attempt.callId, error }, 'Answered call could not be continued');
    } finally {
      underWay.delete(channel);
    }
  };

  async function sendOn(channel: string, known: FollowedCall): Promise<void> {
    const { id: callId, destination } = known.call;
    const since = performance.now();
    let unsure = false;
    for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_RETRY_MS)) {
      // A continue without an answer may have been carried out: only a channel that still waits is asked for again.
      const waits: Waiting = unsure ? await isWaiting(channel) : 'yes';
      if (waits === 'no') {
        known.continued = true;
        return;
      }
      const reply: AriReply | null = waits === 'yes' ? await ari.continueInDialplan(channel, destination) : null;
      // 404: it hung up. 409: it went on already.
      if (reply?.kind === 'ok' || (reply?.kind === 'refused' && (reply.status === 404 || reply.status === 409))) {
        known.continued = true;
        if (reply.kind !== 'ok') return;
        const receivedAt = performance.now();
        const said = { callId, event: 'continued', receivedAt, source: 'worker', detail: { ...destination } } as const;
        await facts.add(callId, () => retryWhileDatabaseIsDown(() => calls.note(said)));
        return;
      }
      unsure ||= reply?.kind === 'unknown';
      if (performance.now() - since > GIVE_UP_AFTER_MS) {
        log.error({ callId, reply }, 'Answered call could not be continued');
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  /** Whether the channel waits in an application that is still ours. */
  async function isWaiting(channel: string): Promise<Waiting> {
    const reply = await ari.channel(channel);
    if (reply.kind === 'ok') return isInApp(reply.body, held.isApp) ? 'yes' : 'no';
    return reply.kind === 'refused' && reply.status === 404 ? 'no' : 'unknown';
  }
}
