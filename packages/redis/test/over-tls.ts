import { silentLog } from '@dialgate/service-kit';
import { eventually } from '@dialgate/testing';
import { openOriginateConsumer, openOriginateProducer } from '../src/index.js';

/** A process that hands a job to itself over REDIS_URL, and ends with 0 when it has come. */
const options = { redisUrl: process.env.REDIS_URL ?? '', prefix: 'over-tls', log: silentLog };
const producer = openOriginateProducer(options);
const consumer = openOriginateConsumer({
  ...options,
  concurrency: 1,
  originate: () => {
    process.exit(0);
  },
  areOver: () => Promise.resolve([]),
});
await eventually(producer.ready, Number(process.env.WITHIN_MS)).catch(() => process.exit(1));
consumer.open(true);
await producer.add('call');
