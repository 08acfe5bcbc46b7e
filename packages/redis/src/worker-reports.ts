import type { Build } from '@dialgate/service-kit';
import { openFailFastConnection, type Client, type QueueAccess } from './connections.js';
import { keyPrefix } from './originate-queue.js';

/** What a worker says of itself, for /health: over Redis, because it matters most while PostgreSQL is away. */
export interface WorkerReport {
  /** Host and process, as the worker's slots carry it. */
  readonly holder: string;
  /** Name of its Asterisk. */
  readonly asterisk: string;
  readonly facts: PendingWritesReport;
  /** What it is built from. This and the next are absent of a worker of a version that did not tell them. */
  readonly build?: Build;
  /** How long ago it started, in whole seconds. */
  readonly runsForSeconds?: number;
  /** Its settings that hold calls back. */
  readonly limits?: DialLimits;
  /** Null while its Asterisk makes channels. */
  readonly refusals?: RefusalsReport | null;
}

/** A report, and how long ago it was said, by Redis's clock. */
export interface ReceivedWorkerReport extends WorkerReport {
  readonly saidMsAgo: number;
}

/** That an Asterisk has refused the last channels for its own reasons. */
export interface RefusalsReport {
  /** So many of them, one after the other. */
  readonly inARow: number;
  /** The failure reason of the last one, or `not_made`. */
  readonly why: string;
  readonly lastSecondsAgo: number;
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

/** What any other process says of itself. */
export interface ProcessReport {
  readonly service: string;
  /** Host and process. */
  readonly holder: string;
  readonly build: Build;
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
  readonly all: () => Promise<ReceivedWorkerReport[]>;
  /** The same for processes that are no ARI workers. @throws within 0.8 s when Redis does not answer. */
  readonly sayProcess: (process: string, report: ProcessReport) => Promise<void>;
  /** @throws within 0.8 s when Redis does not answer. */
  readonly takeBackProcess: (process: string) => Promise<void>;
  /** What all of those say. @throws within 1.6 s when Redis does not answer. */
  readonly processes: () => Promise<ProcessReport[]>;
  readonly close: () => void;
}

const BELIEVED_MS = 10_000;
const COMMAND_TIMEOUT_MS = 800;

/** The names of workers that stopped without a word are forgotten after so long, by whichever clock is asked. */
const FORGOTTEN_AFTER_MS = 3_600_000;

/** Opens the place where workers and others leave word of themselves. Never waits for a Redis that is away. */
export function openWorkerReports(options: QueueAccess): WorkerReports {
  const client = openFailFastConnection(options, 'reports', COMMAND_TIMEOUT_MS);
  const workers = createBoard(client, `${keyPrefix(options.prefix)}:workers`);
  const processes = createBoard(client, `${keyPrefix(options.prefix)}:processes`);

  return {
    say: workers.say,
    takeBack: workers.takeBack,
    all: async () =>
      (await workers.all()).flatMap(({ text, saidMsAgo }) => {
        const report = reportIn(text);
        return report === null ? [] : { ...report, saidMsAgo };
      }),
    sayProcess: processes.say,
    takeBackProcess: processes.takeBack,
    processes: async () => (await processes.all()).flatMap(({ text }) => processReportIn(text) ?? []),
    close: () => client.disconnect(),
  };
}

/** A sorted set of names, each with a key that what it says stands in for a while. */
function createBoard(client: Client, names: string) {
  const keyOf = (name: string): string => `${names}:${name}`;

  return {
    say: async (name: string, report: WorkerReport | ProcessReport): Promise<void> => {
      const now = Date.now();
      const results = await client
        .pipeline()
        .set(keyOf(name), JSON.stringify(report), 'PX', BELIEVED_MS)
        .zadd(names, now, name)
        .zremrangebyscore(names, '-inf', now - FORGOTTEN_AFTER_MS)
        .exec();
      for (const [error] of results ?? []) if (error !== null) throw error;
    },
    takeBack: async (name: string): Promise<void> => {
      await client.del(keyOf(name));
    },
    all: async (): Promise<{ text: string | null; saidMsAgo: number }[]> => {
      const said = await client.zrange(names, '0', '-1');
      if (said.length === 0) return [];
      const asked = client.pipeline().mget(said.map(keyOf));
      for (const name of said) asked.pttl(keyOf(name));
      const [texts, ...left] = ((await asked.exec()) ?? []).map(([error, answer]) => {
        if (error !== null) throw error;
        return answer;
      });
      return (texts as (string | null)[]).map((text, i) => ({ text, saidMsAgo: BELIEVED_MS - Number(left[i]) }));
    },
  };
}

/** What is no report was written by somebody else, and says nothing. */
function reportIn(text: string | null): WorkerReport | null {
  const said = parsed<WorkerReport>(text);
  const isReport =
    typeof said?.holder === 'string' &&
    typeof said.asterisk === 'string' &&
    typeof said.facts?.waiting === 'number' &&
    typeof said.facts.dropped === 'number' &&
    (said.limits === undefined || areLimits(said.limits));
  return isReport ? (said as WorkerReport) : null;
}

function processReportIn(text: string | null): ProcessReport | null {
  const said = parsed<ProcessReport>(text);
  const isReport =
    typeof said?.service === 'string' && typeof said.holder === 'string' && typeof said.build?.version === 'string';
  return isReport ? (said as ProcessReport) : null;
}

function parsed<Report>(text: string | null): Partial<Report> | null {
  try {
    return JSON.parse(text ?? 'null') as Partial<Report> | null;
  } catch {
    return null;
  }
}

function areLimits(limits: Partial<DialLimits>): boolean {
  return typeof limits.maxConcurrentCalls === 'number' && typeof limits.originatePerSecond === 'number';
}
