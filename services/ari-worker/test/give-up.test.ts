import { isLostDial, type Call, type Claim } from '@dialgate/domain';
import { silentLog } from '@dialgate/service-kit';
import { someCall } from '@dialgate/testing';
import { expect } from 'chai';
import type { AriReply } from '../src/ari/replies.js';
import type { Attempt, OriginateParts } from '../src/originate/attempt.js';
import { inHand } from '../src/events/followed-calls.js';
import { createGiveUp } from '../src/originate/give-up.js';

const LEASE = { slotId: 1, owner: 'one', epoch: 1, app: 'gw-1' };
const OURS = { slotId: 1, slotEpoch: 1 };

/** What Asterisk says of a channel, and of the last response to its INVITE. */
interface Shown {
  readonly state?: 'Down' | 'Ringing' | 'Up';
  readonly response?: string;
  readonly reply?: Exclude<AriReply, { kind: 'ok' }>;
}

/** What is done to the channel of attempt 1 when it is given up while the row stands so. */
async function done(row: Partial<Call>, { state = 'Down', response, reply }: Shown = {}): Promise<string[]> {
  const did: string[] = [];
  const call = someCall({ attempt: 1, status: 'answered', claim: OURS, ...row });
  const parts = {
    calls: { find: () => Promise.resolve(call) },
    ari: {
      channel: () => Promise.resolve(reply ?? { kind: 'ok', body: { id: 'c.1', name: 'PJSIP/trunk-1', state } }),
      readVariable: () =>
        Promise.resolve(response === undefined ? NOT_SAID : { kind: 'ok', body: { value: response } }),
      hangUp: () => Promise.resolve(did.push('hang up')),
    },
    slot: { requireReconcile: () => did.push('reconcile') },
    followed: { forget: () => undefined },
    lostDials: {
      isLost: (asked: Call, attempt: number, dialed: boolean) => attempt === 1 && isLostDial(asked, dialed),
      restore: () => Promise.resolve(did.push('restore')),
    },
    log: silentLog,
  } as unknown as OriginateParts;
  const token = { attempt: 1, ...OURS };
  const attempt = { known: { call: inHand(call) }, token, lease: LEASE, channelId: 'c.1' } as unknown as Attempt;
  await createGiveUp(parts)(attempt, { then: 'yield' });
  return did;
}

const NOT_SAID = { kind: 'refused', status: 500, message: 'Unable to read provided function' } as const;

const hangsUp = async (row: Partial<Call>): Promise<boolean> => (await done(row)).includes('hang up');

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

  it('and not when it rings, talks or was tried: a lost claim had its number and was dialled, and that is written again', async () => {
    const voided = { status: 'pending', claim: null } as const;
    for (const shown of [{ state: 'Ringing' }, { state: 'Up' }, { response: 'SIP 100 Trying' }] as const) {
      expect(await done(voided, shown)).to.deep.equal(['restore']);
    }
    expect(await done(voided), 'never dialled').to.deep.equal(['hang up']);
  });

  it('and not when Asterisk does not say what it is: that is found out by comparing rows with channels', async () => {
    expect(await done({}, { reply: { kind: 'unknown', why: 'ETIMEDOUT' } })).to.deep.equal(['reconcile']);
    const gone = { kind: 'refused', status: 404, message: 'Channel not found' } as const;
    expect(await done({}, { reply: gone }), 'it may come to be yet').to.deep.equal(['hang up']);
  });
});
