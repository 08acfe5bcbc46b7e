import type { ChannelRecord } from '@dialgate/asterisk-simulator';
import type { AcceptedCall, Surroundings } from '../src/judge.js';
import type { EndedRow, TimelineLine } from '../src/row.js';

/** When the call was dialled, in milliseconds since the epoch. */
export const T = 1_000_000;

type Given = Partial<EndedRow>;

/** The row of a call that was answered after a second and lasted four, or of another one, with the timeline that belongs to it. */
export function row(given: Given = {}): EndedRow {
  const facts = {
    id: 'call-1',
    number: '+33100000001',
    status: 'completed',
    failureReason: null,
    hangupCause: 16,
    sipStatus: null,
    hangupBy: 'callee',
    ringTimeoutMs: 6_000,
    context: 'outbound-ivr',
    extension: 'for2',
    priority: 1,
    attempt: 1,
    app: 'gw-1',
    createdAt: T - 50,
    dialSentAt: T,
    ringingAt: T + 20,
    answeredAt: T + 1_000,
    endedAt: T + 5_000,
    cancelRequested: false,
    ...given,
  } as const;
  return { ...facts, timeline: given.timeline ?? timelineOf(facts) };
}

function timelineOf(facts: Omit<EndedRow, 'timeline'>): TimelineLine[] {
  const { status, failureReason, cancelRequested, createdAt, dialSentAt, ringingAt, answeredAt, endedAt, attempt } =
    facts;
  const lines: (TimelineLine | null)[] = [
    { event: 'created', status: 'pending', at: createdAt },
    ...Array.from({ length: attempt }, () => ({ event: 'claimed', status: null, at: createdAt })),
    dialSentAt === null ? null : { event: 'dial_sent', status: 'dialing', at: dialSentAt },
    ringingAt === null ? null : { event: 'ringing', status: 'ringing', at: ringingAt },
    answeredAt === null ? null : { event: 'answered', status: 'answered', at: answeredAt },
    answeredAt === null ? null : { event: 'continued', status: null, at: answeredAt + 1 },
    cancelRequested && dialSentAt !== null ? { event: 'cancel_requested', status: null, at: createdAt } : null,
    endedAt === null ? null : { event: endEvent(facts), status, at: endedAt },
  ];
  return lines.filter((line) => line !== null);

  function endEvent({ status: final }: typeof facts): string {
    if (['lost', 'outcome_unknown', 'asterisk_restarted'].includes(failureReason ?? '')) return 'lost';
    if (final === 'canceled' && dialSentAt === null) return 'cancel_requested';
    return ['not_dialed', 'trunk_unavailable'].includes(failureReason ?? '') ? 'refused' : 'hung_up';
  }
}

/** What is on the row of a call that nobody answered. */
export function unansweredRow(given: Given = {}): EndedRow {
  return row({ answeredAt: null, endedAt: T + 5_000, ...given });
}

export const BUSY = { status: 'busy', hangupCause: 17, sipStatus: 486 } as const;
export const NO_ANSWER = { status: 'no_answer', hangupCause: 19, sipStatus: 480, hangupBy: 'gateway' } as const;
export const NOTHING_LEARNED = { hangupCause: null, sipStatus: null, hangupBy: null } as const;

/** The channel of the answered call. */
export function channel(overrides: Partial<ChannelRecord> = {}): ChannelRecord {
  return {
    channelId: 'call-1.1',
    endpoint: 'PJSIP/+33100000001@trunk',
    number: '+33100000001',
    app: 'gw-1',
    variables: {},
    createdAt: T,
    dials: [{ at: T, timeoutSeconds: 6 }],
    rangAt: T + 10,
    progressAt: null,
    ringingTold: true,
    answeredAt: T + 1_000,
    answerTold: true,
    continued: { at: T + 1_001, context: 'outbound-ivr', extension: 'for2', priority: 1 },
    ended: { at: T + 5_000, cause: 16, techCause: null, by: 'callee', told: true },
    ...overrides,
  };
}

/** The channel of a call that nobody answered, of a busy callee by default. */
export function unanswered(
  end: Partial<NonNullable<ChannelRecord['ended']>> = {},
  overrides: Partial<ChannelRecord> = {},
): ChannelRecord {
  const ended = { at: T + 5_000, cause: 17, techCause: 486, by: 'callee', told: true, ...end } as const;
  return channel({ number: '+33100000486', answeredAt: null, answerTold: false, continued: null, ended, ...overrides });
}

/** An answered call that ended otherwise. */
export function ended(end: Partial<NonNullable<ChannelRecord['ended']>>): ChannelRecord {
  return channel({ ended: { at: T + 5_000, cause: 16, techCause: null, by: 'callee', told: true, ...end } });
}

/** Nothing was broken, everybody could hear everything, and the machine kept up. */
export const QUIET: Surroundings = {
  couldHear: () => true,
  troubles: { any: () => false, within: () => 0 },
  restarts: [],
  allow: (ms) => ms,
  silenceMs: 2_000,
  answerFoundWithinMs: 25_000,
  foundWithinMs: 45_000,
  dialledWithinMs: 3_000,
  aftermathMs: 20_000,
  garbled: false,
};

/** Something was broken all the time, for so many milliseconds of any span. */
export function broken(forMs = 0): Surroundings {
  return { ...QUIET, troubles: { any: () => true, within: () => forMs } };
}

export const TOLD: Pick<AcceptedCall, 'cancelAcceptedAt' | 'asked'> = {
  cancelAcceptedAt: null,
  asked: { ringTimeoutMs: 6_000, extension: 'for2' },
};
