import type { Calls } from '@dialgate/database';
import { parseChannelId, isFinal } from '@dialgate/domain';
import { eventReceived, processingEvent, type Logger } from '@dialgate/service-kit';
import type { AriClient } from '../ari/client.js';
import { channelOfEvent, parseAriTime, type AriEvent } from '../ari/events.js';
import { hear } from './translate.js';
import type { ContinueCall } from './continue-call.js';
import type { FollowedCalls } from './followed-calls.js';
import type { MoveCall } from './apply-event.js';
import { retryWhileDatabaseIsDown } from './retry-while-database-is-down.js';
import type { WaitingFacts } from './pending-writes.js';

/** An event of a call's channel. */
interface Heard {
  readonly event: AriEvent;
  readonly channel: string;
  readonly callId: string;
  readonly attempt: number;
  /** Asterisk's own time. */
  readonly stamp: Date | null;
  /** When it was heard or, of one that came late, would have been; by `performance.now()`. */
  readonly at: number;
}

/**
 * What happens when Asterisk says something about a channel: an answered call is sent on at once; everything else is
 * worked off in order per call: AriEvent → CallEvent → Transition → the row.
 *
 * @returns a function that takes an event and never throws.
 */
export function handleAriEvents(options: {
  readonly ari: Pick<AriClient, 'hangUp'>;
  readonly calls: Pick<Calls, 'note'>;
  readonly followed: FollowedCalls;
  readonly facts: Pick<WaitingFacts, 'add'>;
  readonly move: MoveCall;
  readonly continueCall: ContinueCall;
  /** How late something comes that was stamped so and heard at that moment, in milliseconds. */
  readonly lateBy: (stamp: Date | null, receivedAt: number) => number;
  readonly log: Logger;
}): (event: AriEvent) => void {
  const { ari, calls, followed, facts, move, continueCall, lateBy, log } = options;

  return (event) => {
    const channel = channelOfEvent(event);
    const attempt = channel === null ? null : parseChannelId(channel.id);
    const { type } = event;
    const about = { callId: attempt?.callId, attempt: attempt?.attempt, channel: channel?.id, type };
    log.info({ ...about, state: channel?.state }, eventReceived(type));
    if (channel === null || attempt === null) return; // Not ours: the other half of a Local pair, a leg of the dialplan.

    const stamp = parseAriTime(event.timestamp);
    const now = performance.now();
    const heard: Heard = { event, channel: channel.id, ...attempt, stamp, at: now - lateBy(stamp, now) };

    if (isAnswer(event)) void continueCall(channel.id);
    facts.add(attempt.callId, () => follow(heard)).catch(report(attempt.callId));
  };

  async function follow({ event, channel, callId, attempt, stamp, at }: Heard): Promise<void> {
    const known = await retryWhileDatabaseIsDown(() => followed.find(callId, attempt));
    if (known?.call.attempt !== attempt) {
      // A channel of an attempt that was given up, or of no call at all. Its end is nobody's outcome.
      const surplus = known === null || known.call.attempt > attempt;
      if (surplus && event.type !== 'ChannelDestroyed') void ari.hangUp(channel);
      return;
    }

    log.info({ callId, attempt, channel, type: event.type }, processingEvent(event.type, callId));
    const { meaning, heard } = hear(event, known.heard);
    known.heard = heard;
    if (meaning?.kind === 'event') {
      const { event: callEvent, detail } = meaning;
      await move(known, {
        event: callEvent,
        receivedAt: at,
        asteriskAt: stamp,
        source: 'asterisk',
        ...(detail && { detail }),
      });
      // A dial result decided; the channel behind it would linger for seconds.
      if (callEvent.type === 'hung_up' && event.type === 'Dial') void ari.hangUp(channel);
    } else if (meaning?.kind === 'fact') {
      const { fact, detail } = meaning;
      const said = { callId, event: fact, receivedAt: at, asteriskAt: stamp, source: 'asterisk' } as const;
      await retryWhileDatabaseIsDown(() => calls.note(detail === undefined ? said : { ...said, detail }));
    }
    if (event.type === 'ChannelDestroyed' && isFinal(known.call.status)) followed.forget(callId, attempt);
  }

  function report(callId: string): (error: unknown) => void {
    return (error) => log.error({ callId, error }, 'ARI event not handled');
  }
}

function isAnswer(event: AriEvent): boolean {
  return (
    (event.type === 'ChannelStateChange' && event.channel.state === 'Up') ||
    (event.type === 'Dial' && event.dialstatus === 'ANSWER')
  );
}
