import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startService, type Service } from '@dialgate/local-stack';
import { OPEN_LIMITS } from '@dialgate/testing';
import { listenToCollections, type LiveMemory } from './collecting.js';
import { parseLogLine } from './log-line.js';
import { entryOf, type Version } from './version.js';

/** The API in a process of its own, which may be killed and started again on its port. */
export interface ApiProcess {
  readonly url: string;
  /** Of the process that runs just now, or ran last. */
  readonly pid: () => number;
  /** Known of one that runs with COLLECTING. */
  readonly memory: LiveMemory;
  readonly kill: () => Promise<void>;
  /** Starts it again, as another version when one is given. */
  readonly start: (version?: Version) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const START_ATTEMPTS = 10;
const READY_WITHIN_MS = 120_000;
const START_PAUSE_MS = 300;

export async function startApiProcess(options: {
  /** Without PORT, HOST and SECRET_KEY. */
  readonly env: NodeJS.ProcessEnv;
  readonly version: Version;
  readonly complain: (what: string) => void;
  readonly log: (line: string) => void;
}): Promise<ApiProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const env = {
    ...OPEN_LIMITS,
    ...options.env,
    HOST: '127.0.0.1',
    PORT: String(port),
    SECRET_KEY: randomBytes(32).toString('hex'),
  };
  const memory = listenToCollections();
  let service: Service | null = null;
  let expectedToEnd = false;
  let version = options.version;

  /** While it was down, its port may have been lent to an outgoing connection for a moment. */
  async function start(as = version): Promise<void> {
    version = as;
    for (let attempt = 1; ; attempt++) {
      try {
        await startOnce();
        return;
      } catch (error) {
        if (attempt === START_ATTEMPTS) throw error;
        await sleep(START_PAUSE_MS);
      }
    }
  }

  async function startOnce(): Promise<void> {
    expectedToEnd = false;
    const started = await startService('api', {
      entry: entryOf(version, 'api'),
      env,
      readyWithinMs: READY_WITHIN_MS,
      log: (line) => {
        options.log(`api ${line}`);
        memory.hear(parseLogLine(line));
        if (/Uncaught exception|Unhandled rejection/.test(line)) options.complain(`api: ${line}`);
      },
      poll: () =>
        fetch(`${url}/health/live`, { signal: AbortSignal.timeout(1_000) }).then(
          ({ ok }) => ok,
          () => false,
        ),
    });
    service = started;
    void started.exited.then(({ code, signal }) => {
      if (!expectedToEnd) options.complain(`api ended by itself (${String(signal ?? code)})`);
    });
  }

  await start();
  return {
    url,
    pid: () => service?.pid ?? 0,
    memory,
    start,
    kill: async () => {
      expectedToEnd = true;
      service?.kill('SIGKILL');
      await service?.exited;
    },
    stop: async () => {
      expectedToEnd = true;
      await service?.stop();
    },
  };
}
