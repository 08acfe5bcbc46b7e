import type { Observation } from '@dialgate/database';
import type { HungUp } from '@dialgate/domain';
import type { AriEvent } from '../ari/events.js';

/** Whose event it is, and when it came. */
type Received = Pick<Observation, 'callId' | 'attempt' | 'receivedAt' | 'asteriskAt'>;

type Happened = Pick<Observation, 'event' | 'detail'>;

/**
 * The border between Asterisk and the rest: only this file knows what Asterisk's events mean for a call. Pure.
 *
 * @returns what the event tells of a call, or null when it tells nothing new.
 */
export function translate(event: AriEvent, received: Received): Observation | null {
  const happened = whatHappened(event);
  return happened === null ? null : { ...received, ...happened, source: 'asterisk' };
}

function whatHappened(event: AriEvent): Happened | null {
  switch (event.type) {
    case 'StasisStart':
      return { event: 'channel_created' };

    case 'StasisEnd':
      // It comes with every end as well; only an answered channel that leaves us goes on into the dialplan.
      return event.channel.state === 'Up' ? { event: 'entered_dialplan' } : null;

    case 'ChannelStateChange':
      if (event.channel.state === 'Ringing') return { event: { type: 'ringing' } };
      return event.channel.state === 'Up' ? { event: { type: 'answered' } } : null;

    case 'Dial':
      return dialResult(event.dialstatus);

    case 'ChannelHangupRequest': {
      const by = event.soft === true ? 'our_side' : 'far_end';
      return { event: { type: 'hangup_requested', by }, detail: { by } };
    }

    case 'ChannelDestroyed': {
      const { cause, tech_cause: sipStatus = null, channel } = event;
      return { event: { type: 'hung_up', cause, sipStatus, wasUp: channel.state === 'Up', ...NO_HINTS } };
    }

    case 'ChannelVarset': // Results, which move no call: keep-results.ts.
    case 'ChannelUserevent':
    case 'ApplicationReplaced':
      return null;
  }
}

/**
 * 183 Session Progress moves no channel state and shows only here. BUSY and CONGESTION decide at once: a `Local/` channel
 * lives on for ten seconds after them, and may run into its ring timeout meanwhile (measured).
 */
function dialResult(dialstatus: string): Happened {
  const end = { type: 'hung_up', cause: null, sipStatus: null, wasUp: false, requestedBy: null } as const;
  switch (dialstatus) {
    case '':
      return { event: 'dial_began' };
    case 'RINGING':
      return { event: { type: 'ringing' } };
    case 'PROGRESS':
      return { event: { type: 'ringing' }, detail: { early_media: true } };
    case 'ANSWER':
      return { event: { type: 'answered' } };
    case 'BUSY':
      return { event: { ...end, dialResult: 'busy' } };
    case 'CONGESTION':
      return { event: { ...end, dialResult: 'congestion' } };
    default:
      // NOANSWER, CANCEL, CHANUNAVAIL …: they cover too many endings to tell one; the destruction that follows does.
      return { event: 'dial_ended', detail: { result: dialstatus } };
  }
}

/**
 * What helps to read a call's end. Asterisk tells an end in pieces: first who asked for the hangup or what the dial came to,
 * then that the channel is gone, with the cause.
 */
export type EndHints = Pick<HungUp, 'requestedBy' | 'dialResult'>;

export const NO_HINTS: EndHints = { requestedBy: null, dialResult: null };

/** What is known of a call's end after an observation. */
export function hintsAfter({ event }: Observation, hints: EndHints): EndHints {
  if (typeof event === 'string') return hints;
  // The first request is the cause of the end; a later one only follows from it.
  if (event.type === 'hangup_requested') return { ...hints, requestedBy: hints.requestedBy ?? event.by };
  return event.type === 'hung_up' && event.dialResult !== null ? { ...hints, dialResult: event.dialResult } : hints;
}

/** The same observation; if it is that of an end, put together from all its pieces. */
export function withHints(observation: Observation, hints: EndHints): Observation {
  const { event } = observation;
  const isEnd = typeof event !== 'string' && event.type === 'hung_up';
  return isEnd ? { ...observation, event: { ...event, ...hints } } : observation;
}
