import type { Calls } from '@dialgate/database';
import { parseChannelId } from '@dialgate/domain';
import { aboutAttempt, type Logger } from '@dialgate/service-kit';
import { appOf, isInApp } from '../ari/channels.js';
import type { AriClient } from '../ari/client.js';
import { showsDial } from '../ari/last-response.js';
import type { LostDials } from '../events/lost-dials.js';
import type { HeldSlots } from '../slots/held-slots.js';
import { isStray, seen } from './decisions.js';
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
  readonly log: Logger;
}): (snapshot: Snapshot) => Promise<boolean> {
  const { calls, ari, held, lostDials, log } = options;

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
      // Those of calls that others are originating are not asked one by one.
      const wasDialed = seen(channel, lease.app).seen !== 'down' || (stray && (await showsDial(ari, channel)));
      if (row !== null && lostDials.isLost(row, attempt, wasDialed)) {
        restored = (await lostDials.restore(row, attempt, appOf(channel))) || restored;
        continue;
      }
      if (!stray) continue;
      log.warn(aboutAttempt(callId, attempt), 'Stray channel removed');
      await ari.hangUp(channel.id);
    }
    return restored;
  };
}
