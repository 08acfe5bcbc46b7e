import type { Calls, Observation } from '@dialgate/database';
import type { Claim, Transition } from '@dialgate/domain';
import { silentLog } from '@dialgate/service-kit';
import { eventually, someCall, someObservation } from '@dialgate/testing';
import { expect } from 'chai';
import type { AriReply } from '../src/ari/replies.js';
import { createApplyEvent } from '../src/events/apply-event.js';
import { createFollowedCalls, inHand } from '../src/events/followed-calls.js';
import { createLostDials } from '../src/events/lost-dials.js';
import { createRestoreDials } from '../src/events/restore-dials.js';
import type { Attempt, OriginateParts } from '../src/originate/attempt.js';
import { createCreateChannel } from '../src/originate/create-channel.js';
import { createDial } from '../src/originate/dial.js';
import { createHeldSlots } from '../src/slots/held-slots.js';

const LEASE = { slotId: 2, owner: 'w1', epoch: 5, app: 'gw-2' };
const OURS = { slotId: 2, slotEpoch: 5 };
const ANOTHERS = { slotId: 3, slotEpoch: 5 };
const ADOPTED = { slotId: 4, slotEpoch: 5 };

/** What a worker that has dialled attempt 1 writes when its channel is answered and the row, `ringing` so far, is in this claim. */
async function written(
  claim: Claim,
  lost: { readonly restored: boolean; readonly said?: Observation },
): Promise<string[]> {
  const row = someCall({ attempt: 1, status: 'ringing', dialSentAt: new Date(), ringingAt: new Date(), claim });
  const moves: string[] = [];
  const calls = {
    find: () => Promise.resolve(row),
    apply: (_: Observation, { from, to }: Transition) => Promise.resolve(moves.push(`${from} ${to}`) > 0),
    note: () => Promise.resolve(),
    restoreDial: () => Promise.resolve(true),
  };
  const held = createHeldSlots();
  for (const lease of [LEASE, { ...LEASE, slotId: ADOPTED.slotId }])
    held.add({ lease, requireReconcile: () => undefined });
  const lostDials = createLostDials({ calls, held, log: silentLog });
  lostDials.sent(row.id, 1, LEASE);
  if (lost.restored) await lostDials.restore(row, 1);
  const known = createFollowedCalls(calls, held).learn({ ...row, status: 'pending', claim: OURS });
  await createApplyEvent({ calls, held, lostDials, log: silentLog })(
    known,
    lost.said === undefined ? someObservation(row.id, { type: 'answered' }) : { ...lost.said, callId: row.id },
  );
  return moves;
}

describe('a call whose claim a failover has lost after its dial', () => {
  it('is not answered by the first channel once another slot has dialled it anew under the same number', async () => {
    expect(await written(ANOTHERS, { restored: false })).to.deep.equal([]);
    expect(await written(OURS, { restored: false })).to.deep.equal(['ringing answered']);
  });

  it('is given up as lost by its first dialler, too, who has adopted the slot in which another one made it true', async () => {
    const said = someObservation('', { type: 'lost', restarted: false }, { source: 'sweep' });
    expect(await written(ADOPTED, { restored: false, said })).to.deep.equal(['ringing failed']);
  });

  it('is answered by it in whatever slot its row was made true again', async () => {
    expect(await written(ANOTHERS, { restored: true })).to.deep.equal(['ringing answered']);
  });
});

describe('the dials that a worker remembers', () => {
  const remembering = (remembered: { most: number; forMs: number }) =>
    createLostDials({
      calls: { restoreDial: () => Promise.resolve(true) },
      held: createHeldSlots(),
      log: silentLog,
      remembered,
    });

  it('are the last ones, each by its last attempt', () => {
    const { sent, notSent, attemptOf } = remembering({ most: 3, forMs: Infinity });
    for (const [callId, attempt] of [
      ['a', 1],
      ['b', 1],
      ['c', 1],
      ['a', 2],
      ['d', 1],
    ] as const)
      sent(callId, attempt, LEASE);
    expect(['a', 'b', 'c', 'd'].map(attemptOf)).to.deep.equal([2, null, 1, 1]);
    notSent('d');
    expect(attemptOf('d')).to.equal(null);
  });

  it('are forgotten when they are old: what a worker knows does not grow with its life', async () => {
    const { sent, attemptOf } = remembering({ most: 1_000_000, forMs: 20 });
    sent('old', 1, LEASE);
    await eventually(() => {
      sent('new', 1, LEASE);
      return attemptOf('old') === null;
    });
    expect(attemptOf('new')).to.equal(1);
  });
});

describe('a call whose dial a failover has lost, and whose slot was adopted meanwhile', () => {
  /** Whether its row is made true when somebody who knows nothing of the dial is told the end of its channel. */
  async function restored(wasUp: boolean): Promise<boolean> {
    const row = someCall({ attempt: 1, claim: OURS });
    let isRestored = false;
    const calls = {
      find: () => Promise.resolve(row),
      apply: () => Promise.resolve(true),
      note: () => Promise.resolve(),
      restoreDial: () => Promise.resolve((isRestored = true)),
    };
    const held = createHeldSlots();
    held.add({ lease: LEASE, requireReconcile: () => undefined });
    const lostDials = createLostDials({ calls, held, log: silentLog });
    const known = createFollowedCalls(calls, held).learn(row);
    const end = { cause: 16, sipStatus: null, requestedBy: null, dialResult: null, wasUp } as const;
    const observed = someObservation(row.id, { type: 'hung_up', ...end });
    await createApplyEvent({ calls, held, lostDials, log: silentLog })(known, observed);
    return isRestored;
  }

  it('was dialled if its channel ends as one that was up: nobody dials it again', async () => {
    expect(await restored(true)).to.equal(true);
  });

  it('may not have been dialled if its channel was not up', async () => {
    expect(await restored(false)).to.equal(false);
  });
});

describe('what a worker has dialled lately', () => {
  it('is told to the rows of which a failover has lost it', async () => {
    const rows = new Map(
      ['lost', 'known', 'anothers', 'taken back'].map((id) => [id, someCall({ id, attempt: 1, claim: OURS })] as const),
    );
    rows.set('known', { ...rows.get('known')!, status: 'dialing', dialSentAt: new Date() });
    const restored: Parameters<Calls['restoreDial']>[0][] = [];
    const calls = {
      findAll: () => Promise.resolve(rows),
      restoreDial: (lost: (typeof restored)[number]) => Promise.resolve(restored.push(lost) > 0),
    };
    const lostDials = createLostDials({ calls, held: createHeldSlots(), log: silentLog });
    for (const id of ['lost', 'known', 'taken back']) lostDials.sent(id, 1, LEASE);
    lostDials.notSent('taken back');
    createRestoreDials({ calls, lostDials, log: silentLog })();
    await eventually(() => restored.length > 0);
    // It holds no slot any more: whoever has the one in which it was dialled has the channel's events as well.
    expect(restored.map(({ callId, dialedIn, otherwise }) => ({ callId, dialedIn, otherwise }))).to.deep.equal([
      { callId: 'lost', dialedIn: LEASE.slotId, otherwise: null },
    ]);
  });
});

describe('a call whose channel is gone when its permission comes', () => {
  for (const isGone of [true, false]) {
    it(isGone ? 'is not dialled, and its permission is given back' : 'is dialled if it is not', async () => {
      let dials = 0;
      const parts = {
        ari: { dial: () => Promise.resolve({ kind: 'ok', body: (dials += 1) }) },
        room: { learn: () => undefined },
        lostDials: { sent: () => undefined },
        log: silentLog,
      } as unknown as OriginateParts;
      const call = inHand(someCall({ attempt: 1, claim: OURS }));
      const known = { call, channelGone: isGone };
      const attempt = { known, channelId: 'c.1', lease: LEASE, begunAt: performance.now() } as Attempt;
      const obstacle = await createDial(parts)(attempt, performance.now());
      expect(obstacle?.then).to.equal(isGone ? 'return_permit' : undefined);
      expect(dials).to.equal(isGone ? 0 : 1);
    });
  }
});

const GONE: AriReply<never> = { kind: 'refused', status: 404, message: 'Channel not found' };

/** What comes of asking for a channel when Asterisk answers so, one try after another, and has no channel of the name. */
async function made(...statuses: readonly (200 | 409 | 500)[]) {
  let tries = 0;
  const createChannel = () => {
    const status = statuses[tries++];
    return Promise.resolve(
      status === 200
        ? { kind: 'ok', body: { creationtime: '2026-11-27T10:00:00.000+0000' } }
        : { kind: 'refused', status, message: 'Allocation failed' },
    );
  };
  const parts = {
    ari: { createChannel, channel: () => Promise.resolve(GONE) },
    endpointTemplate: 'PJSIP/{number}@trunk',
    onMade: () => undefined,
    log: silentLog,
  } as unknown as OriginateParts;
  const call = inHand(someCall({ attempt: 1, claim: OURS }));
  const obstacle = await createCreateChannel(parts)({ known: { call }, channelId: 'c.1', lease: LEASE } as Attempt);
  expect(tries).to.equal(statuses.length);
  return obstacle;
}

describe('a channel whose name was taken, perhaps, and is free at the next try', () => {
  it('is not dialled: whoever dialled the one before makes the row true first', async () => {
    expect(await made(409, 200)).to.include({ then: 'void_claim', hasChannel: true });
  });

  it('is a shortage that has passed when nobody said that it exists', async () => {
    expect(await made(500, 200)).to.equal(null);
  });

  it('is a dead trunk, said by a connection that says 409 of all, when it never comes to be', async () => {
    expect(await made(409, 409, 409)).to.include({ then: 'fail', reason: 'trunk_unavailable' });
  });
});
