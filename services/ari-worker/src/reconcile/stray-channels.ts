import type { Calls } from '@dialgate/database';
import { parseChannelId, type Call } from '@dialgate/domain';
import { aboutAttempt, type Logger } from '@dialgate/service-kit';
import { appOf, isInApp } from '../ari/channels.js';
import type { AriClient } from '../ari/client.js';
import type { AriChannel } from '../ari/events.js';
import { ringsOrIsUp, showsDial } from '../ari/last-response.js';
import type { LostDials } from '../events/lost-dials.js';
import type { HeldSlots } from '../slots/held-slots.js';
import { isStray } from './decisions.js';
import type { Snapshot } from './snapshot.js';

/**
 * Removes the channels of a snapshot that bear a name of ours and belong to no open call. Throws when the slot was lost.
 *
 * @returns a function that says whether a row was made true of which the database had lost the dial, to be reconciled again.
 */
export function createRemoveStrays(options: {
  readonly calls: Pick<Calls, 'findAll'>;
  readonly ari: Pick<AriClient, 'hangUp' | 'readVariable'>;
  readonly held: Pick<HeldSlots, 'holds'>;
  readonly lostDials: Pick<LostDials, 'isLost' | 'restore'>;
  /** Calls that are being originated here: whoever does that is about to dial their channels, or to remove them. */
  readonly underWay: ReadonlySet<string>;
  readonly log: Logger;
}): (snapshot: Snapshot) => Promise<boolean> {
  const { calls, ari, held, lostDials, underWay, log } = options;

  return async ({ lease, channels, open }) => {
    const wanted = new Set(open.map(({ channelId }) => channelId));
    const candidates = [...channels.values()].flatMap((channel) => {
      const ids = wanted.has(channel.id) ? null : parseChannelId(channel.id);
      return ids === null ? [] : [{ channel, ...ids }];
    });
    // As they stand after the list of channels.
    const rows = await calls.findAll(candidates.map(({ callId }) => callId));
    let restored = false;
    for (const { channel, callId, attempt } of candidates) {
      const row = rows.get(callId) ?? null;
      const inApp = isInApp(channel, (app) => app === lease.app);
      if (!held.holds(lease.slotId, lease.epoch)) throw new Error('the slot was lost meanwhile');
      const stray = isStray(row, attempt, inApp);
      if (row !== null && (await hasLostDial(row, attempt, channel, stray))) {
        restored = (await lostDials.restore(row, attempt, appOf(channel))) || restored;
        continue;
      }
      if (!stray || (underWay.has(callId) && attempt >= (row?.attempt ?? 0))) continue;
      log.warn(aboutAttempt(callId, attempt), 'Stray channel removed');
      await ari.hangUp(channel.id);
    }
    return restored;
  };

  /** Asterisk is asked only about what would be removed, and not about channels that others are just about to dial. */
  async function hasLostDial(row: Call, attempt: number, channel: AriChannel, stray: boolean): Promise<boolean> {
    if (lostDials.isLost(row, attempt, ringsOrIsUp(channel))) return true;
    return stray && lostDials.isLost(row, attempt, true) && showsDial(ari, channel);
  }
}
