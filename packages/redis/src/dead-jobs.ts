import type { Logger } from '@dialgate/service-kit';
import type { Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';

/** How many jobs at the head of the queue are looked at first, and at most. */
const FIRST_LOOK = 50;
const LONGEST_LOOK = 1_000;

/** Jobs that were put back meanwhile stand in front of those that were looked at. */
const PUT_BACK_MEANWHILE = 1_000;

/**
 * KEYS: the list of waiting jobs. ARGV: how far from its head it is looked through, what the jobs' own keys begin with, and the
 * ids of the jobs that are taken out.
 */
const TAKE_OUT = `
  local out = {}
  for i = 3, #ARGV do out[ARGV[i]] = true end
  local waiting = redis.call('LRANGE', KEYS[1], -ARGV[1], -1)
  for i = #waiting, 1, -1 do
    if out[waiting[i]] then
      redis.call('LREM', KEYS[1], -1, waiting[i])
      redis.call('DEL', ARGV[2] .. waiting[i])
    end
  end`;

/**
 * Takes the jobs of calls that are over out of the head of the queue, many at a time: one by one, 20,000 of them would keep a
 * call behind them waiting for seconds. Each look that has found them to be the most is followed by a longer one.
 *
 * BullMQ has no such request: `remove` looks through the whole list for each job, and `clean` goes by the age of jobs.
 *
 * @param areOver of these calls those that nobody will dial any more.
 * @returns to be told of each job that has come to nothing. One look is under way at a time.
 */
export function createTakeOutDeadJobs(
  client: Redis | Cluster,
  queue: Queue,
  areOver: (callIds: string[]) => Promise<string[]>,
  log: Logger,
): () => void {
  const waiting = queue.toKey('wait');
  let isLooking = false;

  async function look(length: number): Promise<void> {
    const ids = await client.lrange(waiting, -length, -1);
    const over = ids.length > 0 ? await areOver(ids) : [];
    if (over.length > 0) await client.eval(TAKE_OUT, 1, waiting, length + PUT_BACK_MEANWHILE, queue.toKey(''), ...over);
    if (over.length > ids.length / 2) await look(Math.min(4 * length, LONGEST_LOOK));
  }

  return () => {
    if (isLooking) return;
    isLooking = true;
    look(FIRST_LOOK)
      .catch((error: unknown) => log.warn({ error }, 'Jobs of calls that are over not taken out'))
      .finally(() => (isLooking = false));
  };
}
