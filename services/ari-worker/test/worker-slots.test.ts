import { setImmediate as turn } from 'node:timers/promises';
import { WORKER_TIMES, type Lease, type Slots } from '@dialgate/database';
import { silentLog } from '@dialgate/service-kit';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { createHeldSlots, type HeldSlots } from '../src/slots/held-slots.js';
import type { SlotParts } from '../src/slots/slot-leases.js';
import type { SlotSession } from '../src/slots/slot-session.js';
import { createWorkerSlots } from '../src/slots/worker-slots.js';

const OWN: Lease = { slotId: 1, owner: 'one', epoch: 1, app: 'gw-1' };
const LEFT: Lease = { slotId: 2, owner: 'one', epoch: 7, app: 'gw-2' };

/** A worker's slots over a database whose every answer the test gives. */
describe('the slots of a worker', () => {
  let held: HeldSlots<SlotSession>;
  let slots: Record<'acquire' | 'adopt' | 'renew' | 'release', (...args: never[]) => Promise<unknown>>;
  let asked: string[];
  let said: string[];
  let openCalls: number;
  let worker: ReturnType<typeof createWorkerSlots>;

  beforeEach(() => {
    [asked, said, openCalls] = [[], [], 0];
    held = createHeldSlots<SlotSession>();
    slots = {
      acquire: () => Promise.resolve(OWN),
      adopt: () => Promise.resolve(null),
      renew: ({ slotId }: Lease) => Promise.resolve(asked.push(`renew ${slotId}`) > 0),
      release: ({ slotId }: Lease) => Promise.resolve(asked.push(`release ${slotId}`)),
    };
    const times = { ...WORKER_TIMES, renewEveryMs: 10, steadyGapMs: 30, adoptAfterMs: 0, handoverMs: 0 };
    const parts: SlotParts & { readonly drainSeconds: number } = {
      slots: {
        times,
        list: () => Promise.resolve([]),
        acquire: (...args: never[]) => slots.acquire(...args),
        adopt: (...args: never[]) => slots.adopt(...args),
        renew: (...args: never[]) => slots.renew(...args),
        release: (...args: never[]) => slots.release(...args),
      } as unknown as Slots,
      ari: { info: () => Promise.resolve({ kind: 'not_reached', why: 'unreachable' }) },
      breaker: { mode: () => 'closed', answeredRate: () => null, takes: () => true, onChange: () => undefined },
      asterisk: 'pbx',
      appPrefix: 'gw',
      owner: 'one',
      holder: 'host:1',
      held,
      followed: { forgetSlot: () => undefined },
      openSession: ({ lease, askedAt }) => session(lease, askedAt),
      openCalls: () => Promise.resolve(0),
      restoreDials: () => asked.push('what was dialled'),
      log: { ...silentLog, warn: ({ why }, message) => said.push([message, why].join(': ')) },
      drainSeconds: 0,
    };
    worker = createWorkerSlots(parts);
  });

  afterEach(() => worker.stop());

  it('are renewed while an adoption waits for its answer: a lease must not run out behind it', async () => {
    const adoptions: ((left: null) => void)[] = [];
    slots.adopt = () => new Promise((resolve) => adoptions.push(resolve));
    await worker.start(() => undefined);
    await eventually(() => adoptions.length === 1);
    asked = [];
    await eventually(() => asked.length >= 3);
    expect(adoptions).to.have.length(1);
    slots.adopt = () => Promise.resolve(null);
    adoptions[0]?.(null);
  });

  it('look at what was dialled when the database is back: it may be another one, that lacks the last commits', async () => {
    const looks = () => asked.filter((what) => what === 'what was dialled').length;
    await worker.start(() => undefined);
    await eventually(() => looks() === 1);
    slots.renew = () => Promise.reject(new Error('away', { cause: asked.push('renew in vain') }));
    await eventually(() => asked.includes('renew in vain'));
    expect(looks()).to.equal(1);
    slots.renew = () => Promise.resolve(asked.push('renewed') > 0);
    await eventually(() => looks() === 2);
    asked = [];
    await eventually(() => asked.filter((what) => what === 'renewed').length >= 3);
    expect(looks(), 'and not each time').to.equal(0);
  });

  it('look at it also when one is taken for one that was lost: the look at its loss may have been in vain', async () => {
    slots.renew = () => Promise.resolve(true);
    await worker.start(() => undefined);
    await eventually(() => asked.includes('what was dialled'));
    asked = [];
    let away = true;
    slots.acquire = () => {
      asked.push(away ? 'away' : 'taken');
      return away ? Promise.reject(new Error('away')) : Promise.resolve({ ...OWN, epoch: 2 });
    };
    slots.renew = () => Promise.resolve(false);
    await eventually(() => asked.filter((what) => what === 'away').length >= 2);
    expect(asked.slice(0, 3), 'once, when it is lost').to.deep.equal(['what was dialled', 'away', 'away']);
    const renewals: ((isOurs: boolean) => void)[] = [];
    slots.renew = () => new Promise((resolve) => renewals.push(resolve)); // None tells that the database is back.
    away = false;
    await eventually(() => asked.at(-2) === 'taken' && asked.at(-1) === 'what was dialled');
    slots.renew = () => Promise.resolve(true);
    for (const answer of renewals) answer(true);
  });

  it('are all renewed, be the answer for one of them late', async () => {
    slots.adopt = once(LEFT);
    openCalls = 1;
    await worker.start(() => undefined);
    await eventually(() => held.ids().length === 2);
    const answers: (() => void)[] = [];
    slots.renew = ({ slotId }: Lease) => {
      asked.push(`late ${slotId}`);
      return new Promise((resolve) => answers.push(() => resolve(true)));
    };
    await eventually(() => asked.includes('late 1') && asked.includes('late 2'));
    answers[0]?.();
    await turn();
    expect(
      asked.filter((what) => what.startsWith('late')),
      'never two renewals at once',
    ).to.have.length(2);
    slots.renew = () => Promise.resolve(true);
    for (const answer of answers) answer();
  });

  it('are not lost by a renewal that comes too late for a slot that is being given back', async () => {
    slots.adopt = once(LEFT);
    openCalls = 1;
    let answer: ((isOurs: boolean) => void) | undefined;
    slots.renew = ({ slotId }: Lease) =>
      slotId === OWN.slotId ? Promise.resolve(true) : new Promise<boolean>((resolve) => (answer = resolve));
    await worker.start(() => undefined);
    await eventually(() => answer);
    openCalls = 0;
    await eventually(() => asked.includes('release 2'));
    answer?.(false);
    slots.renew = () => Promise.resolve(true);
    await worker.stop();
    expect(said).to.deep.equal(['Slot adopted: ']);
  });

  it('are not adopted by their own holder: whose lease is over renews it', async () => {
    const takers: unknown[] = [];
    slots.adopt = ({ holding }: { readonly holding: readonly number[] }) => {
      takers.push(holding);
      return Promise.resolve(null);
    };
    await worker.start(() => undefined);
    await eventually(() => takers.length > 0);
    expect(takers[0]).to.deep.equal([OWN.slotId]);
  });

  it('are not adopted by a worker that had none, before it has renewed its new one: the database may just be back', async () => {
    await worker.start(() => undefined);
    let tries = 0;
    slots.acquire = () =>
      ++tries < 10 ? Promise.reject(new Error('away')) : Promise.resolve(asked.push('acquire') && OWN);
    slots.adopt = () => Promise.resolve(asked.push('adopt') && null);
    slots.renew = () => Promise.resolve(false);
    await eventually(() => held.ids().length === 0);
    asked = [];
    slots.renew = () => Promise.resolve(asked.push('renew') > 0);
    await eventually(() => asked.includes('adopt'));
    expect(asked.filter((what) => what !== 'what was dialled').slice(0, 2)).to.deep.equal(['acquire', 'renew']);
  });

  function once(lease: Lease): () => Promise<Lease | null> {
    const left = [lease];
    return () => Promise.resolve(left.pop() ?? null);
  }

  /** Ready as soon as it is opened, and empty. */
  function session(lease: Lease, askedAt: number): SlotSession {
    let isOpen = true;
    let renewedAt = askedAt;
    return {
      lease,
      connection: () => 'connected',
      mode: () => (isOpen ? 'ready' : 'closed'),
      lastReconciled: () => ({ openCalls, channels: 0, reconcileAgain: false }),
      renewed: (at) => (renewedAt = at),
      leaseIsFresh: () => performance.now() - renewedAt < WORKER_TIMES.believeMs,
      requireReconcile: () => undefined,
      expect: () => ({ within: () => Promise.resolve(false), forget: () => undefined }),
      close: () => (isOpen = false),
    };
  }
});
