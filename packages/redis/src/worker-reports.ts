import type { Build } from '@dialgate/service-kit';
import { openFailFastConnection, type QueueAccess } from './connections.js';
import { keyPrefix } from './originate-queue.js';

/** What a worker says of itself, for /health: over Redis, because it matters most while PostgreSQL is away. */
export interface WorkerReport {
  /** Host and process, as the worker's slots carry it. */
  readonly holder: string;
  /** Name of its Asterisk. */
  readonly asterisk: string;
  readonly facts: PendingWritesReport;
  /** The limits that it keeps; absent of a worker from before it was told. */
  readonly limits?: DialLimits;
  /** What it is built from; absent of a worker from before it was told. */
  readonly build?: Build;
}

/** How many calls at once, and how many dials a second, over all workers, as it is configured; 0 is off. */
export interface DialLimits {
  readonly maxConcurrentCalls: number;
  readonly originatePerSecond: number;
  /** The limits of the worker's Asterisk alone. */
  readonly perBox?: Omit<DialLimits, 'perBox'> | undefined;
}

/** What a worker has received about its calls and not written yet: its pending writes. */
export interface PendingWritesReport {
  readonly waiting: number;
  /** How long the oldest has been waiting; null when none is. */
  readonly oldestSeconds: number | null;
  /** How many were dropped since the worker's start, because too many were waiting. */
  readonly dropped: number;
  /** How long ago the last one was dropped; null when none was. */
  readonly lastDroppedSecondsAgo: number | null;
}

export interface WorkerReports {
  /**
   * Replaces what this worker said before; it is believed for 10 s.
   *
   * @throws within 0.8 s when Redis does not answer.
   */
  readonly say: (worker: string, report: WorkerReport) => Promise<void>;
  /** Takes back what a worker said that is going away. @throws within 0.8 s when Redis does not answer. */
  readonly takeBack: (worker: string) => Promise<void>;
  /** What all workers say of themselves. @throws within 1.6 s when Redis does not answer. */
  readonly all: () => Promise<WorkerReport[]>;
  readonly close: () => void;
}

const BELIEVED_MS = 10_000;
const COMMAND_TIMEOUT_MS = 800;

/** The names of workers that stopped without a word are forgotten after so long, by whichever clock is asked. */
const FORGOTTEN_AFTER_MS = 3_600_000;

/** Opens the place where workers leave word of themselves. Never waits for a Redis that is away. */
export function openWorkerReports(options: QueueAccess): WorkerReports {
  const client = openFailFastConnection(options, 'reports', COMMAND_TIMEOUT_MS);
  const names = `${keyPrefix(options.prefix)}:workers`;
  const keyOf = (worker: string): string => `${names}:${worker}`;

  return {
    say: async (worker, report) => {
      const now = Date.now();
      const results = await client
        .pipeline()
        .set(keyOf(worker), JSON.stringify(report), 'PX', BELIEVED_MS)
        .zadd(names, now, worker)
        .zremrangebyscore(names, '-inf', now - FORGOTTEN_AFTER_MS)
        .exec();
      for (const [error] of results ?? []) if (error !== null) throw error;
    },
    takeBack: async (worker) => {
      await client.del(keyOf(worker));
    },
    all: async () => {
      const workers = await client.zrange(names, '0', '-1');
      if (workers.length === 0) return [];
      const said = await client.mget(workers.map(keyOf));
      return said.flatMap((report) => reportIn(report) ?? []);
    },
    close: () => client.disconnect(),
  };
}

/** What is no report was written by somebody else, and says nothing. */
function reportIn(text: string | null): WorkerReport | null {
  let said: Partial<WorkerReport> | null;
  try {
    said = JSON.parse(text ?? 'null') as Partial<WorkerReport> | null;
  } catch {
    return null;
  }
  const isReport =
    typeof said?.holder === 'string' &&
    typeof said.asterisk === 'string' &&
    typeof said.facts?.waiting === 'number' &&
    typeof said.facts.dropped === 'number' &&
    (said.limits === undefined || areLimits(said.limits));
  return isReport ? (said as WorkerReport) : null;
}

function areLimits(limits: Partial<DialLimits>): boolean {
  return typeof limits.maxConcurrentCalls === 'number' && typeof limits.originatePerSecond === 'number';
}
