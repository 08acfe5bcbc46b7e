import type { ChannelRecord } from '@dialgate/asterisk-simulator';
import { endingOf, type Ending } from './endings.js';
import { NOT_RUNG, NOT_SEEN, type EndedRow } from './row.js';
import type { Troubles } from './spans.js';
import type { Pace } from './pace.js';
import { timelineProblem } from './timeline.js';

/** A call that a client was told of. */
export interface AcceptedCall {
  readonly id: string;
  /** When the client's cancel request was accepted, in milliseconds since the epoch; null if there was none. */
  readonly cancelAcceptedAt: number | null;
  readonly asked: { readonly ringTimeoutMs: number; readonly extension: string };
}

/** What is known of the surroundings of the calls. Times in milliseconds since the epoch, spans in milliseconds. */
export interface Surroundings {
  /** Whether a worker could hear the application at that time. */
  readonly couldHear: (app: string, at: number) => boolean;
  /** When anything at all was broken. */
  readonly troubles: Pick<Troubles, 'any' | 'within'>;
  /** When Asterisk was restarted. */
  readonly restarts: readonly number[];
  /** What a bound is on this machine, at that moment. */
  readonly allow: Pace['allow'];
  /** How long an answered callee may hear nothing while their worker lives. */
  readonly silenceMs: number;
  /** How long they may hear nothing, and the answer go unwritten, when nobody could hear it. */
  readonly answerFoundWithinMs: number;
  /** How late what could not be seen is found to be over. */
  readonly foundWithinMs: number;
  /** Within how long a call is dialled when nothing is broken. */
  readonly dialledWithinMs: number;
  /** What it takes to dial calls again that something broken has kept waiting. */
  readonly aftermathMs: number;
  /** Whether single events are lost, doubled and overtaken: then who hung up is known to nobody. */
  readonly garbled: boolean;
}

/**
 * `right`: what happened is what is written. `unseen`: it ended while nobody could see how, and the row says so.
 * `not_rung`: the row says that nobody was rung, and nobody was. Anything else is a sentence that says what is wrong.
 */
export type Judgement = 'right' | 'unseen' | 'not_rung' | { readonly wrong: string };

/** How far a written time may be from the true one. */
const TOLERANCE_MS = 2_000;

/** Two clocks of one machine, read one after the other. */
const SAME_MOMENT_MS = 100;

/** How soon a cancel request is fulfilled by those who live. */
const CANCEL_WITHIN_MS = 5_000;

/** A silent channel is removed so long after its ring timeout, and not before. */
const OVERDUE_AFTER_MS = 10_000;

/** A dial is sent within 3 s of its permission or not at all; the rest is its way to Asterisk. */
const DIAL_WITHIN_MS = 5_000;

/** Asterisk says in whole seconds since when it runs, and a dial may be on its way when it starts. */
const RESTART_MS = 5_000;

/**
 * What is to be said of a call that is over. Pure.
 *
 * @param record the channel of the call that was dialled, or null when nobody was rung.
 * @param told what its client was told; null of a call that nobody was told of.
 */
export function judge(
  row: EndedRow,
  record: ChannelRecord | null,
  told: Pick<AcceptedCall, 'cancelAcceptedAt' | 'asked'> | null,
  around: Surroundings,
): Judgement {
  const answerSeen = record !== null && answerHeard(record, around);
  const broken = timelineProblem(row, answerSeen);
  if (broken !== null) return wrong(row, broken);
  if (row.endedAt === null) return wrong(row, 'has no time of its end');
  if (told === null) return judgeUntold(row, record);
  const { asked, cancelAcceptedAt } = told;
  if (cancelAcceptedAt !== null && !row.cancelRequested) return wrong(row, 'has forgotten its client’s cancel request');
  if (row.ringTimeoutMs !== asked.ringTimeoutMs)
    return wrong(row, 'has another ring timeout than its client asked for');
  if (row.extension !== asked.extension) return wrong(row, 'has another extension than its client asked for');
  if (record === null) return judgeUndialled(row, row.endedAt, around);
  const { ended } = record;
  if (ended === null) return wrong(row, 'is over while its channel lives');
  const wronglyCalled =
    dialProblem(row, record, around) ??
    hangupProblem(row, record, ended, around) ??
    cancelProblem(record, ended, cancelAcceptedAt, around);
  if (wronglyCalled !== null) return wrong(row, wronglyCalled);
  const call: Call = { row, record, ended, endedAt: row.endedAt, answerSeen, around };
  return record.answeredAt === null ? judgeUnanswered(call) : judgeAnswered(call, record.answeredAt);
}

type End = NonNullable<ChannelRecord['ended']>;

/** Everything about a call that rang somebody and is over. */
interface Call {
  readonly row: EndedRow;
  readonly record: ChannelRecord;
  readonly ended: End;
  /** By its row. */
  readonly endedAt: number;
  readonly answerSeen: boolean;
  readonly around: Surroundings;
}

/** A row that no client was told of: a request that was turned away and written all the same. It must not ring anybody. */
function judgeUntold(row: EndedRow, record: ChannelRecord | null): Judgement {
  if (record !== null) return wrong(row, 'was dialled, and no client was told of it');
  return row.status === 'canceled' ? 'right' : wrong(row, 'is nobody’s call and was not taken back');
}

function judgeUndialled(row: EndedRow, endedAt: number, { troubles, restarts, allow }: Surroundings): Judgement {
  if (row.answeredAt !== null) return wrong(row, 'was answered by nobody');
  // Permitted, and just then Asterisk hung up everybody: whether its INVITE had been sent nobody could tell.
  const restarted = restarts.some((at) => Math.abs(at - endedAt) < allow(RESTART_MS, at));
  if (restarted && row.dialSentAt !== null && row.failureReason === 'hung_up_locally' && row.hangupCause === 0) {
    return 'not_rung';
  }
  if (!knowsNothing(row) && !wasRemoved(row)) return wrong(row, 'has an end that never was');
  if (row.status === 'canceled')
    return row.cancelRequested ? 'right' : wrong(row, 'was canceled, and nobody had asked for it');
  if (row.status !== 'failed') return wrong(row, 'was never dialled');
  const why = row.timeline.findLast((line) => line.status !== null)?.why ?? 'no reason given';
  // On a slow machine a dial may be on its way for longer than it may: nobody repeats it.
  const slow = row.dialSentAt !== null && allow(DIAL_WITHIN_MS, row.dialSentAt) >= 2 * DIAL_WITHIN_MS;
  if (!slow && !troubles.any(row.createdAt, endedAt)) {
    return wrong(row, `was given up (${why}), and nothing kept it from ringing`);
  }
  if (row.failureReason === 'trunk_unavailable') return 'not_rung';
  // The dial was permitted, and its request refused or lost on the way.
  if (row.dialSentAt !== null && row.failureReason === 'not_dialed') return 'not_rung';
  if (row.dialSentAt !== null && NOT_SEEN.has(row.failureReason)) return 'unseen';
  return wrong(row, 'was never dialled');
}

function knowsNothing({ hangupCause, sipStatus, hangupBy }: EndedRow): boolean {
  return hangupCause === null && sipStatus === null && (hangupBy === null || hangupBy === 'unknown');
}

/** A channel that is removed before its dial has come ends like this (measured), also when its client had asked for it. */
function wasRemoved({ status, failureReason, hangupCause, sipStatus }: EndedRow): boolean {
  const given = failureReason === 'not_dialed' || status === 'canceled';
  return given && hangupCause === 16 && sipStatus === 603;
}

/** What is wrong with how it was dialled, or null. */
function dialProblem(row: EndedRow, record: ChannelRecord, around: Surroundings): string | null {
  const { troubles, allow } = around;
  const [dial] = record.dials;
  if (dial === undefined) return 'was never dialled';
  if (row.dialSentAt === null || dial.at < row.dialSentAt - SAME_MOMENT_MS) return 'was dialled unpermitted';
  if (NOT_RUNG.has(row.failureReason)) return 'was rung';
  if (dial.timeoutSeconds !== Math.ceil(row.ringTimeoutMs / 1_000)) {
    return `was to ring for ${String(dial.timeoutSeconds)} s, not ${String(row.ringTimeoutMs)} ms`;
  }
  const onItsWay = dial.at - row.dialSentAt;
  if (onItsWay > allow(DIAL_WITHIN_MS, dial.at) + troubles.within(row.dialSentAt, dial.at)) {
    return `was dialled ${String(onItsWay)} ms after its permission`;
  }
  const waited = dial.at - row.createdAt;
  const broken = troubles.within(row.createdAt, dial.at);
  const disturbed = troubles.any(row.createdAt - allow(around.aftermathMs, row.createdAt), dial.at);
  // Whoever asks again asks half as often each time: what was broken for a while is found whole after as long again.
  const patience = Math.max(around.dialledWithinMs, disturbed ? 2 * broken + around.aftermathMs : 0);
  return waited > allow(patience, dial.at) ? `was dialled only after ${String(waited)} ms` : null;
}

/** What is wrong with who ended it, or null. */
function hangupProblem(row: EndedRow, record: ChannelRecord, ended: End, around: Surroundings): string | null {
  const { restarts, allow } = around;
  const dialledAt = record.dials[0]?.at ?? 0;
  if ((row.endedAt ?? 0) < ended.at - allow(TOLERANCE_MS, ended.at)) return 'was over before its channel was';
  if (ended.by === 'asterisk' && !restarts.some((at) => Math.abs(at - ended.at) < allow(RESTART_MS, at))) {
    return 'was ended by Asterisk, and nobody had restarted it';
  }
  // The gateway counts from the dial's permission: a dial that was held up on its way rings for less.
  const overdueAt = (row.dialSentAt ?? dialledAt) + row.ringTimeoutMs + OVERDUE_AFTER_MS;
  // It looks before it hangs up; who picks up between the two is cut off.
  const unanswered = record.answeredAt === null || record.answeredAt >= ended.at - allow(SAME_MOMENT_MS, ended.at);
  if (ended.by === 'client' && !row.cancelRequested && !(unanswered && ended.at >= overdueAt)) {
    return 'was hung up by the gateway, and nobody had asked for it';
  }
  return null;
}

/** What is wrong with how its client's cancel request was fulfilled, or null. */
function cancelProblem(
  record: ChannelRecord,
  ended: End,
  cancelAcceptedAt: number | null,
  { allow }: Surroundings,
): string | null {
  const dialledAt = record.dials[0]?.at ?? 0;
  const tooLong =
    cancelAcceptedAt !== null && Math.max(dialledAt, ended.at) > cancelAcceptedAt + allow(CANCEL_WITHIN_MS, ended.at);
  return tooLong ? 'went on after its client’s cancel request was accepted' : null;
}

function judgeUnanswered(call: Call): Judgement {
  const { row, record, ended, around } = call;
  if (row.answeredAt !== null) return wrong(row, 'was answered by nobody');
  const expected = endingOf(record, row.cancelRequested);
  if (expected === null) return wrong(row, `was ended by ${ended.by} on the wire, as such a callee never is`);
  const rang = ringProblem(call);
  if (rang !== null) return wrong(row, rang);
  if (NOT_SEEN.has(row.failureReason)) {
    if (row.status !== 'failed') return wrong(row, `was ${expected.status} on the wire`);
    // What our own removal of a silent channel looks like is no news of the call.
    const removed = ended.by === 'client' && !row.cancelRequested;
    return removed || ended.by === 'asterisk' || !endHeard(call)
      ? judgeUnseen(call, expected)
      : wrong(row, `was ${expected.status} on the wire, and somebody could hear it`);
  }
  // With its only ringing unheard, a phone that rang in vain looks like one that could not be reached.
  const unheard = expected.status === 'no_answer' && ended.by === 'ring-timeout' && !ringingHeard(record, around);
  if (unheard && row.failureReason === 'unreachable' && row.status === 'failed') {
    return endProblem(call, { ...expected, status: 'failed', reason: 'unreachable' }) ?? 'unseen';
  }
  return endProblem(call, expected) ?? 'right';
}

function judgeAnswered(call: Call, answeredAt: number): Judgement {
  const { row, record, ended, endedAt, answerSeen, around } = call;
  const { allow, silenceMs, answerFoundWithinMs } = around;
  const expected = endingOf(record, row.cancelRequested);
  if (expected === null) return wrong(row, `was ended by ${ended.by} on the wire, as such a callee never is`);
  const found = answerSeen ? silenceMs : Math.max(silenceMs, answerFoundWithinMs);
  const silence = (record.continued?.at ?? ended.at) - answeredAt;
  if (silence > allow(found, answeredAt)) {
    return wrong(row, `was answered and left in silence for ${String(silence)} ms`);
  }
  if (row.status === 'failed' && NOT_SEEN.has(row.failureReason)) {
    return answerSeen || endHeard(call)
      ? wrong(row, 'was answered on the wire, and somebody could hear it')
      : judgeUnseen(call, expected);
  }
  if (row.status !== 'completed' || row.answeredAt === null) return wrong(row, 'was answered on the wire');
  const misled = continueProblem(call) ?? ringProblem(call);
  if (misled !== null) return wrong(row, misled);
  const late = row.answeredAt - answeredAt;
  const tolerance = allow(TOLERANCE_MS, answeredAt);
  // An answer that nobody could hear is written when it is found.
  if (late < -tolerance || late > tolerance + (answerSeen ? 0 : allow(found, answeredAt))) {
    const then = `${new Date(answeredAt).toISOString()} in ${record.app}`;
    return wrong(row, `was answered ${String(late)} ms before it says, at ${then}`);
  }
  if (NOT_SEEN.has(row.failureReason)) {
    const unknown = ended.by === 'asterisk' || !endHeard(call);
    return unknown ? judgeUnseen(call, expected) : wrong(row, 'ended on the wire while somebody could hear it');
  }
  const lasted = endedAt - row.answeredAt - (ended.at - answeredAt);
  if (answerSeen && Math.abs(lasted) > Math.max(tolerance, allow(TOLERANCE_MS, ended.at))) {
    return wrong(row, `lasted ${String(-lasted)} ms longer than it says`);
  }
  return endProblem(call, expected) ?? 'right';
}

/** What is wrong with the time at which it rang, or null. */
function ringProblem({ row, record, around }: Call): string | null {
  if (row.ringingAt === null) return null;
  const rang = rangAt(record);
  if (rang === Infinity) return 'rang nobody';
  const late = row.ringingAt - rang;
  const tolerance = around.allow(TOLERANCE_MS, rang);
  const off = late < -tolerance || (late > tolerance && ringingHeard(record, around));
  return off ? `rang ${String(late)} ms before it says` : null;
}

/** What is wrong with where an answered callee was sent, or null. */
function continueProblem({ row, record, around }: Call): string | null {
  const { continued } = record;
  if (continued === null) return null;
  const places = [continued, row].map(
    ({ context, extension, priority }) => `${context},${extension},${String(priority)}`,
  );
  if (places[0] !== places[1]) return `was sent to ${String(places[0])}, not ${String(places[1])}`;
  const noted = row.timeline.some(({ event }) => event === 'continued');
  // A continue whose answer came too late is done and not noted down: the timeline has Asterisk's own `entered_dialplan` then.
  const { troubles, allow } = around;
  const slack = allow(TOLERANCE_MS, continued.at);
  const hidden = slack >= 2 * TOLERANCE_MS || troubles.any(continued.at - slack, continued.at + slack);
  return noted || hidden ? null : 'was sent on, and its timeline does not say so';
}

/** An end that nobody could see: found in time, for the right reason, and nothing learned of it but the truth. */
function judgeUnseen({ row, ended, endedAt, around }: Call, expected: Ending): Judgement {
  const { restarts, allow, foundWithinMs } = around;
  const late = endedAt - ended.at;
  if (late > allow(foundWithinMs, ended.at)) {
    return wrong(row, `was found to be over ${String(late)} ms after its end`);
  }
  const saysRestarted = row.failureReason === 'asterisk_restarted';
  const wasRestarted = restarts.some((at) => at > (row.dialSentAt ?? 0) - RESTART_MS && at <= endedAt);
  if (saysRestarted && !wasRestarted) return wrong(row, 'was not up when Asterisk was restarted');
  if (ended.by === 'asterisk' && !saysRestarted) return wrong(row, 'was ended by a restart of Asterisk');
  const learned: [what: string, said: unknown, truth: unknown][] = [
    ['hangup_cause', row.hangupCause, expected.cause],
    ['sip_status', row.sipStatus, expected.sipStatus],
    ['hangup_by', row.hangupBy, expected.by],
  ];
  const wrongly = learned.find(([, said, truth]) => said !== null && said !== truth && said !== 'unknown');
  return wrongly === undefined
    ? 'unseen'
    : wrong(row, `has learned of ${wrongly[0]} ${String(wrongly[1])}, and it was ${String(wrongly[2])}`);
}

/** What is wrong with an end that the row says it knows, or null. */
function endProblem(call: Call, expected: Ending): Judgement | null {
  const { row, ended, endedAt, around } = call;
  if (row.status !== expected.status) return wrong(row, `was ${expected.status} on the wire`);
  const off = endedAt - ended.at;
  if (Math.abs(off) > around.allow(TOLERANCE_MS, ended.at)) return wrong(row, `ended ${String(-off)} ms after it says`);
  const facts: [what: string, said: unknown, truth: unknown][] = [
    ['failure_reason', row.failureReason, expected.reason],
    ['hangup_cause', row.hangupCause, expected.cause],
    ['sip_status', row.sipStatus, expected.sipStatus],
    ['hangup_by', row.hangupBy, saidOfWho(call, expected)],
  ];
  for (const [what, said, truth] of facts) {
    if (said !== truth) return wrong(row, `has ${what} ${String(said)}, and it was ${String(truth)}`);
  }
  return null;
}

/** Who hung up is said just before the end; with that unheard, an end without a word is what the dialplan's looks like. */
function saidOfWho(call: Call, { by, status }: Ending): EndedRow['hangupBy'] {
  const { row, around } = call;
  const silent = status === 'completed' ? 'dialplan' : 'unknown';
  const unheard = around.garbled || !endHeard(call);
  return unheard && row.hangupBy === silent ? silent : by;
}

function endHeard({ record, ended, around }: Call): boolean {
  return ended.told && around.couldHear(record.app, ended.at);
}

function answerHeard(record: ChannelRecord, { couldHear }: Surroundings): boolean {
  return record.answeredAt !== null && record.answerTold && couldHear(record.app, record.answeredAt);
}

function ringingHeard(record: ChannelRecord, { couldHear }: Surroundings): boolean {
  return record.ringingTold && couldHear(record.app, rangAt(record));
}

/** When the far end first alerted or played early media; never, if it did not. */
function rangAt({ rangAt, progressAt }: ChannelRecord): number {
  return Math.min(rangAt ?? Infinity, progressAt ?? Infinity);
}

function wrong(row: EndedRow, what: string): Judgement {
  return { wrong: `(${row.status}${row.failureReason === null ? '' : `, ${row.failureReason}`}) ${what}` };
}
