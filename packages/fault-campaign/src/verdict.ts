import { callOf, type ChannelRecord } from '@dialgate/asterisk-simulator';
import { isFinal, type CallStatus, type FailureReason } from '@dialgate/domain';
import { RING_TIMEOUT_MS } from './traffic.js';

/** What the database says of a call in the end. Times in milliseconds since the epoch. */
export interface EndedRow {
  readonly id: string;
  readonly number: string;
  readonly status: CallStatus;
  readonly failureReason: FailureReason | null;
  readonly dialSentAt: number | null;
  readonly ringingAt: number | null;
  readonly answeredAt: number | null;
  readonly endedAt: number | null;
  readonly wished: boolean;
  /** How many lines of its timeline carry a final status. */
  readonly finals: number;
  /** Whether a later line of its timeline carries a status of a lower rank. */
  readonly backwards: boolean;
}

/** A call that a client was told of. */
export interface AcceptedCall {
  readonly id: string;
  /** When the client's wish to be rid of it was accepted, in milliseconds since the epoch; null if there was none. */
  readonly wishAcceptedAt: number | null;
}

/** What the telephone network knows to be true, and what of it a worker could know. */
export interface Truth {
  readonly channels: readonly ChannelRecord[];
  /** Whether a worker could hear the application at that time (milliseconds since the epoch). */
  readonly couldHear: (app: string, at: number) => boolean;
  /** How long an answered callee may hear nothing while their worker lives, in milliseconds. */
  readonly silenceMs: number;
  /** Whether Asterisk itself may have ended calls, because it was restarted. */
  readonly restarted: boolean;
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
  /** Calls, or numbers, with more than one INVITE. */
  readonly twice: readonly string[];
  readonly wrong: readonly string[];
  readonly unseen: number;
  readonly notRung: number;
  /** Of each call that is over, by its id. */
  readonly judgements: ReadonlyMap<string, Judgement>;
}

/** How far a written time may be from the true one. */
const TOLERANCE_MS = 2_000;

/** Two clocks of one machine, read one after the other. */
const SAME_MOMENT_MS = 100;

/** How long a callee may hear nothing whose worker died: an adoption, and some time for it. */
const SILENCE_WITHOUT_WORKER_MS = 25_000;

/** How soon a wish is fulfilled by those who live. */
const WISH_WITHIN_MS = 5_000;

/** A silent channel is removed ten seconds after its ring timeout, and not before. */
const OVERDUE_MS = RING_TIMEOUT_MS + 10_000;

/** What could not be seen is found to be over at the latest so long after its end. */
const FOUND_WITHIN_MS = 120_000;

/** Reasons that say: nobody was rung. */
export const NOT_RUNG: ReadonlySet<FailureReason | null> = new Set(['not_dialed', 'trunk_unavailable']);

/** Reasons that say: what became of it could not be seen. */
export const NOT_SEEN: ReadonlySet<FailureReason | null> = new Set(['lost', 'outcome_unknown', 'asterisk_restarted']);

/** Compares what was accepted and what was written with what happened on the wire. Pure. */
export function verdictOn(accepted: readonly AcceptedCall[], rows: readonly EndedRow[], truth: Truth): Verdict {
  const dialled = new Map<string, ChannelRecord[]>();
  const byNumber = new Map<string, number>();
  for (const channel of truth.channels) {
    if (channel.dials.length === 0) continue;
    const id = callOf(channel.channelId);
    dialled.set(id, [...(dialled.get(id) ?? []), channel]);
    byNumber.set(channel.number, (byNumber.get(channel.number) ?? 0) + channel.dials.length);
  }
  const known = new Set(rows.map(({ id }) => id));
  const told = new Map(accepted.map((call) => [call.id, call]));
  const judgements = new Map<string, Judgement>();
  const lost = accepted.filter(({ id }) => !known.has(id)).map(({ id }) => `${id} was accepted and has no row`);
  const wrong = [...dialled.keys()].filter((id) => !known.has(id)).map((id) => `${id} was dialled and has no row`);

  for (const row of rows) {
    if (!isFinal(row.status)) {
      lost.push(`${row.id} is still ${row.status}`);
      continue;
    }
    const record = dialled.get(row.id)?.[0] ?? null;
    const call = told.get(row.id);
    const judgement = call === undefined ? judgeUntold(row, record) : judge(row, record, truth, call.wishAcceptedAt);
    judgements.set(row.id, judgement);
    if (typeof judgement !== 'string') wrong.push(`${row.id} ${judgement.wrong}`);
  }
  const found = [...judgements.values()];
  return {
    calls: rows.length,
    lost,
    twice: [...byNumber]
      .filter(([, invites]) => invites > 1)
      .map(([number, n]) => `${number} was rung ${String(n)} times`),
    wrong,
    unseen: found.filter((judgement) => judgement === 'unseen').length,
    notRung: found.filter((judgement) => judgement === 'not_rung').length,
    judgements,
  };
}

/** A row that no client was told of: a request that was turned away and written all the same. It must not ring anybody. */
function judgeUntold(row: EndedRow, record: ChannelRecord | null): Judgement {
  if (record !== null) return wrong(row, 'was dialled, and no client was told of it');
  return row.status === 'canceled' ? 'right' : wrong(row, 'is nobody’s call and was not taken back');
}

/**
 * @param record the channel of the call that was dialled, or null when nobody was rung.
 * @param wishAcceptedAt when the client was told that the call will be hung up; null if it never asked.
 */
export function judge(
  row: EndedRow,
  record: ChannelRecord | null,
  truth: Omit<Truth, 'channels'>,
  wishAcceptedAt: number | null = null,
): Judgement {
  if (row.finals !== 1) return wrong(row, `has ${String(row.finals)} ends in its timeline`);
  if (row.backwards) return wrong(row, 'went backwards in its timeline');
  if (row.endedAt === null) return wrong(row, 'has no time of its end');
  if (wishAcceptedAt !== null && !row.wished) return wrong(row, 'has forgotten its client’s wish');
  if (record === null) return judgeUndialled(row);

  const { ended } = record;
  const dialledAt = record.dials[0]?.at ?? 0;
  if (ended === null) return wrong(row, 'is over while its channel lives');
  if (row.endedAt < ended.at - TOLERANCE_MS) return wrong(row, 'was over before its channel was');
  if (row.dialSentAt === null || dialledAt < row.dialSentAt - SAME_MOMENT_MS)
    return wrong(row, 'was dialled unpermitted');
  if (NOT_RUNG.has(row.failureReason)) return wrong(row, 'was rung');
  if (ended.by === 'asterisk' && !truth.restarted)
    return wrong(row, 'was ended by Asterisk, and nobody had restarted it');
  if (ended.by === 'client' && !row.wished && (record.answeredAt !== null || ended.at < dialledAt + OVERDUE_MS)) {
    return wrong(row, 'was hung up by the gateway, and nobody had wished it');
  }
  if (wishAcceptedAt !== null && Math.max(dialledAt, ended.at) > wishAcceptedAt + WISH_WITHIN_MS) {
    return wrong(row, 'went on after its client’s wish was accepted');
  }
  if (row.ringingAt !== null && ringingSeen(record, truth.couldHear)) {
    const late = row.ringingAt - rangAt(record);
    if (Math.abs(late) > TOLERANCE_MS) return wrong(row, `rang ${String(late)} ms before it says`);
  }
  const endSeen = ended.told && truth.couldHear(record.app, ended.at);
  return record.answeredAt === null
    ? judgeUnanswered(row, record, ended, endSeen, truth)
    : judgeAnswered(row, record, record.answeredAt, ended, endSeen, truth);
}

function judgeUndialled(row: EndedRow): Judgement {
  if (row.answeredAt !== null) return wrong(row, 'was answered by nobody');
  if (row.status === 'canceled') return row.wished ? 'right' : wrong(row, 'was wished away by nobody');
  if (row.status !== 'failed') return wrong(row, 'was never dialled');
  if (row.failureReason === 'trunk_unavailable') return 'not_rung';
  // The dial was permitted, and its request refused or lost on the way.
  if (row.dialSentAt !== null && row.failureReason === 'not_dialed') return 'not_rung';
  if (row.dialSentAt !== null && NOT_SEEN.has(row.failureReason)) return 'unseen';
  return wrong(row, 'was never dialled');
}

type End = NonNullable<ChannelRecord['ended']>;

function judgeUnanswered(
  row: EndedRow,
  record: ChannelRecord,
  ended: End,
  endSeen: boolean,
  { couldHear }: Pick<Truth, 'couldHear'>,
): Judgement {
  const expected = endingOf(record, row.wished);
  if (NOT_SEEN.has(row.failureReason)) {
    if (row.status !== 'failed') return wrong(row, `was ${expected} on the wire`);
    // What our own removal of a silent channel looks like is no news of the call.
    const unknown = !endSeen || ended.by === 'asterisk' || ended.by === 'client';
    return unknown ? foundInTime(row, ended) : wrong(row, `was ${expected} on the wire, and somebody could hear it`);
  }
  const late = Math.abs((row.endedAt ?? 0) - ended.at) > TOLERANCE_MS;
  if (row.status === expected) return late ? wrong(row, 'has not the time of its end') : 'right';
  // With its only ringing unheard, a phone that rang in vain looks like one that could not be reached.
  const unheard = expected === 'no_answer' && !ringingSeen(record, couldHear);
  if (unheard && row.failureReason === 'unreachable') return 'unseen';
  return wrong(row, `was ${expected} on the wire`);
}

function judgeAnswered(
  row: EndedRow,
  record: ChannelRecord,
  answeredAt: number,
  ended: End,
  endSeen: boolean,
  { couldHear, silenceMs }: Pick<Truth, 'couldHear' | 'silenceMs'>,
): Judgement {
  const answerSeen = record.answerTold && couldHear(record.app, answeredAt);
  const silence = (record.continued?.at ?? ended.at) - answeredAt;
  if (silence > (answerSeen ? silenceMs : Math.max(silenceMs, SILENCE_WITHOUT_WORKER_MS))) {
    return wrong(row, `was answered and left in silence for ${String(silence)} ms`);
  }
  if (row.status === 'failed' && NOT_SEEN.has(row.failureReason)) {
    const heard = answerSeen || endSeen;
    return heard ? wrong(row, 'was answered on the wire, and somebody could hear it') : foundInTime(row, ended);
  }
  if (row.status !== 'completed' || row.answeredAt === null) return wrong(row, 'was answered on the wire');

  const late = row.answeredAt - answeredAt;
  // An answer that nobody could hear is written when it is found.
  if (late < -TOLERANCE_MS || (answerSeen && late > TOLERANCE_MS)) {
    const then = `${new Date(answeredAt).toISOString()} in ${record.app}`;
    return wrong(row, `was answered ${String(late)} ms before it says, at ${then}`);
  }
  if (NOT_SEEN.has(row.failureReason)) {
    return endSeen ? wrong(row, 'ended on the wire while somebody could hear it') : foundInTime(row, ended);
  }
  const off = (row.endedAt ?? 0) - ended.at;
  return Math.abs(off) > TOLERANCE_MS ? wrong(row, `ended ${String(off)} ms before it says`) : 'right';
}

function foundInTime(row: EndedRow, ended: End): Judgement {
  const late = (row.endedAt ?? 0) - ended.at;
  return late > FOUND_WITHIN_MS ? wrong(row, `was found to be over ${String(late)} ms after its end`) : 'unseen';
}

/** What a person who had watched the channel would say became of a call that nobody answered. */
function endingOf({ ended, rangAt, progressAt }: ChannelRecord, wished: boolean): CallStatus {
  if (ended === null) return 'ringing';
  const { cause, techCause, by } = ended;
  if (by === 'client' && wished) return 'canceled';
  if (techCause === 486 || techCause === 600 || techCause === 603) return by === 'callee' ? 'busy' : 'failed';
  const rang = rangAt !== null || progressAt !== null;
  if (techCause === 408 && !rang) return 'failed';
  if (by === 'ring-timeout') return wished ? 'canceled' : rang ? 'no_answer' : 'failed';
  return by === 'callee' && (cause === 18 || cause === 19) ? 'no_answer' : 'failed';
}

function ringingSeen(record: ChannelRecord, couldHear: Truth['couldHear']): boolean {
  return record.ringingTold && couldHear(record.app, rangAt(record));
}

/** When the far end first alerted or played early media; never, if it did not. */
function rangAt({ rangAt, progressAt }: ChannelRecord): number {
  return Math.min(rangAt ?? Infinity, progressAt ?? Infinity);
}

function wrong(row: EndedRow, what: string): Judgement {
  return { wrong: `(${row.status}${row.failureReason === null ? '' : `, ${row.failureReason}`}) ${what}` };
}
