import type { ChannelRecord } from '@dialgate/asterisk-simulator';
import type { FailureReason, FinalStatus, HangupBy } from '@dialgate/domain';

/** What has to be written down of the end of a call that was rung: packages/domain says what the words mean. */
export interface Ending {
  readonly status: FinalStatus;
  readonly reason: FailureReason | null;
  /** Q.850. */
  readonly cause: number;
  /** The SIP response that ended it, if one did. */
  readonly sipStatus: number | null;
  readonly by: HangupBy;
}

const BUSY: Ending = { status: 'busy', reason: null, cause: 17, sipStatus: 486, by: 'callee' };
const GAVE_UP: Ending = { status: 'no_answer', reason: null, cause: 19, sipStatus: 480, by: 'callee' };
const NO_SUCH_NUMBER: Ending = { status: 'failed', reason: 'invalid_number', cause: 1, sipStatus: 404, by: 'callee' };
const HUNG_UP: Ending = { status: 'completed', reason: null, cause: 16, sipStatus: null, by: 'callee' };

/**
 * How a callee ends a call by themselves, by the last three digits of their number: docker/sipp says who they are, and the
 * recordings what a real Asterisk says then. Written by hand: the product's own rules are what is judged.
 */
export const CALLEE_ENDINGS = {
  '001': HUNG_UP,
  '012': HUNG_UP,
  '123': HUNG_UP, // No character of its own: a friendly person.
  '486': BUSY,
  '008': BUSY,
  '014': { status: 'busy', reason: 'declined', cause: 21, sipStatus: 603, by: 'callee' },
  '480': GAVE_UP,
  '017': GAVE_UP,
  '404': NO_SUCH_NUMBER,
  '013': NO_SUCH_NUMBER,
  '488': { status: 'failed', reason: 'media', cause: 58, sipStatus: 488, by: 'callee' },
  '503': { status: 'failed', reason: 'congestion', cause: 34, sipStatus: 503, by: 'callee' },
} as const satisfies Readonly<Record<string, Ending>>;

/** Our own end of a call, which carries no SIP response. */
const BY_US = { reason: null, cause: 16, sipStatus: null, by: 'gateway' } as const;

/** Our own ring timeout. */
const RANG_OUT = { reason: null, cause: 19, sipStatus: 480, by: 'gateway' } as const;

/** Asterisk hangs up everybody when it is restarted in good order: its own doing, on our side of the call. */
const BY_ASTERISK = { cause: 0, sipStatus: null, by: 'gateway' } as const;

/** Callees who never end a call by themselves, and what becomes of them: an unanswered phone, and an answered one. */
export const RANG_IN_VAIN: Ending = { ...RANG_OUT, status: 'no_answer' };
export const HEARD_TO_THE_END: Ending = { ...HUNG_UP, by: 'dialplan' };

/** What a person who had watched the channel would write of its end; null of a callee who is not known to end calls so. */
export function endingOf(
  { number, rangAt, progressAt, answeredAt, ended }: ChannelRecord,
  cancelRequested: boolean,
): Ending | null {
  const answered = answeredAt !== null;
  const rang = rangAt !== null || progressAt !== null;
  switch (ended?.by) {
    case 'callee': {
      const ending = ofCallee(number);
      return ending === undefined || (ending.status === 'completed') !== answered ? null : ending;
    }
    case 'dialplan':
      return answered ? HEARD_TO_THE_END : null;
    case 'ring-timeout':
      if (answered) return null;
      if (cancelRequested) return { ...RANG_OUT, status: 'canceled' };
      return rang ? RANG_IN_VAIN : { ...RANG_OUT, status: 'failed', reason: 'unreachable' };
    case 'client':
      if (answered) return { ...BY_US, status: 'completed' };
      return cancelRequested
        ? { ...BY_US, status: 'canceled' }
        : { ...BY_US, status: 'failed', reason: 'hung_up_locally' };
    case 'asterisk':
      if (answered) return { ...BY_ASTERISK, status: 'completed', reason: null };
      return cancelRequested
        ? { ...BY_ASTERISK, status: 'canceled', reason: null }
        : { ...BY_ASTERISK, status: 'failed', reason: 'hung_up_locally' };
    case undefined:
      return null;
  }
}

function ofCallee(number: string): Ending | undefined {
  return Object.entries<Ending>(CALLEE_ENDINGS).find(([digits]) => number.endsWith(digits))?.[1];
}
