import { silentLog } from '@dialgate/service-kit';
import { eventually, patience, testRedis } from '@dialgate/testing';
import { expect } from 'chai';
import { openCancelRequestListener, openOriginateConsumer, openOriginateProducer } from '../src/index.js';
import { openSwallowingProxy, type SwallowingProxy } from './swallowing-proxy.js';

/** Within which a dead connection has to be found out and replaced, in milliseconds. */
const NOTICED_WITHIN_MS = 10_000;

describe('a connection to Redis that died without a word', function () {
  this.timeout(60_000);
  const closing: (() => unknown)[] = [];
  let proxy: SwallowingProxy;
  beforeEach(async () => {
    proxy = await openSwallowingProxy(testRedis().url);
    closing.push(proxy.close);
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const through = () => ({ redisUrl: proxy.url, prefix: testRedis().prefix, log: silentLog });

  it('is found out by who adds, who says so meanwhile and then adds again', async () => {
    const producer = openOriginateProducer(through());
    closing.push(() => producer.close());
    await eventually(producer.ready);
    proxy.swallow();
    await eventually(() => !producer.ready(), patience(NOTICED_WITHIN_MS));
    // Not ready because it is silent: it has not been given up yet.
    const [answer] = await Promise.allSettled([producer.depth()]);
    expect(answer.status === 'rejected' && String(answer.reason)).to.match(/timed out/);
    await eventually(producer.ready, patience(NOTICED_WITHIN_MS));
    await producer.add('a');
    expect(await producer.depth()).to.equal(1);
  });

  it('is found out by who takes jobs and by who listens', async () => {
    const dead = through();
    const producer = openOriginateProducer({ ...dead, redisUrl: testRedis().url });
    const taken: string[] = [];
    let wakes = 0;
    const consumer = openOriginateConsumer({
      ...dead,
      concurrency: 5,
      originate: (callId) => {
        taken.push(callId);
        return Promise.resolve('done');
      },
      areOver: () => Promise.resolve([]),
    });
    const listener = openCancelRequestListener({ ...dead, onCancelRequest: () => wakes++ });
    closing.push(
      () => producer.close(),
      () => consumer.close(1_000),
      listener.close,
    );
    await eventually(producer.ready);
    consumer.open(true);
    await producer.add('a');
    await eventually(() => taken.length === 1);
    await eventually(async () => {
      await producer.announceCancelRequest('a');
      return wakes > 0;
    });

    proxy.swallow();
    const heard = wakes;
    await producer.add('b');
    await eventually(() => taken.includes('b'), patience(NOTICED_WITHIN_MS));
    await eventually(async () => {
      await producer.announceCancelRequest('b');
      return wakes > heard;
    }, patience(NOTICED_WITHIN_MS));
    await eventually(async () => (await producer.depth()) === 0, patience(NOTICED_WITHIN_MS));
  });
});
