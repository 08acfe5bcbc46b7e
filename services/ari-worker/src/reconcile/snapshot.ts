import type { Calls, Lease } from '@dialgate/database';
import type { Call } from '@dialgate/domain';
import type { AriClient } from '../ari/client.js';
import { parseAriTime, type AriChannel } from '../ari/events.js';
import { refusalError } from '../slots/asterisk-obstacle.js';

/** What the database and Asterisk said of a slot. */
export interface Snapshot {
  readonly lease: Lease;
  /** The slot's calls that are not over and have our epoch. */
  readonly open: readonly Call[];
  /** The database's time when they were read. */
  readonly readAt: Date;
  /** All channels of the Asterisk, by id. */
  readonly channels: ReadonlyMap<string, AriChannel>;
  /**
   * Whether all was received that Asterisk had sent before the channels were listed. If not, what is missing may have ended
   * as nobody knows yet.
   */
  readonly receivedAll: boolean;
  /** When Asterisk was started, asked for at most once. Null only where it will not say it; @throws when it could not be asked. */
  readonly startedAt: () => Promise<Date | null>;
}

/** @throws when Asterisk or the database cannot be asked. */
export async function takeSnapshot(
  calls: Pick<Calls, 'openOfSlot'>,
  ari: Pick<AriClient, 'channels' | 'info'>,
  lease: Lease,
  receivedAll: () => Promise<boolean>,
): Promise<Snapshot> {
  // The rows first: a channel that is missing from a list made after them is missing for a reason.
  const { calls: rows, at: readAt } = await calls.openOfSlot(lease.slotId);
  const reply = await ari.channels();
  if (reply.kind !== 'ok') throw refusalError('Asterisk did not list its channels', reply, 'no_ari_channels');
  let startedAt: Promise<Date | null> | undefined;
  return {
    lease,
    open: rows.filter(({ claim }) => claim?.slotEpoch === lease.epoch),
    readAt,
    channels: new Map(reply.body.map((channel) => [channel.id, channel])),
    // What the list shows, and what it misses, may have been said on the socket before: that knows how and when.
    receivedAll: await receivedAll(),
    startedAt: () => (startedAt ??= askStartedAt(ari)),
  };
}

async function askStartedAt(ari: Pick<AriClient, 'info'>): Promise<Date | null> {
  const reply = await ari.info();
  if (reply.kind === 'ok') return parseAriTime(reply.body.status?.startup_time);
  if (reply.kind === 'refused') return null;
  throw new Error(`Asterisk did not say when it was started: ${reply.kind}`);
}
