import { Queue, RateLimitError, UnrecoverableError, Worker } from 'bullmq';
import { closeWorker } from './close-worker.js';
import { openWaitingConnection, type QueueAccess } from './connections.js';
import { createTakeOutDeadJobs } from './dead-jobs.js';
import { keyPrefix, ORIGINATE_QUEUE, type OriginateJob } from './originate-queue.js';

/**
 * What became of a job: done with; of a call that was not to be dialled (`nothing_to_do`); or to be put back, in its old place. For so
 * many milliseconds nobody takes a job then (`all`), or only this consumer takes none (`own`).
 */
export type JobEnd = 'done' | 'nothing_to_do' | { readonly putBackForMs: number; readonly resting: 'all' | 'own' };

export interface OriginateConsumer {
  /** Whether jobs are taken just now. */
  readonly open: (taking: boolean) => void;
  /** From here on so many originations may be under way at once, at least 1; those beyond it come to their end. */
  readonly takeAtOnce: (concurrency: number) => void;
  /** Takes no more jobs and waits for those under way, at most so long. */
  readonly close: (withinMs: number) => Promise<void>;
}

/**
 * The worker's end of the queue: takes no job before it is opened.
 *
 * A stalled job is never run again by the queue (`maxStalledCount: 0`): the row is swept instead, and it alone knows
 * whether its call may still be dialled.
 */
export function openOriginateConsumer(
  options: QueueAccess & {
    /** How many originations may be under way at once, at first. */
    readonly concurrency: number;
    /** How long a worker keeps a job without renewing its lock, in milliseconds. */
    readonly lockMs?: number;
    readonly originate: (callId: string) => Promise<JobEnd>;
    /** Of these calls those that nobody will dial any more: their jobs are taken out together. */
    readonly areOver: (callIds: string[]) => Promise<string[]>;
  },
): OriginateConsumer {
  const { log, lockMs = 6_000 } = options;
  const client = openWaitingConnection(options, 'consumer');
  const queue = new Queue<OriginateJob>(ORIGINATE_QUEUE, { connection: client, prefix: keyPrefix(options.prefix) });
  queue.on('error', () => undefined); // The connection says it already.

  const takeOutDeadJobs = createTakeOutDeadJobs(client, queue, options.areOver, log);

  const worker = new Worker<OriginateJob>(
    ORIGINATE_QUEUE,
    async (job) => {
      const end = await options.originate(job.data.callId);
      if (end === 'nothing_to_do') takeOutDeadJobs();
      if (end === 'done' || end === 'nothing_to_do') return;
      if (end.resting === 'all') await queue.rateLimit(end.putBackForMs);
      else gate.rest(end.putBackForMs);
      throw new RateLimitError();
    },
    {
      connection: client,
      prefix: keyPrefix(options.prefix),
      autorun: false,
      concurrency: options.concurrency,
      maxStalledCount: 0,
      // A dead worker's job blocks its call's next one until it has been found stalled: two checks after its lock is over.
      lockDuration: lockMs,
      stalledInterval: Math.ceil(lockMs / 2), // Redis takes whole numbers only.
      // Needed for rateLimit() to be honoured; the number itself never bites.
      limiter: { max: 1_000_000, duration: 1_000 },
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    },
  );
  const gate = createGate(worker, complain);
  worker.on('error', (error) => {
    if (client.status === 'ready') log.warn({ error }, 'Queue error');
  });
  worker.on('failed', (job, error) => {
    const fields = { callId: job?.data.callId, error };
    // What the queue itself fails, unlike what we throw: a job whose worker died. Its row brings the call back.
    if (error instanceof UnrecoverableError) log.warn(fields, 'Originate job lost its worker');
    else log.error(fields, 'Originate job failed');
  });

  function complain(error: unknown): void {
    log.warn({ error }, 'Queue error');
  }

  return {
    open: gate.open,
    takeAtOnce: (concurrency) => {
      worker.concurrency = concurrency;
    },
    close: (withinMs) => {
      gate.close();
      return closeWorker(worker, client, withinMs);
    },
  };
}

/** Whether a consumer takes jobs: it is open, and does not rest. */
function createGate(worker: Worker, complain: (error: unknown) => void) {
  let isOpen = false;
  let resting: NodeJS.Timeout | undefined;

  function takeOrNot(): void {
    if (!isOpen || resting !== undefined) worker.pause(true).catch(complain);
    else if (worker.isPaused()) void worker.resume();
    else if (!worker.isRunning()) worker.run().catch(complain);
  }

  return {
    open: (taking: boolean): void => {
      isOpen = taking;
      takeOrNot();
    },
    rest: (ms: number): void => {
      clearTimeout(resting);
      resting = setTimeout(() => {
        resting = undefined;
        takeOrNot();
      }, ms);
      takeOrNot();
    },
    close: (): void => {
      isOpen = false;
      clearTimeout(resting);
    },
  };
}
