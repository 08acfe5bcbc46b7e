import { silentLog } from '@dialgate/service-kit';
import { eventually } from '@dialgate/testing';
import { openOriginateConsumer, openOriginateProducer } from '../src/index.js';

/**
 * A process that hands a job to itself over REDIS_URL, at once and whenever it is told to, and tells when it has come. It ends
 * with 1 when Redis takes none in time.
 */
const options = { redisUrl: process.env.REDIS_URL ?? '', prefix: process.env.PREFIX ?? '', log: silentLog };
const producer = openOriginateProducer(options);
const consumer = openOriginateConsumer({
  ...options,
  concurrency: 1,
  originate: () => {
    process.send?.('handed over');
    return Promise.resolve('done');
  },
  areOver: () => Promise.resolve([]),
});
let jobs = 0;

async function handOver(): Promise<void> {
  const job = `call-${String(process.pid)}-${String(++jobs)}`; // Nobody else has it in the queue.
  const isAdded = () => producer.ready() && producer.add(job).then(() => true);
  await eventually(isAdded, Number(process.env.WITHIN_MS)).catch(() => process.exit(1));
}

process.on('message', () => void handOver());
process.on('disconnect', () => process.exit(0));
consumer.open(true);
await handOver();
