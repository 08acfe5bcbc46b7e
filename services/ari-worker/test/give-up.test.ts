import type { Call, Claim } from '@dialgate/domain';
import { silentLog } from '@dialgate/service-kit';
import { someCall } from '@dialgate/testing';
import { expect } from 'chai';
import type { Attempt, OriginateParts } from '../src/originate/attempt.js';
import { inHand } from '../src/events/followed-calls.js';
import { createGiveUp } from '../src/originate/give-up.js';

const LEASE = { slotId: 1, owner: 'one', epoch: 1, app: 'gw-1' };
const OURS = { slotId: 1, slotEpoch: 1 };

/** Whether the channel of attempt 1 is hung up when it is given up while the row stands so. */
async function hangsUp(row: Partial<Call>): Promise<boolean> {
  let hungUp = false;
  const call = someCall({ attempt: 1, status: 'answered', claim: OURS, ...row });
  const parts = {
    calls: { find: () => Promise.resolve(call) },
    ari: { hangUp: () => Promise.resolve((hungUp = true)) },
    followed: { forget: () => undefined },
    log: silentLog,
  } as unknown as OriginateParts;
  const token = { attempt: 1, ...OURS };
  const attempt = { known: { call: inHand(call) }, token, lease: LEASE, channelId: 'c.1' } as unknown as Attempt;
  await createGiveUp(parts)(attempt, { then: 'yield' });
  return hungUp;
}

const claimed = (claim: Claim) => hangsUp({ claim });

describe('whoever gives an attempt up removes its channel', () => {
  it('when the call is still theirs, is over, is nobody’s, or was tried again', async () => {
    expect(await claimed(OURS)).to.equal(true);
    expect(await hangsUp({ claim: { slotId: 2, slotEpoch: 1 }, endedAt: new Date() }), 'over').to.equal(true);
    expect(await hangsUp({ claim: null }), 'nobody’s').to.equal(true);
    expect(await hangsUp({ attempt: 2, claim: { slotId: 2, slotEpoch: 1 } }), 'tried again').to.equal(true);
  });

  it('and not when its slot was adopted', async () => {
    expect(await claimed({ slotId: 1, slotEpoch: 2 })).to.equal(false);
  });

  it('and not when another slot follows the call under the same attempt, as it may after a lost claim, be its epoch the same', async () => {
    expect(await claimed({ slotId: 2, slotEpoch: 1 })).to.equal(false);
  });
});
