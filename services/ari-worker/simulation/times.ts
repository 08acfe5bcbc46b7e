import type { Channel } from './channel.js';
import type { Receipt, Said } from './receipts.js';
import type { Moved } from './call-statements.js';

/** How far a time may be from the truth when nothing is late: one message on a calm network, some milliseconds. */
export const CLOSE_MS = 50;

/** Virtual time is not rounded; what is compared is. */
const ROUNDING_MS = 1;

/** What of a call's life an event may tell, for each time that a row keeps. */
const TOLD_BY = {
  ringing: ['ringing'],
  answered: ['answer', 'end'],
  ended: ['end', 'busy'],
} as const satisfies Record<string, readonly Said[]>;

/**
 * What is wrong with the times of a row that was just moved; null when nothing is. Each is no earlier than what happened,
 * no later than the writer received it, and, when nothing is late, within 50 ms of it.
 *
 * @param channel the channel through which the callee was called, or undefined when nobody was.
 * @param untouched nothing has struck so far, and nothing is slow.
 */
export function wrongTime(
  move: Moved,
  channel: Channel | undefined,
  receipts: readonly Receipt[],
  untouched: boolean,
): string | null {
  const { row, by, source, receivedAt } = move;
  const times = [row.dialSentAt, row.ringingAt, row.answeredAt, row.endedAt].filter((at) => at !== null);
  if (times.some((at, n) => n > 0 && at < (times[n - 1] ?? at))) return 'its times are not in order';
  if (source === 'asterisk' && !receipts.some(({ process, at }) => process === by && at === receivedAt)) {
    return 'it was moved as of a moment when nothing was received of it';
  }
  if (channel === undefined) return null;

  for (const [what, is] of timesOf(move)) {
    const truth = truthOf(what, channel);
    if (is === null || truth === null) continue;
    const said = (at: number) => `${what} at ${Math.round(at)} ms`;
    if (is < truth - ROUNDING_MS) return `${said(truth)}, written as ${said(is)}`;
    if (untouched && is > truth + CLOSE_MS)
      return `${said(truth)}, and though nothing was late, written as ${said(is)}`;
    const received = receipts.find(
      (receipt) =>
        receipt.process === by &&
        receipt.epoch === row.slotEpoch &&
        TOLD_BY[what].some((told) => told === receipt.said),
    );
    if (received === undefined) continue;
    const latest = Math.max(received.at, ...timesAhead(what, move).map((at) => at ?? 0));
    if (is > latest + ROUNDING_MS) return `received at ${said(received.at)}, written as ${said(is)}`;
  }
  return null;
}

/** The times that this move has written. */
function timesOf({ row, from, transition: { to } }: Moved): (readonly [keyof typeof TOLD_BY, number | null])[] {
  if (to === 'ringing') return [['ringing', row.ringingAt]];
  if (to === 'answered') return [['answered', row.answeredAt]];
  const answered = to === 'completed' && from !== 'answered' ? ([['answered', row.answeredAt]] as const) : [];
  return [...answered, ['ended', row.endedAt]];
}

/** What a time is never earlier than, however early it was received. */
function timesAhead(what: keyof typeof TOLD_BY, { row }: Moved): (number | null)[] {
  if (what === 'ringing') return [row.dialSentAt];
  if (what === 'answered') return [row.dialSentAt, row.ringingAt];
  return [row.dialSentAt, row.ringingAt, row.answeredAt];
}

function truthOf(what: keyof typeof TOLD_BY, channel: Channel): number | null {
  switch (what) {
    case 'ringing':
      return channel.rangAt;
    case 'answered':
      return channel.answeredAt;
    case 'ended':
      return channel.dialResultAt ?? channel.endedAt;
  }
}
