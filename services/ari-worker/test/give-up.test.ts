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
  readonly response?: AriReply<{ value: string }>;
  readonly reply?: Exclude<AriReply, { kind: 'ok' }>;
}

/** What is done to the channel of attempt 1 when it is given up while the row stands so. */
async function done(row: Partial<Call>, { state = 'Down', response = NOT_SAID, reply }: Shown = {}): Promise<string[]> {
  const did: string[] = [];
  const call = someCall({ attempt: 1, status: 'answered', claim: OURS, ...row });
  const parts = {
    calls: { find: () => Promise.resolve(call) },
    ari: {
      channel: () =>
        Promise.resolve(reply ?? { kind: 'ok', body: { id: 'c.1', name: 'PJSIP/trunk-1', state, dialplan: IN_APP } }),
      readVariable: () => Promise.resolve(response),
      hangUp: () => Promise.resolve(did.push('hang up')),
    },
    followed: { forget: () => undefined },
    lostDials: {
      isLost: (asked: Call, attempt: number, dialed: boolean) => attempt === 1 && isLostDial(asked, dialed),
      restore: (_: Call, attempt: number, app: string) => Promise.resolve(did.push(`restore ${attempt} in ${app}`)),
    },
    log: silentLog,
  } as unknown as OriginateParts;
  const token = { attempt: 1, ...OURS };
  const attempt = { known: { call: inHand(call) }, token, lease: LEASE, channelId: 'c.1' } as unknown as Attempt;
  await createGiveUp(parts)(attempt, { then: 'yield' });
  return did;
}

const IN_APP = { context: '', exten: '', priority: 1, app_name: 'Stasis', app_data: 'gw-7' };
const NO_ANSWER = { kind: 'unknown', why: 'ETIMEDOUT' } as const;
const TRIED = { kind: 'ok', status: 200, body: { value: 'SIP 100 Trying' } } as const;
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
    for (const shown of [{ state: 'Ringing' }, { state: 'Up' }, { response: TRIED }] as const) {
      expect(await done(voided, shown)).to.deep.equal(['restore 1 in gw-7']);
    }
    expect(await done(voided), 'never dialled').to.deep.equal(['hang up']);
    expect(await done({ claim: OURS, dialSentAt: new Date() }, { state: 'Ringing' }), 'its row knows it').to.deep.equal(
      [],
    );
  });

  it('but does when it rings for a call that is over or was tried again', async () => {
    const ringing = { state: 'Ringing' } as const;
    expect(await done({ status: 'canceled', endedAt: new Date() }, ringing)).to.deep.equal(['hang up']);
    expect(await done({ status: 'pending', attempt: 2, claim: null }, ringing)).to.deep.equal(['hang up']);
  });

  it('and not when Asterisk does not say what it is: that is found out by comparing rows with channels', async () => {
    expect(await done({}, { reply: NO_ANSWER })).to.deep.equal([]);
    expect(await done({}, { response: NO_ANSWER })).to.deep.equal([]);
    const gone = { kind: 'refused', status: 404, message: 'Channel not found' } as const;
    expect(await done({}, { reply: gone }), 'it may come to be yet').to.deep.equal(['hang up']);
  });
});
