import type { CallStatus } from '@dialgate/domain';
import type { Invite } from '@dialgate/local-stack';
import { RING_TIMEOUT_MS } from './traffic.js';
import { NOT_RUNG, NOT_SEEN, type EndedRow, type Judgement } from './verdict.js';

/** One of SIPp's callees (docker/sipp says what each does). Times in milliseconds since their INVITE. */
export interface Callee {
  /** The last three digits of the number. */
  readonly digits: string;
  readonly extension: string;
  readonly expected: CallStatus;
  /** Null of one who never answers. */
  readonly answersAfterMs: number | null;
  readonly overAfterMs: number;
}

const FOUR_SECONDS: Callee = {
  digits: '012',
  extension: 'wait',
  expected: 'completed',
  answersAfterMs: 800,
  overAfterMs: 4_800,
};

/** Whom the round calls, in turn. */
export const CALLEES: readonly [Callee, ...Callee[]] = [
  FOUR_SECONDS,
  { digits: '486', extension: 's', expected: 'busy', answersAfterMs: null, overAfterMs: 0 },
  { digits: '001', extension: 's', expected: 'completed', answersAfterMs: 800, overAfterMs: 1_800 },
  { digits: '006', extension: 's', expected: 'no_answer', answersAfterMs: null, overAfterMs: RING_TIMEOUT_MS },
  FOUR_SECONDS,
  { digits: '404', extension: 's', expected: 'failed', answersAfterMs: null, overAfterMs: 0 },
];

/** How exactly a callee keeps to their time, and how soon a dial reaches them. */
const CALLEE_TOLERANCE_MS = 1_000;

/** How far a written end may be from the true one. */
const TOLERANCE_MS = 2_000;

/** When Asterisk was not there: from its death to the start of the next. Milliseconds since the epoch. */
export interface Absence {
  readonly killedAt: number;
  readonly startedAt: number;
}

/** What the telephone network, and who struck, know to be true. */
export interface RealTruth {
  /** By the number that was called, with or without its plus. */
  readonly invites: ReadonlyMap<string, readonly Invite[]>;
  readonly absence: Absence;
  /** Whether some worker was deaf at some time between these (milliseconds since the epoch). */
  readonly hidden: (from: number, to: number) => boolean;
}

/** What is to be said of a call of the real round, held against its callee's character and the INVITEs they counted. */
export function judgeReal(row: EndedRow, { invites, absence, hidden }: RealTruth): Judgement {
  const { number } = row;
  const [invite] = invites.get(number) ?? invites.get(number.replace('+', '')) ?? [];
  const callee = CALLEES.find(({ digits }) => number.endsWith(digits));
  if (callee === undefined) return { wrong: 'is nobody’s number' };
  if (row.status === 'completed' && (callee.answersAfterMs === null || row.answeredAt === null))
    return { wrong: 'was answered by nobody' };
  if (row.finals !== 1 || row.backwards) return { wrong: 'has a broken timeline' };
  if (row.failureReason === 'asterisk_restarted') return judgeRestarted(row, invite, callee, absence);
  if (invite !== undefined && wasUp(invite, callee, absence))
    return { wrong: 'was up when Asterisk was killed, and does not say so' };
  const judgement = judgeOthers(row, invite, callee, hidden);
  // The killing of Asterisk is the last strike: nothing is an excuse for what was dialled after it.
  const undisturbed = row.dialSentAt !== null && row.dialSentAt > absence.startedAt;
  return undisturbed && (judgement === 'unseen' || judgement === 'not_rung')
    ? { wrong: `was dialled when all was well, and is ${String(row.failureReason)}` }
    : judgement;
}

/** A call that says that it was up when Asterisk was killed. Its dial may not have reached anybody any more. */
function judgeRestarted(
  { status, dialSentAt, answeredAt, endedAt }: EndedRow,
  invite: Invite | undefined,
  { answersAfterMs, overAfterMs }: Callee,
  { killedAt, startedAt }: Absence,
): Judgement {
  if (dialSentAt === null || endedAt === null) return { wrong: 'was never dialled' };
  if (dialSentAt > startedAt) return { wrong: 'was dialled after Asterisk was started again' };
  if (endedAt < killedAt) return { wrong: 'ended before Asterisk was killed' };
  if (invite === undefined && dialSentAt < killedAt - CALLEE_TOLERANCE_MS) return { wrong: 'rang nobody' };
  const invitedAt = invite?.atMs ?? dialSentAt;
  if (invitedAt + overAfterMs < killedAt - CALLEE_TOLERANCE_MS) return { wrong: 'was over when Asterisk was killed' };
  const upForMs = killedAt - invitedAt;
  const answered = status === 'completed' && answeredAt !== null;
  if (answered && upForMs < (answersAfterMs ?? Infinity) - CALLEE_TOLERANCE_MS)
    return { wrong: 'was answered by nobody' };
  if (!answered && upForMs > (answersAfterMs ?? Infinity) + CALLEE_TOLERANCE_MS) return { wrong: 'was answered' };
  return 'unseen';
}

/** Whether the call was surely up when Asterisk was killed. */
function wasUp({ atMs }: Invite, { overAfterMs }: Callee, { killedAt }: Absence): boolean {
  return atMs < killedAt && atMs + overAfterMs - CALLEE_TOLERANCE_MS > killedAt;
}

function judgeOthers(
  { status, failureReason, dialSentAt, answeredAt, endedAt }: EndedRow,
  invite: Invite | undefined,
  { expected, answersAfterMs, overAfterMs }: Callee,
  hidden: RealTruth['hidden'],
): Judgement {
  const overAt = invite === undefined ? (dialSentAt ?? 0) : invite.atMs + overAfterMs;
  if (NOT_SEEN.has(failureReason)) {
    if (dialSentAt === null) return { wrong: 'was never dialled' };
    return hidden(overAt - CALLEE_TOLERANCE_MS, overAt + CALLEE_TOLERANCE_MS)
      ? 'unseen'
      : { wrong: 'ended while everybody could hear it' };
  }
  if (invite === undefined)
    return status === 'failed' && NOT_RUNG.has(failureReason) ? 'not_rung' : { wrong: 'rang nobody' };
  if (status === 'failed' && NOT_RUNG.has(failureReason)) return { wrong: 'rang somebody, and does not say so' };
  if (status !== expected) return { wrong: `should be ${expected}` };
  if (Math.abs((endedAt ?? 0) - overAt) > TOLERANCE_MS) return { wrong: 'has not the time of its end' };
  // Found late when its worker was dead just then, but never early.
  const early = answeredAt !== null && answeredAt < invite.atMs + (answersAfterMs ?? 0) - CALLEE_TOLERANCE_MS;
  return early ? { wrong: 'was answered later than it says' } : 'right';
}

/** A strike that met no call, or that no call came after, proves nothing. */
export function struckNobody(rows: readonly EndedRow[], { startedAt }: Absence): string[] {
  return [
    ...(rows.some(({ failureReason }) => failureReason === 'asterisk_restarted')
      ? []
      : ['Asterisk was killed, and no call was up']),
    ...(rows.some(({ dialSentAt }) => (dialSentAt ?? 0) > startedAt)
      ? []
      : ['no call was dialled after Asterisk was started again']),
  ];
}
