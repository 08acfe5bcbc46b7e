import { losesCommits, type Backlog, type Database, type SlotState, type WriteRefusal } from '@dialgate/database';
import type { ReceivedWorkerReport, OriginateProducer, ProcessReport, WorkerReports } from '@dialgate/redis';
import { inTime } from '@dialgate/service-kit';

/** How long each dependency may take to answer a probe, in milliseconds. */
const PROBE_MS = 1_000;

/** No call has this id. */
const NOBODYS = '00000000-0000-0000-0000-000000000000';

/** Anybody may ask; the same answer is given for this long, in milliseconds. */
const BELIEVED_MS = 250;

/** What the service knows of itself and its surroundings. Null where nobody could be asked. */
export interface Health {
  /** Whether it answers in time, of calls, too; what else is asked here may be late, and not refused. */
  readonly database: boolean;
  /** Why it answers and writes nothing; null when it writes, as far as is known. */
  readonly databaseRefusal: WriteRefusal | null;
  /** Whether it answers. */
  readonly redis: boolean;
  /** With which code it refuses to write, such as `OOM`; null when it writes. */
  readonly redisRefusal: string | null;
  /** Whether a failover of PostgreSQL would lose its last commits. */
  readonly losesCommits: boolean;
  /** Null also where PostgreSQL answers and was too slow to say this. */
  readonly backlog: Backlog | null;
  /** Null as the backlog is. */
  readonly slots: readonly SlotState[] | null;
  /** What the workers say of themselves, over Redis. */
  readonly reports: readonly ReceivedWorkerReport[] | null;
  /** What all other processes say of themselves. */
  readonly processes: readonly ProcessReport[] | null;
}

export interface HealthCheck {
  /** Resolves within a second, whatever is down. */
  readonly check: () => Promise<Health>;
  /** Whether PostgreSQL answers, within a second, and why it writes nothing. */
  readonly checkDatabase: () => Promise<Pick<Health, 'database' | 'databaseRefusal'>>;
}

export function createHealthCheck(deps: {
  readonly database: {
    readonly ping: Database['ping'];
    readonly replication: Database['replication'];
    readonly calls: Pick<Database['calls'], 'backlog' | 'find'>;
    readonly slots: Pick<Database['slots'], 'list'>;
  };
  readonly queue: Pick<OriginateProducer, 'depth' | 'writeRefusal'>;
  readonly workers: Pick<WorkerReports, 'all' | 'processes'>;
  /** Why PostgreSQL refused the last call; null when it wrote it, or that is long ago. */
  readonly lastRefusal: () => WriteRefusal | null;
}): HealthCheck {
  const { database, queue, workers, lastRefusal } = deps;

  const ping = probe(() => database.ping());
  const findNone = probe(() => database.calls.find(NOBODYS));
  const listSlots = probe(() => database.slots.list());
  const askBacklog = probe(() => database.calls.backlog());
  const askReplication = probe(() => database.replication());
  const askDepth = probe(() => queue.depth());
  const askWriteRefusal = probe(() => queue.writeRefusal());
  const askReports = probe(() => workers.all());
  const askProcesses = probe(() => workers.processes());

  async function askDatabase(): Promise<Pick<Health, 'database' | 'databaseRefusal'>> {
    const answer = answerOf(await ping());
    return { database: answer !== null, databaseRefusal: answer?.readOnly === true ? 'read_only' : lastRefusal() };
  }

  async function ask(): Promise<Health> {
    const [{ database: answers, databaseRefusal }, found, slots, backlog, ...others] = await Promise.all([
      askDatabase(),
      findNone(),
      listSlots(),
      askBacklog(),
      askReplication(),
      askDepth(),
      askWriteRefusal(),
      askReports(),
      askProcesses(),
    ]);
    const [replication, depth, redisRefusal, reports, processes] = others;
    const standbys = answerOf(replication);
    return {
      // What takes longer is slow. What fails would fail a call as well, and a call cannot be written where none can be found.
      database: answers && typeof found !== 'string' && slots !== 'failed' && backlog !== 'failed',
      databaseRefusal,
      redis: answerOf(depth) !== null,
      redisRefusal: answerOf(redisRefusal),
      losesCommits: standbys !== null && losesCommits(standbys),
      backlog: answerOf(backlog),
      slots: answerOf(slots),
      reports: answerOf(reports),
      processes: answerOf(processes),
    };
  }

  return {
    check: believed(ask),
    checkDatabase: believed(askDatabase),
  };
}

/** However often it is asked, the dependencies see one question in a quarter of a second: the pool is the calls'. */
function believed<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let last: { readonly answer: Promise<Answer>; readonly until: number } | undefined;
  return () => {
    const now = performance.now();
    if (last === undefined || last.until <= now) last = { answer: ask(), until: now + BELIEVED_MS };
    return last.answer;
  };
}

/** What came of a probe. Why it failed stands in the log of those who need it. */
type Probed<Answer> = { readonly answer: Answer } | 'late' | 'failed';

function answerOf<Answer>(probed: Probed<Answer>): Answer | null {
  return typeof probed === 'string' ? null : probed.answer;
}

/**
 * Asks, for as long as a probe may take. Whoever asks meanwhile waits for the same answer, also of one that is late: what waits in a
 * slow PostgreSQL holds a connection that calls need.
 */
function probe<Answer>(ask: () => Promise<Answer>): () => Promise<Probed<Answer>> {
  let underWay: Promise<Probed<Answer>> | undefined;

  async function askOnce(): Promise<Probed<Answer>> {
    try {
      return { answer: await ask() };
    } catch {
      return 'failed';
    } finally {
      underWay = undefined;
    }
  }

  return () => {
    underWay ??= askOnce();
    return inTime(underWay, PROBE_MS);
  };
}
