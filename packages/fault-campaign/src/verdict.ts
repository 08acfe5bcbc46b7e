import { callOf, type ChannelRecord } from '@dialgate/asterisk-simulator';
import { isFinal, type CallStatus, type FailureReason } from '@dialgate/domain';

/** What the database says of a call in the end. Times in milliseconds since the epoch. */
export interface EndedRow {
  readonly id: string;
  readonly status: CallStatus;
  readonly failureReason: FailureReason | null;
  readonly dialSentAt: number | null;
  readonly answeredAt: number | null;
  readonly endedAt: number | null;
  readonly wished: boolean;
  /** How many lines of its timeline carry a final status. */
  readonly finals: number;
  /** Whether a later line of its timeline carries a status of a lower rank. */
  readonly backwards: boolean;
}

/** What the telephone network knows to be true. */
export interface Truth {
  readonly channels: readonly ChannelRecord[];
  /** Whether a worker could hear the application at that time (milliseconds since the epoch). */
  readonly couldHear: (app: string, at: number) => boolean;
}

/**
 * `right`: what happened is what is written. `unseen`: it ended while nobody could see how, and the row says so.
 * `not_rung`: the row says that nobody was rung, and nobody was. Anything else is a sentence that says what is wrong.
 */
export type Judgement = 'right' | 'unseen' | 'not_rung' | { readonly wrong: string };

/** What a fault did to the promises. */
export interface Verdict {
  readonly calls: number;
  /** Accepted calls without a row or without a final status. */
  readonly lost: readonly string[];
  /** Calls with more than one INVITE. */
  readonly twice: readonly string[];
  readonly wrong: readonly string[];
  readonly unseen: number;
  readonly notRung: number;
}

const DURATION_TOLERANCE_MS = 2_000;

/** An adoption, and some time for it. */
const LONGEST_SILENCE_MS = 20_000;

/** Reasons that say: nobody was rung. */
export const NOT_RUNG: ReadonlySet<FailureReason | null> = new Set([
  'not_dialed',
  'expired',
  'trunk_unavailable',
  'dialplan_missing',
]);

/** Reasons that say: what became of it could not be seen. */
export const NOT_SEEN: ReadonlySet<FailureReason | null> = new Set(['lost', 'outcome_unknown', 'asterisk_restarted']);

/** Compares what was accepted and what was written with what happened on the wire. Pure. */
export function verdictOn(accepted: readonly string[], rows: readonly EndedRow[], truth: Truth): Verdict {
  const dialled = dialledByCall(truth.channels);
  const known = new Set(rows.map(({ id }) => id));
  const verdict = { lost: [] as string[], twice: [] as string[], wrong: [] as string[], unseen: 0, notRung: 0 };

  for (const id of accepted) if (!known.has(id)) verdict.lost.push(`${id} was accepted and has no row`);
  for (const [id, records] of dialled) {
    const invites = records.reduce((sum, { dials }) => sum + dials.length, 0);
    if (invites > 1) verdict.twice.push(`${id} was dialled ${String(invites)} times`);
    if (!known.has(id)) verdict.wrong.push(`${id} was dialled and has no row`);
  }
  for (const row of rows) {
    if (!isFinal(row.status)) {
      verdict.lost.push(`${row.id} is still ${row.status}`);
      continue;
    }
    const judgement = judge(row, dialled.get(row.id)?.[0] ?? null, truth.couldHear);
    if (judgement === 'unseen') verdict.unseen++;
    else if (judgement === 'not_rung') verdict.notRung++;
    else if (judgement !== 'right') verdict.wrong.push(`${row.id} ${judgement.wrong}`);
  }
  return { calls: rows.length, ...verdict };
}

/** @param record the channel of the call that was dialled, or null when nobody was rung. */
export function judge(row: EndedRow, record: ChannelRecord | null, couldHear: Truth['couldHear']): Judgement {
  if (row.finals !== 1) return wrong(row, `has ${String(row.finals)} ends in its timeline`);
  if (row.backwards) return wrong(row, 'went backwards in its timeline');
  if (row.endedAt === null) return wrong(row, 'has no time of its end');
  if (record === null) return judgeUndialled(row);

  const { ended } = record;
  if (ended === null) return wrong(row, 'is over while its channel lives');
  const endSeen = ended.told && couldHear(record.app, ended.at);
  if (record.answeredAt !== null) return judgeAnswered(row, record, record.answeredAt, ended.at, endSeen, couldHear);

  const expected = endingOf(record, row.wished);
  if (row.status === expected && !NOT_SEEN.has(row.failureReason)) return 'right';
  // With its only ringing unheard, a phone that rang in vain looks like one that could not be reached.
  if (expected === 'no_answer' && row.failureReason === 'unreachable' && !ringingSeen(record, couldHear))
    return 'unseen';
  if (row.status !== 'failed' || !NOT_SEEN.has(row.failureReason)) return wrong(row, `was ${expected} on the wire`);
  // What our own removal of a silent channel looks like is no news of the call.
  if (!endSeen || ended.by === 'asterisk' || ended.by === 'client') return 'unseen';
  return wrong(row, `was ${expected} on the wire, and somebody could hear it`);
}

function judgeUndialled(row: EndedRow): Judgement {
  if (row.answeredAt !== null) return wrong(row, 'was answered by nobody');
  if (row.status === 'canceled') return row.wished ? 'right' : wrong(row, 'was wished away by nobody');
  if (row.status !== 'failed') return wrong(row, 'was never dialled');
  if (NOT_RUNG.has(row.failureReason)) return 'not_rung';
  // The dial was permitted and its request lost on the way: the row cannot know that nobody was rung.
  if (row.dialSentAt !== null && NOT_SEEN.has(row.failureReason)) return 'unseen';
  return wrong(row, 'was never dialled');
}

function judgeAnswered(
  row: EndedRow,
  record: ChannelRecord,
  answeredAt: number,
  endedAt: number,
  endSeen: boolean,
  couldHear: Truth['couldHear'],
): Judgement {
  const answerSeen = record.answerTold && couldHear(record.app, answeredAt);
  if (record.continued === null && !row.wished && endedAt - answeredAt > LONGEST_SILENCE_MS) {
    return wrong(row, `was answered and left in silence for ${String(endedAt - answeredAt)} ms`);
  }
  if (row.status === 'failed' && NOT_SEEN.has(row.failureReason)) {
    return answerSeen || endSeen ? wrong(row, 'was answered on the wire, and somebody could hear it') : 'unseen';
  }
  if (row.status !== 'completed' || row.answeredAt === null || row.endedAt === null) {
    return wrong(row, 'was answered on the wire');
  }
  if (row.failureReason !== null) {
    return endSeen ? wrong(row, 'ended on the wire while somebody could hear it') : 'unseen';
  }
  const excess = row.endedAt - row.answeredAt - (endedAt - answeredAt);
  // An answer that nobody could hear is written when it is found: the duration is then at most the true one.
  const fits = excess <= DURATION_TOLERANCE_MS && (!answerSeen || excess >= -DURATION_TOLERANCE_MS);
  return fits
    ? 'right'
    : wrong(row, `lasted ${String(endedAt - answeredAt)} ms on the wire, ${String(excess)} ms less`);
}

/** What a person who had watched the channel would say became of a call that nobody answered. */
function endingOf({ ended, rangAt, progressAt }: ChannelRecord, wished: boolean): CallStatus {
  if (ended === null) return 'ringing';
  const { cause, techCause, by } = ended;
  if (by === 'client' && wished) return 'canceled';
  if (techCause === 486 || techCause === 600 || techCause === 603) return by === 'callee' ? 'busy' : 'failed';
  const rang = rangAt !== null || progressAt !== null;
  if (techCause === 408 && !rang) return 'failed';
  if (by === 'ring-timeout') return rang ? 'no_answer' : 'failed';
  return by === 'callee' && (cause === 18 || cause === 19) ? 'no_answer' : 'failed';
}

function ringingSeen({ app, ringingTold, rangAt, progressAt }: ChannelRecord, couldHear: Truth['couldHear']): boolean {
  const at = rangAt ?? progressAt;
  return ringingTold && at !== null && couldHear(app, at);
}

function dialledByCall(channels: readonly ChannelRecord[]): Map<string, ChannelRecord[]> {
  const calls = new Map<string, ChannelRecord[]>();
  for (const channel of channels) {
    if (channel.dials.length === 0) continue;
    const id = callOf(channel.channelId);
    calls.set(id, [...(calls.get(id) ?? []), channel]);
  }
  return calls;
}

function wrong(row: EndedRow, what: string): Judgement {
  return { wrong: `(${row.status}${row.failureReason === null ? '' : `, ${row.failureReason}`}) ${what}` };
}
