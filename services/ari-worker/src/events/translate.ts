import type { CallEvent } from '@dialgate/domain';
import type { AriEvent } from '../ari/events.js';

/**
 * What was heard on a channel and helps to read its end. Asterisk tells an end in pieces: first who asked for the hangup
 * or what the dial came to, then the destruction with its cause.
 */
export interface EndHints {
  readonly hangupRequestedBy: 'far_end' | 'our_side' | null;
  readonly dialResult: 'busy' | 'congestion' | null;
}

export const NO_HINTS: EndHints = { hangupRequestedBy: null, dialResult: null };

/** What an event means for a call: an event in the domain's words, or only a fact for the timeline. */
export type Meaning =
  | { readonly kind: 'event'; readonly event: CallEvent; readonly detail?: Readonly<Record<string, unknown>> }
  | { readonly kind: 'fact'; readonly fact: string; readonly detail?: Readonly<Record<string, unknown>> };

/**
 * The border post between Asterisk and the domain: after it nobody says `StasisStart`, `dialstatus` or `tech_cause`. Pure.
 *
 * @returns what the event means (null: nothing new) and what to remember of it.
 */
export function hear(event: AriEvent, heard: EndHints): { readonly meaning: Meaning | null; readonly heard: EndHints } {
  switch (event.type) {
    case 'StasisStart':
      return { meaning: fact('channel_created'), heard };

    case 'StasisEnd':
      // It comes with every end as well; only an answered channel that leaves us goes on into the dialplan.
      return { meaning: event.channel.state === 'Up' ? fact('entered_dialplan') : null, heard };

    case 'ChannelStateChange':
      if (event.channel.state === 'Ringing') return { meaning: { kind: 'event', event: { type: 'ringing' } }, heard };
      if (event.channel.state === 'Up') return { meaning: { kind: 'event', event: { type: 'answered' } }, heard };
      return { meaning: null, heard };

    case 'Dial':
      return hearDial(event.dialstatus, heard);

    case 'ChannelHangupRequest': {
      const requestedBy = event.soft === true ? 'our_side' : 'far_end';
      // The first request is the cause of the end; a later one only follows from it.
      const hangupRequestedBy = heard.hangupRequestedBy ?? requestedBy;
      return { meaning: fact('hangup_requested', { by: requestedBy }), heard: { ...heard, hangupRequestedBy } };
    }

    case 'ChannelDestroyed':
      return {
        meaning: {
          kind: 'event',
          event: {
            type: 'hung_up',
            cause: event.cause,
            sipStatus: event.tech_cause ?? null,
            requestedBy: heard.hangupRequestedBy,
            dialResult: heard.dialResult,
            wasUp: event.channel.state === 'Up',
          },
        },
        heard,
      };

    case 'ApplicationReplaced':
      return { meaning: null, heard };
  }
}

/**
 * 183 Session Progress moves no channel state and shows only here. BUSY and CONGESTION decide at once: a `Local/` channel
 * lives on for ten seconds after them, and may run into its ring timeout meanwhile (measured).
 */
function hearDial(dialstatus: string, heard: EndHints): ReturnType<typeof hear> {
  switch (dialstatus) {
    case '':
      return { meaning: fact('dial_began'), heard };
    case 'RINGING':
      return { meaning: { kind: 'event', event: { type: 'ringing' } }, heard };
    case 'PROGRESS':
      return { meaning: { kind: 'event', event: { type: 'ringing' }, detail: { early_media: true } }, heard };
    case 'ANSWER':
      return { meaning: { kind: 'event', event: { type: 'answered' } }, heard };
    case 'BUSY':
    case 'CONGESTION': {
      const dialResult = dialstatus === 'BUSY' ? 'busy' : 'congestion';
      const end = { type: 'hung_up', cause: null, sipStatus: null, wasUp: false } as const;
      return {
        meaning: { kind: 'event', event: { ...end, requestedBy: heard.hangupRequestedBy, dialResult } },
        heard: { ...heard, dialResult },
      };
    }
    default:
      // NOANSWER, CANCEL, CHANUNAVAIL …: they cover too many endings to tell one; the destruction that follows does.
      return { meaning: fact('dial_ended', { result: dialstatus }), heard };
  }
}

function fact(name: string, detail?: Readonly<Record<string, unknown>>): Meaning {
  return detail === undefined ? { kind: 'fact', fact: name } : { kind: 'fact', fact: name, detail };
}
