import type { CreatedCall } from '@dialgate/database';
import { DialgateError } from '@dialgate/domain';
import { createAdmission, silentLog } from '@dialgate/service-kit';
import { eventually, OPEN_ADMISSION, someAdmissionFacts } from '@dialgate/testing';
import { expect } from 'chai';
import { createCreateCall } from '../src/calls/create-call.js';
import { createJudgeCall, type WantedCall } from '../src/calls/judge-call.js';

describe('requests under one Idempotency-Key', () => {
  /** A database that answers when it is told to. */
  function setUp() {
    const answer: ((created: CreatedCall) => void)[] = [];
    const createCall = createCreateCall({
      calls: { create: () => new Promise((resolve) => answer.push(resolve)), earlier: () => Promise.resolve(null) },
      judgeCall: createJudgeCall({
        admission: createAdmission(OPEN_ADMISSION),
        admissionFacts: () => Promise.resolve(someAdmissionFacts()),
        defaults: {
          destination: { context: 'c', extension: 's', priority: 1 },
          ringTimeoutMs: 1_000,
          callerId: null,
          connect: null,
          expiresInSeconds: 1,
        },
        hooks: { hosts: [], allowHttp: false },
      }),
      openHook: () => Promise.resolve(null),
      queue: { add: () => Promise.resolve() },
      withdrawals: { add: () => undefined },
      log: silentLog,
    });
    const ask = (wanted: Partial<WantedCall> = {}): Promise<string> =>
      createCall({
        userId: 'u1',
        ownLimits: {},
        suspensionLiftedAt: null,
        number: {
          text: '+33100000001',
          field: 'path.number',
          verdict: { verdict: 'allowed', number: '+33100000001', country: 'FR', mayRing: ['+33100000001'] },
        },
        options: {},
        body: 'body',
        route: 'POST /calls',
        idempotencyKey: 'k',
        ...wanted,
      }).then(
        ({ outcome }) => outcome,
        (error: unknown) => (error instanceof DialgateError ? error.code : 'another error'),
      );
    return { ask, answer };
  }

  const CREATED = { outcome: 'created', id: 'c1', phoneNumber: '+33100000001', createdAt: new Date() } as const;

  it('are told so while the first is under way, and answered when it is over', async () => {
    const { ask, answer } = setUp();
    const [first, second] = [ask(), ask()];
    await eventually(() => answer.length > 0);
    expect(answer, 'asked of the database').to.have.length(1);
    expect(await second).to.equal('idempotency_key_in_use');
    answer.shift()?.(CREATED);
    expect(await first).to.equal('created');

    const later = ask();
    await eventually(() => answer.length > 0);
    answer.shift()?.({ ...CREATED, outcome: 'replayed' });
    expect(await later).to.equal('replayed');
  });

  it('are kept apart by user and by key, and go side by side without one', async () => {
    const { ask, answer } = setUp();
    const all = [ask(), ask({ userId: 'u2' }), ask({ idempotencyKey: 'l' }), ask({ idempotencyKey: null })];
    all.push(ask({ idempotencyKey: null }));
    await eventually(() => answer.length === 5);
    for (const tell of answer) tell(CREATED);
    expect(await Promise.all(all)).to.deep.equal(all.map(() => 'created'));
  });
});
