import type { Swept } from '@dialgate/database';
import { DialgateError, type Transition } from '@dialgate/domain';
import { type Part, silentLog } from '@dialgate/service-kit';
import { eventually, someCall } from '@dialgate/testing';
import { expect } from 'chai';
import { createSweep } from '../src/calls/sweep.js';
import { createWithdrawals } from '../src/calls/withdrawals.js';

const CALL = '0192f3a4-5b6c-7d8e-9f00-112233445566';
const away = () => new DialgateError('database_unavailable', 'away');

describe('the sweep', () => {
  let sweep: Part | undefined;
  let said: string[];
  let forgot: number;
  /** How many old keys there are in each portion. */
  let portions: number[];
  beforeEach(() => ([said, forgot, portions] = [[], 0, []]));
  afterEach(() => sweep?.stop?.());

  /** A sweep that goes round as fast as it can; returns what it logged above debug. */
  async function sweeping(expireOverdue: () => Promise<Swept[]>, isMine = true): Promise<string[]> {
    const loud: string[] = [];
    const shout = (_fields: object, message: string) => void loud.push(message);
    sweep = createSweep({
      calls: {
        takeSweepTurn: () => Promise.resolve(isMine),
        expireOverdue,
        endOrphans: () => Promise.resolve([]),
        refuseOfStopped: () => Promise.resolve([]),
        forgetOldKeys: () => Promise.resolve(portions[forgot++] ?? 0),
        forgetOldAccepted: () => Promise.resolve(0),
      },
      tokens: { forgetExpired: () => Promise.resolve(0) },
      orphanSeconds: 60,
      personalDataDays: null,
      withdrawals: { sweep: () => Promise.resolve() },
      log: { ...silentLog, error: shout, warn: shout, info: (_fields, message) => void said.push(message) },
      everyMs: 1,
    });
    await sweep.start?.();
    return loud;
  }

  it('is never under way twice at once', async () => {
    let underWay = 0;
    let most = 0;
    let rounds = 0;
    await sweeping(async () => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 10));
      underWay--;
      rounds++;
      return [];
    });
    await eventually(() => rounds >= 5);
    expect(most).to.equal(1);
  });

  it('forgets a portion in each round while there may be more, and then rests', async () => {
    portions = [5_000, 5_000, 3];
    let rounds = 0;
    await sweeping(() => Promise.resolve(rounds++).then(() => []));
    await eventually(() => rounds > 10);
    expect(forgot).to.equal(3);
  });

  it('ends no calls while that is the turn of another, and does what each does for itself', async () => {
    let rounds = 0;
    await sweeping(() => {
      rounds++;
      return Promise.resolve([]);
    }, false);
    await eventually(() => forgot > 0);
    expect(rounds).to.equal(0);
  });

  it('is quiet while the database is away, and goes on afterwards', async () => {
    let rounds = 0;
    const loud = await sweeping(() => (++rounds < 5 ? Promise.reject(away()) : Promise.resolve([])));
    await eventually(() => rounds >= 6);
    expect(loud).to.deep.equal([]);
  });

  it('says loudly what it did not expect, and goes on', async () => {
    let rounds = 0;
    const loud = await sweeping(() => (++rounds === 1 ? Promise.reject(new Error('odd')) : Promise.resolve([])));
    await eventually(() => rounds >= 3);
    expect(loud).to.deep.equal(['Loop run failed']);
  });

  it('says the new status of each call that it ended', async () => {
    const swept: Swept = {
      ...canceled,
      callId: 'c1',
      attempt: 0,
      to: 'failed',
      event: 'expired',
      failureReason: 'expired',
    };
    let rounds = 0;
    await sweeping(() => Promise.resolve(++rounds === 1 ? [swept] : []));
    await eventually(() => rounds >= 2);
    expect(said).to.deep.equal(['Updated call c1 status to failed', 'Overdue calls expired']);
  });
});

const canceled: Transition = {
  from: 'pending',
  to: 'canceled',
  event: 'cancel_requested',
  cancelRequested: false,
  failureReason: null,
  hangupCause: null,
  sipStatus: null,
  hangupBy: null,
};

describe('withdrawing calls that nobody was told of', () => {
  function setting(answer: (look: number) => 'there' | 'not there' | 'away') {
    let looks = 0;
    const said: string[] = [];
    const withdrawals = createWithdrawals({
      log: { ...silentLog, info: (_fields, message) => void said.push(message) },
      calls: {
        requestCancel: () => {
          const said = answer(++looks);
          if (said === 'away') return Promise.reject(away());
          return Promise.resolve(
            said === 'there' ? { call: someCall(), transition: canceled, orderCanceled: false } : null,
          );
        },
      },
    });
    withdrawals.add(CALL);
    return { withdrawals, said, looks: () => looks };
  }

  const ignoring = (sweep: Promise<void>) => sweep.catch(() => undefined);

  it('looks for a row three times and then believes that it was never written', async () => {
    const { withdrawals, looks } = setting(() => 'not there');
    for (let i = 0; i < 6; i++) await withdrawals.sweep();
    expect(looks()).to.equal(3);
  });

  it('does not count the looks at a database that is away', async () => {
    const { withdrawals, looks } = setting((look) => (look <= 10 ? 'away' : 'not there'));
    for (let i = 0; i < 20; i++) await ignoring(withdrawals.sweep());
    expect(looks()).to.equal(13);
  });

  it('stops when the row was found, and says that the call is canceled', async () => {
    const { withdrawals, said, looks } = setting((look) => (look === 2 ? 'there' : 'not there'));
    for (let i = 0; i < 6; i++) await withdrawals.sweep();
    expect(looks()).to.equal(2);
    expect(said).to.deep.equal([`Updated call ${CALL} status to canceled`]);
  });
});
