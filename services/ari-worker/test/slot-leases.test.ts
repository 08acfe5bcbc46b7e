import type { Slots } from '@dialgate/database';
import { silentLog } from '@dialgate/service-kit';
import { expect } from 'chai';
import { createHeldSlots } from '../src/slots/held-slots.js';
import { createSlotLeases } from '../src/slots/slot-leases.js';
import type { SlotSession } from '../src/slots/slot-session.js';

const LEASE = { slotId: 1, owner: 'one', epoch: 1, app: 'gw-1' };

/** What is written of a slot whose socket is open when its lease is renewed. */
async function connectionWritten(stopping: boolean): Promise<unknown> {
  let written: unknown;
  const renew: Slots['renew'] = (_lease, { connection }) => {
    written = connection;
    return Promise.resolve(true);
  };
  const leases = createSlotLeases(
    {
      slots: { renew } as Slots,
      ari: { info: () => Promise.resolve({ kind: 'not_reached', why: 'unreachable' }) },
      breaker: { mode: () => 'closed', answeredRate: () => null, takes: () => true, onChange: () => undefined },
      asterisk: 'pbx',
      appPrefix: 'gw',
      owner: 'one',
      holder: 'host:1',
      held: createHeldSlots<SlotSession>(),
      followed: { forgetSlot: () => undefined },
      openSession: () => {
        throw new Error('nothing is opened');
      },
      openCalls: () => Promise.resolve(1),
      log: silentLog,
    },
    () => undefined,
  );
  const session = {
    lease: LEASE,
    connection: () => 'connected',
    mode: () => 'ready',
    renewed: () => undefined,
  } as unknown as SlotSession;
  await leases.renew(session, stopping);
  return written;
}

describe('the lease of a slot', () => {
  it('says that the slot is connected, so that others may hand their calls over to its worker', async () => {
    expect(await connectionWritten(false)).to.equal('connected');
  });

  it('says that it is closed when its worker is stopping: two that stop together must not wait for each other', async () => {
    expect(await connectionWritten(true)).to.equal('closed');
  });
});
