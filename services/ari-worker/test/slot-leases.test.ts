import { WORKER_TIMES, type Lease, type Slots } from '@dialgate/database';
import { silentLog, sleep } from '@dialgate/service-kit';
import { expect } from 'chai';
import { createHeldSlots } from '../src/slots/held-slots.js';
import { createSlotLeases, type SlotParts } from '../src/slots/slot-leases.js';
import type { SlotSession } from '../src/slots/slot-session.js';

const LEASE = { slotId: 1, owner: 'one', epoch: 1, app: 'gw-1' };

const NOT_CALLED = (): never => {
  throw new Error('not called here');
};

interface Told {
  readonly openSession: SlotParts['openSession'];
  readonly renewSoon: () => void;
  readonly restoreDials: () => void;
}

function leasesOf(
  slots: Partial<Slots>,
  { openSession = NOT_CALLED, renewSoon = NOT_CALLED, restoreDials = NOT_CALLED }: Partial<Told> = {},
) {
  return createSlotLeases(
    {
      slots: slots as Slots,
      ari: { info: () => Promise.resolve({ kind: 'not_reached', why: 'unreachable' }) },
      breaker: { mode: () => 'closed', answeredRate: () => null, takes: () => true, onChange: () => undefined },
      asterisk: 'pbx',
      appPrefix: 'gw',
      owner: 'one',
      holder: 'host:1',
      held: createHeldSlots<SlotSession>(),
      followed: { forgetSlot: () => undefined },
      openSession,
      openCalls: () => Promise.resolve(1),
      restoreDials,
      log: silentLog,
    },
    { onReadiness: () => undefined, renewSoon },
  );
}

const SESSION = {
  lease: LEASE,
  connection: () => 'connected',
  mode: () => 'ready',
  renewed: () => undefined,
} as unknown as SlotSession;

/** What is written of a slot whose socket is open when its lease is renewed. */
async function connectionWritten(stopping: boolean): Promise<unknown> {
  let written: unknown;
  const renew: Slots['renew'] = (_lease, { connection }) => {
    written = connection;
    return Promise.resolve(true);
  };
  await leasesOf({ renew }).renew(SESSION, stopping);
  return written;
}

/** Whether a lease is to be renewed at once whose answer came after so many milliseconds. */
async function isAged(answeredInMs: number): Promise<boolean> {
  let aged = false;
  const acquire = async (): Promise<Lease> => {
    await sleep(answeredInMs);
    return LEASE;
  };
  const times = { ...WORKER_TIMES, renewEveryMs: 20 };
  const parts = { openSession: () => SESSION, renewSoon: () => void (aged = true) };
  await leasesOf({ acquire, times }, parts).takeOwn(false);
  return aged;
}

describe('the lease of a slot', () => {
  it('says that the slot is connected, so that others may hand their calls over to its worker', async () => {
    expect(await connectionWritten(false)).to.equal('connected');
  });

  it('says that it is closed when its worker is stopping: two that stop together must not wait for each other', async () => {
    expect(await connectionWritten(true)).to.equal('closed');
  });

  it('is renewed at once when the answer that gave it came late: it is not fresh any more', async () => {
    expect(await isAged(25)).to.equal(true);
  });

  it('is renewed at once when its application was taken over, and what was dialled is looked at when it is lost', async () => {
    let [soon, looked] = [0, 0];
    let replaced: () => void = () => undefined;
    const openSession = ({ onReplaced }: { onReplaced: () => void }): SlotSession => {
      replaced = onReplaced;
      return { ...SESSION, connection: () => 'replaced', close: () => undefined } as unknown as SlotSession;
    };
    const acquire = (): Promise<Lease> => Promise.resolve(LEASE);
    const told = { openSession, renewSoon: () => void (soon += 1), restoreDials: () => void (looked += 1) };
    const leases = leasesOf({ acquire, times: WORKER_TIMES }, told);
    const session = await leases.takeOwn(false);
    replaced();
    expect([soon, looked]).to.deep.equal([1, 0]);
    await leases.renew(session, false);
    expect(looked).to.equal(1);
  });
});
