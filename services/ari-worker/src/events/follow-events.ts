import type { Observation } from '@dialgate/database';
import { parseChannelId, isFinal } from '@dialgate/domain';
import { eventReceived, processingEvent, type Logger } from '@dialgate/service-kit';
import type { AriClient } from '../ari/client.js';
import { channelOfEvent, parseAriTime, type AriEvent } from '../ari/events.js';
import type { InTimeAt } from '../ari/lateness.js';
import type { ApplyEvent } from './apply-event.js';
import type { ContinueCall } from './continue-call.js';
import type { FollowedCalls } from './followed-calls.js';
import type { KeepResults } from './keep-results.js';
import type { PendingWrites } from './pending-writes.js';
import { mayTellResults } from './read-results.js';
import { retryWhileDatabaseIsDown } from './retry-while-database-is-down.js';
import { hintsAfter, translate, withHints } from './translate.js';

/** An event of a channel of ours. */
interface ChannelEvent {
  readonly type: AriEvent['type'];
  readonly channelId: string;
  readonly callId: string;
  readonly attempt: number;
}

/**
 * What happens when Asterisk says something about a channel: an answered call is sent on at once; everything else is
 * worked off in order per call: AriEvent → Observation → Transition → the row.
 *
 * @returns a function that takes an event and never throws.
 */
export function createFollowEvents(options: {
  readonly ari: Pick<AriClient, 'hangUp'>;
  readonly followed: FollowedCalls;
  readonly pendingWrites: Pick<PendingWrites, 'add'>;
  readonly applyEvent: ApplyEvent;
  readonly continueCall: ContinueCall;
  readonly keepResults: KeepResults;
  readonly inTimeAt: InTimeAt;
  readonly log: Logger;
}): (event: AriEvent, sentSince: number) => void {
  const { ari, followed, pendingWrites, applyEvent, continueCall, keepResults, inTimeAt, log } = options;

  return (event, sentSince) => {
    if (mayTellResults(event)) {
      keepResults(event, sentSince);
      return;
    }
    const channel = channelOfEvent(event);
    const ids = channel === null ? null : parseChannelId(channel.id);
    const { type } = event;
    const about = { ...ids, channel: channel?.id };
    log.info({ ...about, type, state: channel?.state }, eventReceived(type));
    if (channel === null || ids === null) return; // Not ours: the other half of a Local pair, a leg of the dialplan.

    const channelId = channel.id; // All that is kept of the event while it waits: the rest of it is ten times as much.
    const asteriskAt = parseAriTime(event.timestamp);
    const observation = translate(event, { ...ids, asteriskAt, receivedAt: inTimeAt(asteriskAt, sentSince) });

    if (typeOf(observation) === 'answered') void continueCall(channelId);
    if (type === 'ChannelDestroyed') noteGone(ids);
    pendingWrites
      .add(ids, () => follow({ ...ids, type, channelId }, about, observation))
      .catch((error: unknown) => log.error({ ...about, error }, 'ARI event not handled'));
  };

  /** At once: who is about to dial it must not wait for what waits for the database. */
  function noteGone({ callId, attempt }: Pick<ChannelEvent, 'callId' | 'attempt'>): void {
    const known = followed.get(callId);
    if (known?.call.attempt === attempt) known.channelGone = true;
  }

  async function follow(event: ChannelEvent, about: object, observation: Observation | null): Promise<void> {
    const { type, channelId, callId, attempt } = event;
    const channelIsGone = type === 'ChannelDestroyed';
    const known = await retryWhileDatabaseIsDown(() => followed.find(callId, attempt));
    if (known?.call.attempt !== attempt) {
      // A channel of an attempt that was given up, or of no call at all. Its end is nobody's outcome.
      const isStray = known === null || known.call.attempt > attempt;
      if (isStray && !channelIsGone) void ari.hangUp(channelId);
      return;
    }

    log.info({ ...about, type }, processingEvent(type, callId));
    if (observation === null) return;
    known.hints = hintsAfter(observation, known.hints);
    await applyEvent(known, withHints(observation, known.hints));
    // A dial result decided; the channel behind it would linger for seconds. Not when it is gone by now: after a lost commit another
    // one may have its name.
    if (typeOf(observation) === 'hung_up' && !channelIsGone && !known.channelGone) void ari.hangUp(channelId);
    if (channelIsGone && isFinal(known.call.status)) followed.forget(callId, attempt);
  }
}

function typeOf(observation: Observation | null): string | undefined {
  const event = observation?.event;
  return typeof event === 'string' ? event : event?.type;
}
