import { DialgateError, type Call } from '@dialgate/domain';
import { silentLog } from '@dialgate/service-kit';
import { someCall } from '@dialgate/testing';
import { expect } from 'chai';
import type { Attempt, OriginateParts } from '../src/originate/attempt.js';
import { inHand } from '../src/events/followed-calls.js';
import { createWaitForPermission } from '../src/originate/dial-permission.js';

const NO_LIMITS = { maxConcurrentCalls: 0, originatePerSecond: 0 };
const LEASE = { slotId: 1, owner: 'one', epoch: 1, app: 'cc-1' };

describe('when a permission to dial was asked for', () => {
  it('is when its statement left, and not when it began to wait for it', async () => {
    let leftAt = 0;
    const permission = await waitForPermission(async (onAsked) => {
      await tick();
      leftAt = performance.now();
      onAsked();
      await tick();
      return true;
    });
    expect(permission).to.have.property('askedAt').that.is.at.least(leftAt);
  });

  it('is when the first of several left, for that one may have been carried out', async () => {
    let leftAt = 0;
    let tries = 0;
    const permission = await waitForPermission(async (onAsked) => {
      onAsked();
      if (++tries > 1) return true;
      leftAt = performance.now();
      await tick();
      throw new DialgateError('database_unavailable', 'away');
    });
    expect(tries).to.equal(2);
    expect(permission).to.have.property('askedAt').that.is.at.most(leftAt);
  });
});

describe('a row that is dialing under our claim after the permission was asked for', () => {
  const dialing = someCall({ attempt: 1, status: 'dialing', claim: { slotId: 1, slotEpoch: 1 } });
  const askedTwice = async (answers: readonly (boolean | Error)[]): Promise<unknown> => {
    const coming = [...answers];
    const permission = await waitForPermission(() => {
      const answer = coming.shift();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? false);
    }, dialing);
    return permission.then;
  };

  it('is one that we have won where an answer got lost', async () => {
    expect(await askedTwice([new DialgateError('database_unavailable', 'away'), false])).to.equal('dial');
  });

  it('is one that was made true again for a lost dial where no answer did: nobody is rung twice', async () => {
    expect(await askedTwice([false])).to.equal('yield');
  });
});

describe('a dial under a pace', () => {
  const PACED = { maxConcurrentCalls: 0, originatePerSecond: 10 };
  const waiting = someCall({ attempt: 1, claim: { slotId: 1, slotEpoch: 1 } });
  const longAgo = (): number => performance.now() - 60_000;

  it('is asked for however long ago its time was: a slow world makes none be missed', async () => {
    const permission = await waitForPermission(() => Promise.resolve(true), waiting, PACED, longAgo());
    expect(permission.then).to.equal('dial');
  });

  it('is asked for again while its turn has not come, and given up when so many were asked in vain', async () => {
    let asked = 0;
    const never = (): Promise<boolean> => Promise.resolve(++asked < 0);
    expect(await waitForPermission(never, waiting, PACED, longAgo())).to.include({
      then: 'void_claim',
      why: 'its turn to be dialled did not come',
    });
    expect(asked).to.equal(100);
  });

  it('is given up after ten seconds, but not without a question: its number may be on the do-not-call list since', async () => {
    const realNow = performance.now.bind(performance);
    let [asked, later] = [0, 0];
    performance.now = () => realNow() + later;
    try {
      const never = (): Promise<boolean> => {
        later += 6_000; // What an answer takes.
        return Promise.resolve(++asked < 0);
      };
      const given = await waitForPermission(never, waiting, PACED, performance.now());
      expect(given).to.include({ then: 'void_claim', why: 'its turn to be dialled did not come' });
      expect(asked).to.equal(2);
      later += 60_000;
      expect((await waitForPermission(() => Promise.resolve(true), waiting, PACED, longAgo())).then).to.equal('dial');
    } finally {
      performance.now = realNow;
    }
  });
});

function waitForPermission(
  permitDial: (onAsked: () => void) => Promise<boolean>,
  row: Call | null = null,
  limits = NO_LIMITS,
  dialAt = 0,
) {
  const call = inHand(someCall({ attempt: 1 }));
  const parts = {
    calls: {
      permitDial: (_dial: unknown, _perSecond: unknown, onAsked: () => void) => permitDial(onAsked),
      find: () => Promise.resolve(row),
    },
    slot: { lease: () => LEASE },
    limits,
    log: silentLog,
  } as unknown as OriginateParts;
  const token = { attempt: 1, slotId: 1, slotEpoch: 1 };
  const attempt = { known: { call }, token, lease: LEASE, dialAt } as unknown as Attempt;
  return createWaitForPermission(parts)(attempt);
}

/** Lets the clock move on. */
async function tick(): Promise<void> {
  const before = performance.now();
  while (performance.now() === before) await new Promise((resolve) => setImmediate(resolve));
}
