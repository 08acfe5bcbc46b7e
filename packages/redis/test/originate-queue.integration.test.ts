import { silentLog } from '@dialgate/service-kit';
import { eventually, patience, testRedis } from '@dialgate/testing';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import {
  openCancelRequestListener,
  openEntryListener,
  openOriginateConsumer,
  openOriginateProducer,
  type JobEnd,
} from '../src/index.js';
import { keyPrefix, ORIGINATE_QUEUE } from '../src/originate-queue.js';

type Consuming = Pick<Parameters<typeof openOriginateConsumer>[0], 'concurrency' | 'areOver'>;

describe('the originate queue', function () {
  this.timeout(15_000);
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  function setUp(
    originate: (callId: string) => Promise<JobEnd> = () => Promise.resolve('done'),
    { concurrency = 5, areOver = () => Promise.resolve([]) }: Partial<Consuming> = {},
  ) {
    const { url, prefix } = testRedis();
    const options = { redisUrl: url, prefix, log: silentLog };
    const producer = openOriginateProducer(options);
    const seen: string[] = [];
    const consumer = openOriginateConsumer({
      ...options,
      ...{ concurrency, areOver },
      originate: (callId) => {
        seen.push(callId);
        return originate(callId);
      },
    });
    closing.push(
      () => producer.close(),
      () => consumer.close(1_000),
    );
    return { producer, consumer, seen, options };
  }

  /** Has another consumer on the same Redis do its work, from its start on: whoever has not begun by then does not begin. */
  async function anotherConsumerAtWork(): Promise<void> {
    const { producer, consumer, seen } = setUp();
    await eventually(producer.ready);
    consumer.open(true);
    await producer.add('x');
    await eventually(() => seen.length === 1);
  }

  it('hands every call over once, in order', async () => {
    const { producer, consumer, seen } = setUp();
    await eventually(producer.ready);
    await Promise.all(['a', 'b', 'c', 'b'].map((id) => producer.add(id)));
    consumer.open(true);
    await eventually(() => seen.length === 3);
    expect(seen).to.deep.equal(['a', 'b', 'c']);
  });

  it('takes no job before it is opened, and none after it is shut', async () => {
    const { producer, consumer, seen } = setUp();
    await eventually(producer.ready);
    await producer.add('a');
    expect(await producer.depth()).to.equal(1);
    await anotherConsumerAtWork();
    expect(seen).to.deep.equal([]);
    consumer.open(true);
    await eventually(() => seen.length === 1);
    consumer.open(false);
    await producer.add('b');
    expect(await producer.depth()).to.equal(1);
    await anotherConsumerAtWork();
    // What was being fetched in that moment may still come.
    expect(seen.length).to.be.at.most(2);
    await producer.add('c');
    await anotherConsumerAtWork();
    expect(seen).not.to.include('c');
    consumer.open(true);
    await eventually(() => seen.length === 3);
  });

  it('takes as many jobs at once as it was told last, without dropping any', async () => {
    const held: (() => void)[] = [];
    const { producer, consumer, seen } = setUp(
      () => new Promise<JobEnd>((resolve) => held.push(() => resolve('done'))),
    );
    const ids = Array.from({ length: 12 }, (_, n) => `call-${n}`);
    await eventually(producer.ready);
    await Promise.all(ids.map((id) => producer.add(id)));
    consumer.open(true);
    await eventually(() => held.length === 5);
    consumer.takeAtOnce(2);
    for (const end of held.splice(0)) end();
    await eventually(() => held.length === 2);
    await anotherConsumerAtWork();
    expect(held.length).to.equal(2);
    consumer.takeAtOnce(4);
    for (const end of held.splice(0, 1)) end();
    await eventually(() => held.length === 4);
    while (seen.length < ids.length || held.length > 0) {
      await eventually(() => held.length > 0);
      held.shift()?.();
    }
    expect(seen).to.have.members(ids);
  });

  it('lets one consumer rest while the others go on, and hands its job to one of them', async () => {
    // Of several at once the others may be on their way to a job already, and put it back as well.
    const { consumer, producer, seen, options } = setUp(
      () => Promise.resolve({ putBackForMs: 60_000, resting: 'own' }),
      { concurrency: 1 },
    );
    await eventually(producer.ready);
    consumer.open(true);
    await producer.add('a');
    await eventually(() => seen.length === 1);
    const done: string[] = [];
    const other = openOriginateConsumer({
      ...options,
      concurrency: 1,
      originate: (callId) => Promise.resolve(done.push(callId)).then(() => 'done' as const),
      areOver: () => Promise.resolve([]),
    });
    closing.push(() => other.close(1_000));
    // Until then the queue itself has a consumer wait that has put a job back.
    const redis = new Redis(options.redisUrl);
    closing.push(() => redis.disconnect());
    const waits = `${keyPrefix(options.prefix)}:${ORIGINATE_QUEUE}:limiter`;
    await eventually(async () => (await redis.exists(waits)) === 0);
    for (const id of ['b', 'c', 'd']) await producer.add(id);
    other.open(true);
    await eventually(() => done.length === 4);
    expect(done).to.deep.equal(['a', 'b', 'c', 'd']);
    consumer.open(true); // As at each change of its slot: that does not end the rest.
    await producer.add('e');
    await eventually(() => done.length === 5);
    expect(seen).to.deep.equal(['a']);
  });

  it('takes jobs again after its rest', async () => {
    let full = true;
    const { consumer, producer, seen } = setUp(() =>
      Promise.resolve(full ? { putBackForMs: 50, resting: 'own' } : 'done'),
    );
    await eventually(producer.ready);
    consumer.open(true);
    await producer.add('a');
    await eventually(() => seen.length >= 3);
    full = false;
    await eventually(async () => (await producer.depth()) === 0);
  });

  it('lets a call be queued again once its job is over, failed or done', async () => {
    const { producer, consumer, seen } = setUp((id) =>
      id === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve('done'),
    );
    await eventually(producer.ready);
    consumer.open(true);
    for (const id of ['good', 'bad']) {
      await producer.add(id);
      await eventually(async () => (await producer.depth()) === 0);
      await producer.add(id);
      await eventually(() => seen.filter((one) => one === id).length === 2);
    }
  });

  it('puts a job back with its order kept', async () => {
    let full = true;
    const { producer, consumer, seen } = setUp(() =>
      Promise.resolve(full ? { putBackForMs: 50, resting: 'all' } : 'done'),
    );
    await eventually(producer.ready);
    await Promise.all(['a', 'b', 'c'].map((id) => producer.add(id)));
    consumer.open(true);
    await eventually(() => seen.length >= 3);
    full = false;
    seen.length = 0;
    await eventually(async () => (await producer.depth()) === 0);
    expect(seen.slice(-3).sort()).to.deep.equal(['a', 'b', 'c']);
  });

  it('takes the jobs of calls that are over out together, and leaves the others in their order', async () => {
    const alive = (id: string): boolean => Number(id.slice('call-'.length)) % 700 === 699;
    const ids = Array.from({ length: 3_000 }, (_, n) => `call-${n}`);
    let takenOut: () => void = () => undefined;
    const second = new Promise<void>((resolve) => (takenOut = resolve));
    const { producer, consumer, seen } = setUp(
      async (id) => {
        if (seen.length === 2) await second;
        return alive(id) ? 'done' : 'nothing_to_do';
      },
      { concurrency: 1, areOver: (some) => Promise.resolve(some.filter((id) => !alive(id))) },
    );
    await eventually(producer.ready);
    await Promise.all(ids.map((id) => producer.add(id)));
    consumer.open(true);
    // The second job is held: all others that are over go without having been handed over.
    await eventually(async () => (await producer.depth()) === 1 + 4);
    takenOut();
    await eventually(async () => (await producer.depth()) === 0);
    expect(seen.slice(2)).to.deep.equal(ids.filter(alive));
    expect(await producer.withoutJob(ids)).to.have.lengthOf(ids.length);
  });

  it('is looked through no further where most calls are alive', async () => {
    const looks: number[] = [];
    const { producer, consumer } = setUp((id) => Promise.resolve(id === 'call-0' ? 'nothing_to_do' : 'done'), {
      concurrency: 1,
      areOver: (some) => {
        looks.push(some.length);
        return Promise.resolve(some.slice(0, some.length / 2));
      },
    });
    const ids = Array.from({ length: 200 }, (_, n) => `call-${n}`);
    await eventually(producer.ready);
    await Promise.all(ids.map((id) => producer.add(id)));
    consumer.open(true);
    await eventually(async () => (await producer.depth()) === 0);
    expect(looks).to.deep.equal([50]);
  });

  it('says which calls have no job', async () => {
    const { producer } = setUp();
    await eventually(producer.ready);
    await producer.add('b');
    expect(await producer.withoutJob(['a', 'b', 'c'])).to.deep.equal(['a', 'c']);
  });

  it('is to be filled once, by one, until it has lost everything again', async () => {
    const { producer, options } = setUp();
    await eventually(producer.ready);
    const asked = await Promise.all([producer.beginRefill(), producer.beginRefill(), producer.beginRefill()]);
    expect(asked).to.deep.equal([true, false, false]);
    await producer.abandonRefill();
    expect(await producer.beginRefill()).to.equal(true);
    const other = openOriginateProducer({ ...options, prefix: `${options.prefix}-other` });
    closing.push(() => other.close());
    await eventually(other.ready);
    expect(await other.beginRefill()).to.equal(true);
  });

  it('fails at once without Redis, never hangs', async () => {
    const producer = openOriginateProducer({ redisUrl: 'redis://127.0.0.1:1', prefix: 'x', log: silentLog });
    closing.push(() => producer.close());
    const since = performance.now();
    const answers = await Promise.allSettled([
      producer.add('a'),
      producer.depth(),
      producer.announceCancelRequest('a'),
    ]);
    expect(answers.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'rejected']);
    expect(performance.now() - since).to.be.lessThan(patience(2_000));
    expect(producer.ready()).to.equal(false);
  });

  it('wakes those who listen for cancel requests', async () => {
    const { producer, options } = setUp();
    await eventually(producer.ready);
    let wakes = 0;
    const listener = openCancelRequestListener({ ...options, onCancelRequest: () => wakes++ });
    closing.push(listener.close);
    await eventually(async () => {
      await producer.announceCancelRequest('a');
      return wakes > 0;
    });
  });

  it('wakes those who follow the timeline at once, and once more behind whatever came within a tenth of a second', async () => {
    const { producer, options } = setUp();
    await eventually(producer.ready);
    let wakes = 0;
    const listener = openEntryListener({ ...options, onEntries: () => wakes++ });
    closing.push(listener.close);
    await eventually(() => {
      producer.announceEntries();
      return wakes > 0;
    });
    const soFar = wakes;
    for (let n = 0; n < 1_000; n++) producer.announceEntries();
    await eventually(() => wakes > soFar);
    expect(wakes - soFar).to.be.at.most(2);
  });

  it('is quiet about entries without Redis', () => {
    const producer = openOriginateProducer({ redisUrl: 'redis://127.0.0.1:1', prefix: 'x', log: silentLog });
    closing.push(() => producer.close());
    expect(producer.announceEntries).not.to.throw();
  });
});
