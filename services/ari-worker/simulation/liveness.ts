import { isFinal, rankOf } from '@dialgate/domain';
import type { Channel } from './channel.js';
import type { ModelAsterisk } from './model-asterisk.js';
import type { ModelCalls } from './model-database.js';
import type { Row } from './rows.js';

/** Adoption, a reconnect, two reconciliations 30 s apart and a repeated request: longer than that is never. */
const SOON_MS = 80_000;

/** A cancel request is looked up every second; a worker that died is replaced, and a slot adopted, well within this. */
const CANCEL_REQUEST_MS = 45_000;

/** The sweep's longest rest of 60 s, and a reconciliation before it. */
const WAITING_MS = 100_000;

/** Nobody's calls are swept every 2 s, over a bad network and past an outage of the database. */
const SWEEP_MS = 45_000;

/** How things stand at a moment at which everything is looked at. */
export interface Moment {
  readonly now: number;
  /** Null while faults still strike. */
  readonly sinceHealedMs: number | null;
  readonly calls: ModelCalls;
  readonly asterisk: Pick<ModelAsterisk, 'channels'>;
  /** The channel of the row's attempt, also when it has ended. */
  readonly channelOf: (row: Row) => Channel | undefined;
  /** Whether calls may have to wait for others to end. */
  readonly isLimited: boolean;
  /** When a call of an Asterisk without workers is to be given up, if nobody comes back; null while somebody is there. */
  readonly givenUpAt: (row: Row) => number | null;
}

type Overdue = readonly [law: string, callId: string, what: string];

/** What has been left undone for too long: the laws L1 to L6. */
export function overdueOf(moment: Moment): Overdue[] {
  const orphans = moment.calls.rows().flatMap((row): Overdue[] => {
    const dueAt = isFinal(row.status) ? null : moment.givenUpAt(row);
    if (dueAt === null || moment.now < dueAt + SWEEP_MS) return [];
    return [['L6', row.id, `nobody is left to follow it, and it is still ${row.status}`]];
  });
  const { sinceHealedMs } = moment;
  if (sinceHealedMs === null) return orphans;
  const rows = moment.calls.rows().flatMap((row) => overdueRow(row, moment, sinceHealedMs));
  return [
    ...orphans,
    ...rows,
    ...moment.asterisk.channels().flatMap((one) => overdueChannel(one, moment, sinceHealedMs)),
  ];
}

function overdueRow(row: Row, moment: Moment, sinceHealedMs: number): Overdue[] {
  const { id, status, dialSentAt, cancelRequestedAt } = row;
  const overdue: Overdue[] = [];
  const lasts = (since: number, ms: number): boolean => Math.min(sinceHealedMs, moment.now - since) > ms;
  if (isFinal(status)) return overdue;
  if (status === 'pending' && dialSentAt === null && sinceHealedMs > WAITING_MS && !moment.isLimited) {
    overdue.push(['L1', id, 'it waits for ever']);
  }
  if (cancelRequestedAt !== null && lasts(cancelRequestedAt, CANCEL_REQUEST_MS)) {
    overdue.push(['L3', id, `its client asked for its end, and it is still ${status}`]);
  }
  const endedAt = moment.channelOf(row)?.endedAt ?? null;
  if (dialSentAt !== null && endedAt !== null && lasts(Math.max(endedAt, dialSentAt), SOON_MS)) {
    overdue.push(['L5', id, `its channel is gone for long, and it is still ${status}`]);
  }
  return overdue;
}

function overdueChannel(channel: Channel, { now, calls }: Moment, sinceHealedMs: number): Overdue[] {
  const { callId, answeredAt, place } = channel;
  if (answeredAt === null || Math.min(sinceHealedMs, now - answeredAt) < SOON_MS) return [];
  const row = calls.row(callId);
  if (place === 'stasis') return [['L2', callId, 'an answered callee hears silence for ever']];
  if (row === undefined || rankOf(row.status) >= rankOf('answered')) return [];
  return [['L4', callId, `it is up for long, and the row says ${row.status}`]];
}
