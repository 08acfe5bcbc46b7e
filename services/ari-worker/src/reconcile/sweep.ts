import { DUE_AT_ONCE, type Calls, type WaitingCall } from '@dialgate/database';
import { inTurns, type Logger } from '@dialgate/service-kit';
import type { OriginateProducer } from '@dialgate/redis';

/** What the sweep of lost jobs asks of the queue. */
export type QueueToFill = Pick<OriginateProducer, 'ready' | 'add' | 'withoutJob' | 'beginRefill' | 'abandonRefill'>;

/** How often a sweep goes on while all that it takes are due: what has piled up is the work of one worker. */
const PAGES = 5;

/**
 * Puts waiting calls whose job has got lost into the queue again. Whether it has is asked first, which costs a hundredth of adding
 * it once more; a queue that has lost everything is filled at once, whatever calls are due.
 *
 * @param everyMs how often each worker looks, in milliseconds.
 */
export function createSweepLostJobs(
  calls: Pick<Calls, 'takeSweepTurn' | 'takeDueForQueue' | 'putBackForQueue' | 'waitingForQueue'>,
  producer: QueueToFill,
  everyMs: number,
  log: Logger,
): () => Promise<void> {
  async function addMissing(callIds: readonly string[]): Promise<number> {
    const missing = await producer.withoutJob(callIds);
    await Promise.all(missing.map((callId) => producer.add(callId)));
    return missing.length;
  }

  async function refill(): Promise<void> {
    let last: WaitingCall | null = null;
    let queued = 0;
    try {
      for (;;) {
        const page: WaitingCall[] = await calls.waitingForQueue(last);
        last = page.at(-1) ?? null;
        if (last === null) break;
        queued += await addMissing(page.map(({ id }) => id));
      }
    } catch (error) {
      // Were this lost as well, the calls would come one by one, when they are due.
      await producer.abandonRefill().catch(() => undefined);
      throw error;
    }
    if (queued > 0) log.warn({ queued }, 'Queue had lost its jobs and is filled again');
  }

  /** @returns how many were due and how many of them had no job. */
  async function queueDue(): Promise<{ due: number; queued: number }> {
    const due = await calls.takeDueForQueue();
    if (due.length === 0) return { due: 0, queued: 0 };
    try {
      return { due: due.length, queued: await addMissing(due) };
    } catch (error) {
      await calls.putBackForQueue(due); // They were not queued: what they wait for the next time must not grow.
      throw error;
    }
  }

  async function queueAllDue(): Promise<void> {
    for (let page = 0; page < PAGES; page++) {
      const { due, queued } = await queueDue();
      if (due > 0) log.info({ due, queued }, 'Waiting calls looked up in the queue');
      if (due < DUE_AT_ONCE) return;
    }
  }

  const inTurn = inTurns(() => calls.takeSweepTurn('lost_jobs', everyMs), queueAllDue);
  return async () => {
    if (!producer.ready()) return; // Nor takes this worker another's turn.
    if (await producer.beginRefill()) await refill();
    await inTurn();
  };
}
