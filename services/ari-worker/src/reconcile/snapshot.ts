import type { Calls, Lease } from '@dialgate/database';
import type { Call } from '@dialgate/domain';
import type { AriClient } from '../ari/client.js';
import { parseAriTime, type AriChannel } from '../ari/events.js';
import { inPortions } from '../events/in-portions.js';
import type { ReadAt } from './decisions.js';
import { refusalError } from '../slots/asterisk-obstacle.js';

/** What the database and Asterisk said of a slot. */
export interface Snapshot {
  readonly lease: Lease;
  /** The slot's calls that are not over and have our epoch. */
  readonly open: readonly Call[];
  /** When they were read. */
  readonly read: ReadAt;
  /** All channels of the Asterisk, by id; or only those of the open calls. */
  readonly channels: ReadonlyMap<string, AriChannel>;
  /**
   * Whether all was received that Asterisk had sent before the channels were looked at. If not, what is missing may have ended
   * as nobody knows yet.
   */
  readonly receivedAll: boolean;
  /** When Asterisk was started, asked for at most once. Null only where it will not say it; @throws when it could not be asked. */
  readonly startedAt: () => Promise<Date | null>;
}

/**
 * @param mustList whether all channels are to be listed when so many calls are open.
 * @throws when Asterisk or the database cannot be asked.
 */
export async function takeSnapshot(
  calls: Pick<Calls, 'openOfSlot'>,
  ari: Pick<AriClient, 'channels' | 'channel' | 'info'>,
  lease: Lease,
  receivedAll: () => Promise<boolean>,
  mustList: (openCalls: number) => boolean,
): Promise<Snapshot> {
  // The rows first: a channel that is missing from a list made after them is missing for a reason.
  const { calls: rows, ...read } = await calls.openOfSlot(lease.slotId);
  const open = rows.filter(({ claim }) => claim?.slotEpoch === lease.epoch);
  const channels = mustList(open.length) ? await listChannels(ari) : await askForChannels(ari, open);
  let startedAt: Promise<Date | null> | undefined;
  return {
    lease,
    open,
    read,
    channels: new Map(channels.map((channel) => [channel.id, channel])),
    // What is seen, and what is missing, may have been said on the socket before: that knows how and when.
    receivedAll: await receivedAll(),
    startedAt: () => (startedAt ??= askStartedAt(ari)),
  };
}

async function listChannels(ari: Pick<AriClient, 'channels'>): Promise<readonly AriChannel[]> {
  const reply = await ari.channels();
  if (reply.kind !== 'ok') throw refusalError('Asterisk did not list its channels', reply, 'no_ari_channels');
  return reply.body;
}

/** Those of these calls that exist. */
async function askForChannels(ari: Pick<AriClient, 'channel'>, open: readonly Call[]): Promise<readonly AriChannel[]> {
  const found = await inPortions(open, async ({ channelId }): Promise<AriChannel[]> => {
    if (channelId === null) return [];
    const reply = await ari.channel(channelId);
    if (reply.kind === 'ok') return [reply.body];
    if (reply.kind === 'refused' && reply.status === 404) return [];
    throw refusalError('Asterisk did not show a channel', reply, 'no_ari_channels');
  });
  return found.flat();
}

async function askStartedAt(ari: Pick<AriClient, 'info'>): Promise<Date | null> {
  const reply = await ari.info();
  if (reply.kind === 'ok') return parseAriTime(reply.body.status?.startup_time);
  if (reply.kind === 'refused') return null;
  throw new Error(`Asterisk did not say when it was started: ${reply.kind}`);
}
