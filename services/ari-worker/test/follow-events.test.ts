import { silentLog } from '@dialgate/service-kit';
import { channelIdFor } from '@dialgate/domain';
import { eventually, someCall } from '@dialgate/testing';
import { expect } from 'chai';
import type { AriEvent } from '../src/ari/events.js';
import { createFollowEvents } from '../src/events/follow-events.js';
import { inHand, type FollowedCall } from '../src/events/followed-calls.js';

type Parts = Parameters<typeof createFollowEvents>[0];

describe('a channel whose callee was busy', () => {
  const call = someCall({ status: 'ringing', attempt: 1, claim: { slotId: 1, slotEpoch: 1 } });
  const channelId = channelIdFor(call.id, 1);
  const busy = { type: 'Dial', dialstatus: 'BUSY', peer: { id: channelId, state: 'Ringing' } } as unknown as AriEvent;

  it('is removed, for it would linger', async () => {
    expect(await removedAfter(busy, false)).to.deep.equal([channelId]);
  });

  it('is not when it is gone by now: after a lost commit another call’s channel may have its name', async () => {
    expect(await removedAfter(busy, true)).to.deep.equal([]);
  });

  /** @returns the channels that were hung up. */
  async function removedAfter(event: AriEvent, channelGone: boolean): Promise<string[]> {
    const removed: string[] = [];
    const known = {
      call: inHand(call),
      hints: {},
      channelGone,
      continued: false,
      results: 0,
    } as unknown as FollowedCall;
    let isDone = false;
    const parts = {
      ari: { hangUp: (id: string) => Promise.resolve(removed.push(id)) },
      followed: { get: () => known, find: () => Promise.resolve(known), forget: () => undefined },
      pendingWrites: { add: (_: unknown, work: () => Promise<void>) => work().finally(() => (isDone = true)) },
      applyEvent: () => Promise.resolve(true),
      continueCall: () => Promise.resolve(),
      keepResults: () => undefined,
      inTimeAt: () => performance.now(),
      log: silentLog,
    } as unknown as Parts;
    createFollowEvents(parts)(event, -Infinity);
    await eventually(() => isDone);
    return removed;
  }
});
