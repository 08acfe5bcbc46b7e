import { callOf, type ChannelRecord } from '@dialgate/asterisk-simulator';
import { isFinal } from '@dialgate/domain';
import { judge, type AcceptedCall, type Judgement, type Surroundings } from './judge.js';
import type { EndedRow } from './row.js';
import type { ClockStep } from './stepped-clock.js';
import { trueTimes } from './true-times.js';

/** What the telephone network knows to be true, and what of it a worker could know. */
export interface Truth extends Surroundings {
  readonly channels: readonly ChannelRecord[];
  /** How the database's clock was set, if it was. */
  readonly clockSteps?: readonly ClockStep[];
}

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
    const judgement = judgeByTrueTimes(row, dialled.get(row.id)?.[0] ?? null, told.get(row.id) ?? null, truth);
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

/** What times may mean is for the judge to choose, where a clock was set; all else must be right whatever they mean. */
function judgeByTrueTimes(
  row: EndedRow,
  record: ChannelRecord | null,
  told: AcceptedCall | null,
  { clockSteps, ...around }: Truth,
): Judgement {
  const rows = clockSteps === undefined ? [row] : trueTimes(row, record, clockSteps);
  const judgements = rows.map((each) => judge(each, record, told, around));
  const [first = 'right'] = judgements;
  return judgements.find((one) => one === 'right') ?? judgements.find((one) => typeof one === 'string') ?? first;
}
