import type { Lease, SlotState } from '@dialgate/database';
import { silentLog } from '@dialgate/service-kit';
import { expect } from 'chai';
import { handOverSlots } from '../src/slots/drain-slots.js';
import type { SlotParts } from '../src/slots/slot-leases.js';

const [BOX_A, BOX_B] = ['02:00:00:00:00:0a', '02:00:00:00:00:0b'];
const OWN = { asterisk: 'pbx', entityId: BOX_A, held: true, connection: 'connected', holder: 'we' } as SlotState;
const LEASE = { slotId: 1, app: 'app-1', epoch: 1 } as Lease;

describe('a worker that stops lets its leases go', () => {
  for (const [whom, other, expected] of [
    ['to another one of its box', {}, [1]],
    ['to another one of its box, also under another name', { asterisk: 'localhost' }, [1]],
    ['to nobody of another box, which may have the same name', { entityId: BOX_B }, []],
    ['to nobody who is not connected', { connection: 'closed' }, []],
    ['to nobody whose own lease is over', { held: false }, []],
  ] as const) {
    it(whom, async () => {
      expect(await letGoBeside({ ...OWN, holder: 'another', ...other })).to.deep.equal(expected);
    });
  }

  it('by the name of its box, while that has not said which it is', async () => {
    const former = { ...OWN, entityId: null };
    expect(await letGoBeside({ ...former, holder: 'another' }, former)).to.deep.equal([1]);
    expect(await letGoBeside({ ...former, holder: 'another', asterisk: 'elsewhere' }, former)).to.deep.equal([]);
  });
});

/** @returns the slots whose leases were let go. */
async function letGoBeside(other: SlotState, own = OWN): Promise<number[]> {
  const letGo: number[] = [];
  const parts = {
    asterisk: 'pbx',
    holder: 'we',
    held: { all: () => [{ lease: LEASE, connection: () => 'connected' }] },
    openCalls: () => Promise.resolve(1),
    log: silentLog,
    slots: {
      times: { handoverMs: 0 },
      list: () => Promise.resolve([own, other]),
      letGo: ({ slotId }: Lease) => Promise.resolve(letGo.push(slotId)),
    },
  };
  await handOverSlots(parts as unknown as SlotParts);
  return letGo;
}
