import type { Call } from '@dialgate/domain';
import { expect } from 'chai';
import { createFollowedCalls } from '../src/events/followed-calls.js';
import { createHeldSlots } from '../src/slots/held-slots.js';

const LEASE = { slotId: 1, owner: 'me', epoch: 3, app: 'gw-1' };

const CALL = { id: 'call-1', status: 'answered', attempt: 1, claim: { slotId: 1, slotEpoch: 3 } } as Call;

/** The same call after another worker has adopted its slot. */
const ADOPTED = { ...CALL, claim: { slotId: 1, slotEpoch: 4 } } as Call;

const BY_THEM = { requestedBy: 'far_end', dialResult: null } as const;

function follow(read: () => Call = () => CALL) {
  const held = createHeldSlots();
  held.add({ lease: LEASE, requireReconcile: () => undefined });
  return { held, followed: createFollowedCalls({ find: () => Promise.resolve(read()) }, held) };
}

/** What a call's end is read with when it comes. */
async function hintsOf(followed: ReturnType<typeof follow>['followed'], attempt = 1) {
  return (await followed.find(CALL.id, attempt))?.hints;
}

describe('the calls that a worker follows', () => {
  it('keep what was heard of them', async () => {
    const { followed } = follow();
    followed.learn(CALL).hints = BY_THEM;
    expect(await hintsOf(followed)).to.deep.equal(BY_THEM);
  });

  it('keep it when their slot is lost, for the old holder’s socket may be the only one that hears their end', async () => {
    const { held, followed } = follow(() => ADOPTED);
    followed.learn(CALL).hints = BY_THEM;
    held.remove(LEASE.slotId);
    followed.forgetSlot(LEASE.slotId);
    expect(await hintsOf(followed)).to.deep.equal(BY_THEM);
  });

  it('keep it when it was heard after their slot was lost, and read the row anew each time', async () => {
    let row = ADOPTED;
    const { held, followed } = follow(() => row);
    held.remove(LEASE.slotId);
    const known = await followed.find(CALL.id, 1);
    if (known !== null) known.hints = BY_THEM;
    row = { ...ADOPTED, status: 'completed' };
    expect(await hintsOf(followed)).to.deep.equal(BY_THEM);
    expect((await followed.find(CALL.id, 1))?.call.status).to.equal('completed');
    expect(followed.attempts()).to.deep.equal([]);
  });

  it('lose it with their end, or when they are claimed anew', async () => {
    const again = { ...ADOPTED, attempt: 2 } as Call;
    let row = ADOPTED;
    const { held, followed } = follow(() => row);
    held.remove(LEASE.slotId);
    const overheard = await followed.find(CALL.id, 1);
    if (overheard !== null) overheard.hints = BY_THEM;
    row = again;
    expect((await hintsOf(followed, 2))?.requestedBy).to.equal(null);
    followed.forget(CALL.id, 2);
    row = ADOPTED;
    expect((await hintsOf(followed))?.requestedBy).to.equal(null);
  });

  it('are remembered by the thousand and not by the million', async () => {
    let id = '';
    const { held, followed } = follow(() => ({ ...ADOPTED, id }));
    held.remove(LEASE.slotId);
    for (let n = 0; n <= 1_000; n++) {
      id = `call-${String(n)}`;
      const known = await followed.find(id, 1);
      if (known !== null) known.hints = BY_THEM;
    }
    id = 'call-0';
    expect((await followed.find(id, 1))?.hints.requestedBy).to.equal(null);
    id = 'call-1000';
    expect((await followed.find(id, 1))?.hints.requestedBy).to.equal('far_end');
  });
});
