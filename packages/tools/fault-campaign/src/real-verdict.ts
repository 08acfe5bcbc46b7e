import type { Invite } from '@dialgate/local-stack';
import { CALLEE_ENDINGS, HEARD_TO_THE_END, RANG_IN_VAIN, type Ending } from './endings.js';
import type { Judgement } from './judge.js';
import type { Pace } from './pace.js';
import { NOT_RUNG, NOT_SEEN, type EndedRow } from './row.js';
import { timelineProblem } from './timeline.js';
import { RING_TIMEOUT_MS } from './traffic.js';

/** One of SIPp's callees (docker/sipp says what each does). Times in milliseconds since their INVITE. */
export interface Callee {
  /** The last three digits of the number. */
  readonly digits: string;
  readonly extension: string;
  readonly expected: Ending;
  /** Null of one who never answers. */
  readonly answersAfterMs: number | null;
  readonly overAfterMs: number;
}

const FOUR_SECONDS: Callee = {
  digits: '012',
  extension: 'wait',
  expected: CALLEE_ENDINGS['012'],
  answersAfterMs: 800,
  overAfterMs: 4_800,
};

/** Whom the round calls, in turn. */
export const CALLEES: readonly [Callee, ...Callee[]] = [
  FOUR_SECONDS,
  { digits: '486', extension: 's', expected: CALLEE_ENDINGS['486'], answersAfterMs: null, overAfterMs: 0 },
  { digits: '001', extension: 's', expected: CALLEE_ENDINGS['001'], answersAfterMs: 800, overAfterMs: 1_800 },
  { digits: '006', extension: 's', expected: RANG_IN_VAIN, answersAfterMs: null, overAfterMs: RING_TIMEOUT_MS },
  FOUR_SECONDS,
  { digits: '404', extension: 's', expected: CALLEE_ENDINGS['404'], answersAfterMs: null, overAfterMs: 0 },
  // Waits for the dialplan to hang up, a second and a half after they were sent there: whoever is left in silence waits longer.
  { digits: '002', extension: 's', expected: HEARD_TO_THE_END, answersAfterMs: 800, overAfterMs: 2_300 },
];

/** How exactly a callee keeps to their time, and how soon a dial reaches them. */
const CALLEE_TOLERANCE_MS = 1_000;

/** How far a written time may be from the true one, and how long an answered callee may hear nothing. */
const TOLERANCE_MS = 2_000;

/** How late an answer that nobody could hear is found: an adoption, and some time for it. */
const FOUND_WITHIN_MS = 25_000;

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
  /** Whether nobody received this application's events at some time between these (milliseconds since the epoch). */
  readonly hidden: (app: string, from: number, to: number) => boolean;
  /** What a bound is on this machine, at that moment. */
  readonly allow: Pace['allow'];
}

/** What is to be said of a call of the real round, held against its callee's character and the INVITEs they counted. */
export function judgeReal(row: EndedRow, truth: RealTruth): Judgement {
  const { invites, absence } = truth;
  const { number } = row;
  const [invite] = invites.get(number) ?? invites.get(number.replace('+', '')) ?? [];
  const callee = CALLEES.find(({ digits }) => number.endsWith(digits));
  if (callee === undefined) return { wrong: 'is nobody’s number' };
  if (row.cancelRequested) return { wrong: 'was canceled, and nobody had asked for it' };
  if (row.status === 'completed' && (callee.answersAfterMs === null || row.answeredAt === null))
    return { wrong: 'was answered by nobody' };
  const answerAt = (invite?.atMs ?? 0) + (callee.answersAfterMs ?? 0);
  const broken = timelineProblem(row, invite !== undefined && !isHidden(row, answerAt, truth));
  if (broken !== null) return { wrong: broken };
  if (row.failureReason === 'asterisk_restarted') return judgeRestarted(row, invite, callee, absence);
  if (invite !== undefined && wasUp(invite, callee, absence))
    return { wrong: 'was up when Asterisk was killed, and does not say so' };
  const judgement = judgeOthers(row, invite, callee, truth);
  // The killing of Asterisk is the last strike: nothing is an excuse for what was dialled after it.
  const undisturbed = row.dialSentAt !== null && row.dialSentAt > absence.startedAt;
  return undisturbed && (judgement === 'unseen' || judgement === 'not_rung')
    ? { wrong: `was dialled when all was well, and is ${String(row.failureReason)}` }
    : judgement;
}

/** Whether nobody received the events of the call's own application at about that time. */
function isHidden({ app }: EndedRow, at: number, { hidden }: RealTruth): boolean {
  return app !== null && hidden(app, at - CALLEE_TOLERANCE_MS, at + CALLEE_TOLERANCE_MS);
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

function judgeOthers(row: EndedRow, invite: Invite | undefined, callee: Callee, truth: RealTruth): Judgement {
  const { status, failureReason, dialSentAt } = row;
  const overAt = invite === undefined ? (dialSentAt ?? 0) : invite.atMs + callee.overAfterMs;
  if (NOT_SEEN.has(failureReason)) {
    if (dialSentAt === null) return { wrong: 'was never dialled' };
    return isHidden(row, overAt, truth) ? 'unseen' : { wrong: 'ended while everybody could hear it' };
  }
  if (invite === undefined)
    return status === 'failed' && NOT_RUNG.has(failureReason) ? 'not_rung' : { wrong: 'rang nobody' };
  if (status === 'failed' && NOT_RUNG.has(failureReason)) return { wrong: 'rang somebody, and does not say so' };
  if (status !== callee.expected.status) return { wrong: `should be ${callee.expected.status}` };
  const wrong = answerProblem(row, invite, callee, truth) ?? endProblem(row, invite, callee, truth);
  return wrong === null ? 'right' : { wrong };
}

/** What is wrong with when it was answered and with what its callee heard then, or null. */
function answerProblem(row: EndedRow, invite: Invite, callee: Callee, truth: RealTruth): string | null {
  const { answersAfterMs, overAfterMs } = callee;
  if (answersAfterMs === null || row.answeredAt === null) return null;
  const answerAt = invite.atMs + answersAfterMs;
  const hidden = isHidden(row, answerAt, truth);
  const within = truth.allow(TOLERANCE_MS, answerAt) + (hidden ? FOUND_WITHIN_MS : 0);
  const late = row.answeredAt - answerAt;
  if (late < -truth.allow(CALLEE_TOLERANCE_MS, answerAt)) return 'was answered later than it says';
  if (late > within) return 'was answered earlier than it says';
  const continued = row.timeline.find(({ event }) => event === 'continued');
  if (continued === undefined ? !hidden : continued.at - answerAt > within) return 'was left in silence';
  const lasted = (row.endedAt ?? 0) - row.answeredAt;
  const off = Math.abs(lasted - (overAfterMs - answersAfterMs)) > truth.allow(TOLERANCE_MS, answerAt);
  return off && !hidden ? 'has not the duration of its callee' : null;
}

/** What is wrong with its end, or null. */
function endProblem(row: EndedRow, invite: Invite, callee: Callee, truth: RealTruth): string | null {
  const { answersAfterMs, overAfterMs, expected } = callee;
  const overAt = invite.atMs + overAfterMs;
  const tolerance = truth.allow(TOLERANCE_MS, overAt);
  // Who waits for the dialplan waits until they are sent there.
  const sentLate = expected.by === 'dialplan' && isHidden(row, invite.atMs + (answersAfterMs ?? 0), truth);
  const off = (row.endedAt ?? 0) - overAt;
  if (off < -tolerance || off > tolerance + (sentLate ? FOUND_WITHIN_MS : 0)) return 'has not the time of its end';
  if (row.hangupBy === 'gateway' && expected.by !== 'gateway')
    return 'was hung up by the gateway, and nobody had asked for it';
  const unheard =
    isHidden(row, overAt, truth) && row.hangupBy === (expected.status === 'completed' ? 'dialplan' : 'unknown');
  const facts: [what: string, said: unknown, truth: unknown][] = [
    ['failure_reason', row.failureReason, expected.reason],
    ['hangup_cause', row.hangupCause, expected.cause],
    ['sip_status', row.sipStatus, expected.sipStatus],
    ['hangup_by', row.hangupBy, unheard ? row.hangupBy : expected.by],
  ];
  const wrong = facts.find(([, said, known]) => said !== known);
  return wrong === undefined ? null : `has ${wrong[0]} ${String(wrong[1])}, and it was ${String(wrong[2])}`;
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
