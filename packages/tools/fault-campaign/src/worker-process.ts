import { startService, type Service } from '@dialgate/local-stack';
import { listenToCollections, type LiveMemory } from './collecting.js';
import type { Lines } from './lines.js';
import { parseLogLine } from './log-line.js';
import type { BlindSpans, Troubles } from './spans.js';
import { entryOf, type Version } from './version.js';

/** A worker in a process of its own, with a network of its own. */
export interface WorkerProcess {
  readonly name: string;
  readonly pid: number;
  /** Known of one that runs with COLLECTING. */
  readonly memory: LiveMemory;
  /** Of which Asterisk it is, counted from 0. */
  readonly asterisk: number;
  readonly lines: Lines;
  /** The applications of the slots it holds, as far as its log says. */
  readonly apps: () => readonly string[];
  /** Whether its own slot is open, filtered and reconciled. */
  readonly isReady: () => boolean;
  readonly isRunning: () => boolean;
  /** kill -9. Nobody hears its applications until somebody has adopted them. */
  readonly kill: () => Promise<void>;
  /** SIGSTOP; the returned function is SIGCONT. */
  readonly pause: () => () => void;
  /** SIGTERM. Resolves with its exit code, null when it had to be killed. */
  readonly stop: () => Promise<number | null>;
}

/** What the workers' logs say of slots, over all of them. */
export interface SlotWatch {
  /** A worker says that the slot of this application is ready. */
  readonly ready: (app: string) => void;
  /** A holder of these applications died just now. */
  readonly died: (apps: readonly string[]) => void;
}

/** What no fault is an excuse for. */
const NEVER: ReadonlySet<string> = new Set([
  'Uncaught exception',
  'Unhandled rejection',
  'Call could not be moved',
  'ARI event not handled',
  'Answered call could not be continued',
]);

/** More than a worker may drain. */
const STOP_WITHIN_MS = 70_000;

export async function startWorkerProcess(options: {
  readonly name: string;
  readonly version: Version;
  readonly asterisk: number;
  readonly env: NodeJS.ProcessEnv;
  readonly nodeFlags?: string[];
  readonly lines: Lines;
  readonly watch: SlotWatch;
  readonly spans: BlindSpans;
  readonly troubles: Troubles;
  /** Hears of every line that should not be there: a crash, an exception nobody caught. */
  readonly complain: (what: string) => void;
  readonly log: (line: string) => void;
}): Promise<WorkerProcess> {
  const { name, lines, watch, spans, troubles } = options;
  const apps = new Set<string>();
  const ready = new Set<string>();
  const memory = listenToCollections();
  let expectedToEnd = false;

  const service: Service = await startService(name, {
    entry: entryOf(options.version, 'ari-worker'),
    env: options.env,
    nodeFlags: options.nodeFlags,
    stopWithinMs: STOP_WITHIN_MS,
    log: (line) => {
      options.log(`${name} ${line}`);
      hear(line);
    },
  });
  void service.exited.then(({ code, signal }) => {
    if (!expectedToEnd) options.complain(`${name} ended by itself (${String(signal ?? code)})`);
    for (const end of [lines.postgres, lines.redis, lines.asterisk]) end.close();
  });

  function hear(line: string): void {
    const said = parseLogLine(line);
    if (said === null) return;
    memory.hear(said);
    if (NEVER.has(said.message)) options.complain(`${name}: ${line}`);
    if (said.app === undefined) return;
    if (said.message === 'Slot taken') apps.add(said.app);
    if (said.message === 'Slot ready') {
      ready.add(said.app);
      watch.ready(said.app);
    }
    if (/^Slot (lost|given back)$/.test(said.message)) {
      apps.delete(said.app);
      ready.delete(said.app);
    }
  }

  return {
    name,
    pid: service.pid,
    memory,
    asterisk: options.asterisk,
    lines,
    apps: () => [...apps],
    isReady: () => ready.size > 0,
    isRunning: () => service.exit() === null,
    kill: async () => {
      expectedToEnd = true;
      const end = spans.begin([...apps]);
      const gone = troubles.begin();
      watch.died([...apps]);
      service.kill('SIGKILL');
      await service.exited;
      end(); // From here on the simulator knows by itself that nobody listens.
      gone();
    },
    pause: () => {
      const awake = troubles.begin();
      service.kill('SIGSTOP');
      return () => {
        service.kill('SIGCONT');
        awake();
      };
    },
    stop: async () => {
      expectedToEnd = true;
      const gone = troubles.begin();
      service.kill('SIGTERM');
      const { code } = await service.stop();
      gone();
      return code;
    },
  };
}
