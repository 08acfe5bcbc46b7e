import type { Lease } from '@dialgate/database';
import { channelIdFor, type Call } from '@dialgate/domain';
import { silentLog } from '@dialgate/service-kit';
import { someCall } from '@dialgate/testing';
import { expect } from 'chai';
import type { AriChannel } from '../src/ari/events.js';
import { createApplyEvent } from '../src/events/apply-event.js';
import { createFollowedCalls } from '../src/events/followed-calls.js';
import { createLostDials } from '../src/events/lost-dials.js';
import { createSerializeByKey } from '../src/events/serialize-by-key.js';
import { createReconcile } from '../src/reconcile/reconcile.js';
import { createHeldSlots } from '../src/slots/held-slots.js';

const SLOTS = 100;
const CALLS_EACH = 20;
const ROUNDS = 20;

/** What the rounds have asked of Asterisk and of the database. */
interface Asked {
  listed: number;
  byName: number;
  rows: number;
}

describe('a hundred slots on one Asterisk', () => {
  it('read what belongs to their calls, and list everything so rarely that it costs no more than that', async () => {
    const { asked, reconcileAll } = setUp();
    await reconcileAll(true);
    const all = SLOTS * CALLS_EACH;
    expect(asked.listed, 'each has listed all of them once').to.equal(SLOTS * all);

    Object.assign(asked, { listed: 0, byName: 0, rows: 0 });
    for (let round = 0; round < ROUNDS; round++) await reconcileAll(false);
    const withLists = SLOTS * ROUNDS * all;
    expect(asked.listed).to.be.at.most(withLists / 6);
    expect(asked.byName).to.be.at.most(all * ROUNDS);
    expect(asked.rows, 'their own, and those of others for the lists').to.be.at.most(all * ROUNDS + withLists / 6);
  });

  it('find what is wrong with a call of their own without a list', async () => {
    const { channels, own, moved, reconcileAll } = setUp();
    await reconcileAll(true);
    const [call] = own;
    if (typeof call?.channelId !== 'string') throw new Error('no call');
    channels.set(call.channelId, { ...channelOf(call), state: 'Up' });
    await reconcileAll(false);
    expect(moved).to.deep.equal([`${call.id} answered`]);
  });
});

/** The slots of one process: to Asterisk and the database they are the same as those of a hundred. */
function setUp() {
  const asked: Asked = { listed: 0, byName: 0, rows: 0 };
  const moved: string[] = [];
  const leases = Array.from({ length: SLOTS }, (_, n): Lease => ({
    slotId: n + 1,
    owner: 'one',
    epoch: 1,
    app: `gw-${n + 1}`,
  }));
  const rows = leases.flatMap(({ slotId }) => Array.from({ length: CALLS_EACH }, () => ringing(slotId)));
  const channels = new Map(rows.map((call) => [call.channelId ?? '', channelOf(call)]));
  const held = createHeldSlots();
  for (const lease of leases) held.add({ lease, requireReconcile: () => undefined });
  const ok = <Body>(body: Body) => Promise.resolve({ kind: 'ok', status: 200, body } as const);
  const read = (calls: Call[]): Call[] => {
    asked.rows += calls.length;
    return calls;
  };
  const calls = {
    find: (id: string) => Promise.resolve(rows.find((row) => row.id === id) ?? null),
    findAll: (ids: readonly string[]) => {
      const wanted = new Set(ids);
      return Promise.resolve(new Map(read(rows.filter(({ id }) => wanted.has(id))).map((call) => [call.id, call])));
    },
    openOfSlot: (slotId: number) =>
      Promise.resolve({
        calls: read(rows.filter(({ claim }) => claim?.slotId === slotId)),
        at: new Date(),
        steadyForMs: Infinity,
      }),
    apply: ({ callId }: { callId: string }, { to }: { to: string }) =>
      Promise.resolve(moved.push(`${callId} ${to}`) > 0),
    note: () => Promise.resolve(),
    voidClaim: () => Promise.resolve(false),
    restoreDial: () => Promise.resolve(false),
  };
  const lostDials = createLostDials({ calls, held, log: silentLog });
  const reconcile = createReconcile({
    calls,
    ari: {
      channels: () => {
        asked.listed += channels.size;
        return ok([...channels.values()]);
      },
      channel: (id: string) => {
        asked.byName++;
        const channel = channels.get(id);
        return channel === undefined
          ? Promise.resolve({ kind: 'refused', status: 404, message: '' } as const)
          : ok(channel);
      },
      readVariable: () => Promise.resolve({ kind: 'refused', status: 500, message: '' } as const),
      hangUp: () => ok(undefined),
      info: () => ok({}),
    },
    followed: createFollowedCalls(calls, held),
    held,
    lostDials,
    order: createSerializeByKey(),
    applyEvent: createApplyEvent({ calls, held, lostDials, log: silentLog }),
    continueCall: () => Promise.resolve(),
    underWay: new Set(),
    log: silentLog,
  });
  return {
    asked,
    moved,
    channels,
    own: rows,
    reconcileAll: async (isNew: boolean): Promise<void> => {
      for (const lease of leases) await reconcile(lease, () => Promise.resolve(true), isNew);
    },
  };
}

function ringing(slotId: number): Call {
  const claim = { slotId, slotEpoch: 1 };
  const call = someCall({ status: 'ringing', attempt: 1, claim, dialSentAt: new Date() });
  return { ...call, channelId: channelIdFor(call.id, 1) };
}

function channelOf({ id, claim }: Call): AriChannel {
  const dialplan = { app_name: 'Stasis', app_data: `gw-${claim?.slotId ?? 0}` };
  return { id: channelIdFor(id, 1), name: 'PJSIP/x', state: 'Ringing', dialplan } as AriChannel;
}
