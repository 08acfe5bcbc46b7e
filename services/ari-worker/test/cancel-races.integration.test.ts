import {
  callOf,
  channelIdOf,
  type EventFault,
  type RequestFault,
  type RequestKind,
} from '@dialgate/asterisk-simulator';
import { isFinal } from '@dialgate/domain';
import { depth, eventually, patience, someCall, someNewCall } from '@dialgate/testing';
import { expect } from 'chai';
import { between, pick, seededRandom } from '../simulation/random.js';
import { brokenLaws } from './laws.js';
import { setUpWorkbench, type Workbench } from './workbench.js';

const LONG = { context: 'outbound-ivr', extension: 'long', priority: 1 };

/** Long enough for a cancel request to be stored and acted upon on a busy machine, in milliseconds. */
/** Well below the 5 s that a worker waits for an answer of Asterisk, however slow the machine is. */
const MEANWHILE_MS = Math.min(patience(1_000), 3_000);

describe('a cancel request for a call', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await setUpWorkbench({ speed: 2 });
    await bench.startWorker();
    await bench.ready(1);
  });
  afterEach(() => bench.close());

  it('stored before its job is taken is the end: it is never claimed', async () => {
    const { database, userId, producer } = bench;
    const { id } = someCall();
    await database.calls.create(someNewCall({ userId, id }));
    await bench.cancel(id);
    await producer.add(id);
    await eventually(async () => (await producer.depth()) === 0);
    expect(await bench.call(id)).to.include({ status: 'canceled', attempt: 0, hangupBy: null });
    expect(bench.channels(id)).to.deep.equal([]);
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  for (const [moment, request, kind] of [
    ['while its channel is being made', 'create', 'delay'],
    ['when its channel is made and Asterisk has not said so', 'create', 'slow-reply'],
    ['while the dialplan is being asked', 'get-variable', 'delay'],
  ] as const) {
    it(`stored between claim and dial, ${moment}, ends it and rings nobody`, async () => {
      const id = await placeAndHold('+33100000001', request, { kind, ms: MEANWHILE_MS });
      expect(await bench.call(id)).to.include({ status: 'pending', attempt: 1 });
      await bench.cancel(id);
      expect(await bench.call(id)).to.include({ status: 'canceled', dialSentAt: null });
      await originateIsOver();
      await eventually(() => bench.simulator.liveChannels() === 0);
      expect(bench.channels(id).length).to.equal(1);
      expect(bench.invites(id)).to.equal(0);
      expect(await brokenLaws(bench, [id])).to.deep.equal([]);
    });
  }

  it('stored while the dial is on its way overtakes it: nobody is rung', async () => {
    const id = await placeAndHold('+33100000001', 'dial', { kind: 'delay', ms: MEANWHILE_MS });
    await bench.cancel(id);
    expect(await bench.ended(id)).to.include({ status: 'canceled' });
    await originateIsOver();
    expect(await bench.call(id)).to.include({ status: 'canceled', failureReason: null });
    expect(bench.invites(id)).to.equal(0);
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  it('stored when the phone rings and the answer to the dial is not there yet, hangs it up', async () => {
    const id = await placeAndHold('+33100000006', 'dial', { kind: 'slow-reply', ms: MEANWHILE_MS });
    await bench.cancel(id);
    expect(await bench.ended(id)).to.include({ status: 'canceled', hangupBy: 'gateway' });
    expect(await bench.producer.depth(), 'originations under way').to.equal(1);
    await originateIsOver();
    expect(bench.invites(id)).to.equal(1);
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  it('stored when the dial got lost on its way, ends it though nobody was ever rung', async () => {
    const id = await placeAndHold('+33100000001', 'dial', { kind: 'hang', executed: false });
    await bench.cancel(id);
    expect(await bench.ended(id)).to.include({ status: 'canceled', failureReason: null });
    expect(bench.invites(id)).to.equal(0);
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  it('stored in the moment of its ringing hangs it up', async () => {
    const cancelRequests = cancelAfterRinging(() => 0);
    const id = await bench.place('+33100000006');
    expect(await bench.ended(id)).to.include({ status: 'canceled', hangupBy: 'gateway' });
    await Promise.all(cancelRequests);
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  it('that is carried out before its answer was heard of, makes it completed', async () => {
    const answers = holdAnswers({ kind: 'delay', ms: MEANWHILE_MS });
    const id = await bench.place('+33100000002', { destination: LONG });
    await eventually(() => answers.hits() === 2);
    await bench.cancel(id);
    const call = await bench.ended(id);
    expect(call).to.include({ status: 'completed', hangupBy: 'gateway', failureReason: null });
    expect(call.answeredAt).to.be.an.instanceOf(Date);
    expect(bench.channels(id)[0]?.ended).to.include({ by: 'client' });
    // The answer arrives when all is over, and says nothing new.
    const late = await bench.place('+33100000001');
    await bench.ended(late);
    expect(await brokenLaws(bench, [id, late])).to.deep.equal([]);
  });

  it('in the very moment of the answer ends it as what Asterisk did first', async () => {
    // Moments are real: when all of a round lay on one side of the answer, those of the next are nearer to it.
    let [atOnce, lateMs] = [40, patience(480)];
    const cancelRequests = cancelAfterRinging((n) => ((n % atOnce) / atOnce) * lateMs);
    const ids: string[] = [];
    const seen = new Set<string>();
    for (let round = 1; seen.size < 2 && round <= 12; round++) {
      const placed = await Promise.all(Array.from({ length: atOnce }, () => bench.place('+33100000001')));
      for (const id of placed) seen.add((await bench.ended(id)).status);
      ids.push(...placed);
      if (seen.has('canceled')) lateMs *= 2;
      else atOnce = Math.ceil(atOnce / 2); // Fewer at a time are hung up sooner.
    }
    await Promise.all(cancelRequests);
    expect(cancelRequests.length).to.equal(ids.length);
    expect(seen).to.deep.equal(new Set(['canceled', 'completed']));
    expect(await brokenLaws(bench, ids)).to.deep.equal([]);
  });

  for (const [moment, kind, continued] of [
    ['carried out and not answered yet', 'slow-reply', true],
    ['still on its way', 'delay', false],
  ] as const) {
    it(`that comes while its continue is ${moment}, hangs it up as completed`, async () => {
      const continues = count('continue');
      bench.simulator.faults.onRequest({ request: 'continue', fault: { kind, ms: MEANWHILE_MS } });
      const id = await bench.place('+33100000002', { destination: LONG });
      await bench.reaches(id, 'answered');
      await eventually(() => continues() === 1);
      await bench.cancel(id);
      expect(await bench.ended(id)).to.include({ status: 'completed', hangupBy: 'gateway', failureReason: null });
      // Until the continue is answered, and would be repeated.
      await pass(MEANWHILE_MS + 200);
      expect(continues()).to.equal(1);
      expect(bench.channels(id)[0]?.continued !== null).to.equal(continued);
      expect(bench.simulator.liveChannels()).to.equal(0);
      expect(await brokenLaws(bench, [id])).to.deep.equal([]);
    });
  }

  for (const [what, fault] of [
    ['is refused', { kind: 'answer', status: 500, body: {} }],
    ['gets lost', { kind: 'drop' }],
  ] as const) {
    it(`is repeated as long as its hangup ${what}`, async () => {
      const refused = bench.simulator.faults.onRequest({ request: 'hang-up', fault, times: 2 });
      const id = await bench.place('+33100000006');
      await bench.reaches(id, 'ringing');
      await bench.cancel(id);
      expect(await bench.ended(id)).to.include({ status: 'canceled', hangupBy: 'gateway' });
      expect(refused.hits()).to.equal(2);
      expect(await brokenLaws(bench, [id])).to.deep.equal([]);
    });
  }

  it('that is asked of Asterisk twice is one hangup', async () => {
    const deletes = count('hang-up');
    holdEnd({ kind: 'delay', ms: patience(4_000) });
    const id = await bench.place('+33100000006');
    await bench.reaches(id, 'ringing');
    await bench.cancel(id);
    await eventually(() => deletes() >= 2);
    expect(await bench.call(id)).to.include({ status: 'ringing' });
    expect(await bench.ended(id)).to.include({ status: 'canceled', hangupBy: 'gateway' });
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  /** Places a call and returns when its request of that kind has met this fault. */
  async function placeAndHold(phoneNumber: string, request: RequestKind, fault: RequestFault): Promise<string> {
    const held = bench.simulator.faults.onRequest({ request, fault });
    const id = await bench.place(phoneNumber);
    await eventually(() => held.hits() === 1);
    return id;
  }

  /** Has each call's client change their mind so many milliseconds after Asterisk said that it rings. */
  function cancelAfterRinging(ms: (nth: number) => number): Promise<void>[] {
    const cancelRequests: Promise<void>[] = [];
    bench.simulator.faults.onEvent({
      fault: { kind: 'drop' },
      when: (event) => {
        const channelId = channelIdOf(event);
        if (event.body.dialstatus === 'RINGING' && channelId !== null)
          cancelRequests.push(pass(ms(cancelRequests.length)).then(() => bench.cancel(callOf(channelId))));
        return false;
      },
    });
    return cancelRequests;
  }

  /** The job of a call lasts as long as its originate. */
  function originateIsOver(): Promise<unknown> {
    return eventually(async () => (await bench.producer.depth()) === 0);
  }

  function holdAnswers(fault: EventFault) {
    return bench.simulator.faults.onEvent({
      fault,
      times: 2,
      when: ({ body }) =>
        body.dialstatus === 'ANSWER' ||
        (body.type === 'ChannelStateChange' && (body.channel as { state: string }).state === 'Up'),
    });
  }

  function holdEnd(fault: EventFault) {
    return bench.simulator.faults.onEvent({ fault, when: ({ body }) => body.type === 'ChannelDestroyed' });
  }

  /** Counts the requests of one kind from now on. */
  function count(request: RequestKind): () => number {
    let seen = 0;
    bench.simulator.faults.onRequest({ request, fault: { kind: 'drop' }, when: () => ++seen < 0 });
    return () => seen;
  }
});

describe('cancel requests at any moment of a call’s life', () => {
  let bench: Workbench;
  const all: string[] = [];

  before(async () => {
    bench = await setUpWorkbench({ speed: 2 });
    await bench.startWorker();
    await bench.startWorker();
    await bench.ready(2);
    // Requests that take their time, so that many moments lie within one.
    const { faults } = bench.simulator;
    for (const request of ['create', 'get-variable', 'dial', 'continue', 'hang-up'] as const)
      for (const kind of ['delay', 'slow-reply'] as const)
        faults.onRequest({ request, fault: { kind, ms: 120 }, times: Infinity, probability: 0.2 });
  });
  after(() => bench.close());

  const seeds = depth({ quick: [1], deep: [1, 2, 3, 4, 5] });
  for (const seed of seeds) {
    it(`leave each call with one end, and the right one (seed ${seed})`, () => play(seed));
  }

  it('have met calls in every stage', async () => {
    // Moments are real: when none of them was in a stage, more calls are played.
    let missed = await stagesMissed();
    for (let seed = 6; missed.length > 0 && seed < 20; seed++) {
      await play(seed);
      missed = await stagesMissed();
    }
    expect(missed).to.deep.equal([]);
  });

  async function play(seed: number): Promise<void> {
    const random = seededRandom(seed);
    const callees = ['001', '002', '003', '005', '006', '008', '009', '014', '017', '123', '480', '486'] as const;
    const ids = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        if (n % 12 === 0) return placeAndCancelAtOnce();
        const moments = [between(random, 0, 1_200), between(random, 0, 1_200)].slice(random() < 0.3 ? 0 : 1);
        const id = await bench.place(`+33100000${pick(random, callees)}`, { ringTimeoutMs: 2_000 });
        if (random() < 0.8) await Promise.all(moments.map((ms) => pass(patience(ms)).then(() => bench.cancel(id))));
        return id;
      }),
    );
    await eventually(async () => [...(await bench.database.calls.findAll(ids)).values()].every(isOver));
    await eventually(() => bench.simulator.liveChannels() === 0);
    expect(await brokenLaws(bench, ids)).to.deep.equal([]);
    all.push(...ids);
  }

  /** Stages in which no call was canceled yet. */
  async function stagesMissed(): Promise<string[]> {
    const calls = [...(await bench.database.calls.findAll(all)).values()].filter(
      (call) => call.cancelRequestedAt !== null,
    );
    const canceled = calls.filter(({ status }) => status === 'canceled');
    const stages = {
      waiting: canceled.some(({ attempt }) => attempt === 0),
      claimed: canceled.some(({ attempt, dialSentAt }) => attempt > 0 && dialSentAt === null),
      dialing: canceled.some(({ dialSentAt, ringingAt }) => dialSentAt !== null && ringingAt === null),
      ringing: canceled.some(({ ringingAt }) => ringingAt !== null),
      answered: calls.some(({ status }) => status === 'completed'),
    };
    return Object.entries(stages).flatMap(([stage, met]) => (met ? [] : [stage]));
  }

  /** Its cancel request is stored before there is a job. */
  async function placeAndCancelAtOnce(): Promise<string> {
    const { database, userId, producer } = bench;
    const { id } = someCall();
    await database.calls.create(someNewCall({ userId, id }));
    await bench.cancel(id);
    await producer.add(id);
    return id;
  }

  function isOver({ status }: { status: Parameters<typeof isFinal>[0] }): boolean {
    return isFinal(status);
  }
});

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
