import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf, memoryOf, watchTree, type ProcessTree } from './process-tree.js';

/** What was spent until then, in seconds: of all processors together, and by the clock. */
interface Spent {
  readonly cpu: number;
  readonly wall: number;
}

/** What starting one commit takes. CPU and times in seconds, memory in MB. */
export interface Trial {
  readonly packages: number;
  readonly megabytes: number;
  readonly steps: { readonly installed: Spent; readonly built: Spent };
  readonly firstCpu: number;
  readonly firstWall: number;
  readonly apiListensCpu: number;
  readonly secondCpu: number;
  readonly secondWall: number;
  readonly apiMemory: number;
  readonly workerMemory: number;
}

const API = 'services/api/dist/main.js';
const WORKER = 'services/ari-worker/dist/main.js';
const TIMES = 3;
const TRIES = 3;

/** Clones a commit, starts it, stops it, starts it again, and takes everything away. */
export async function tryCommit(options: {
  readonly repository: string;
  readonly commit: string;
  readonly directory: string;
  readonly say: (line: string) => void;
}): Promise<Trial> {
  const { repository, commit, directory, say } = options;
  try {
    const first = await retried(say, async () => {
      rmSync(directory, { recursive: true, force: true });
      execFileSync('git', ['clone', '--quiet', '--shared', '--no-checkout', repository, directory]);
      execFileSync('git', ['checkout', '--quiet', commit], { cwd: directory });
      return start(directory, idleMemory);
    });
    const again: Spent[] = [];
    for (let time = 0; time < TIMES; time++) again.push((await retried(say, () => start(directory))).first202);
    return {
      packages: readdirSync(join(directory, 'node_modules/.pnpm')).filter((name) => name.includes('@')).length,
      megabytes: Number(
        execFileSync('du', ['-sm', 'node_modules'], { cwd: directory, encoding: 'utf8' }).split('\t')[0],
      ),
      steps: first.steps,
      firstCpu: first.first202.cpu,
      firstWall: first.first202.wall,
      ...first.idle,
      apiListensCpu: await untilApiListens(directory),
      secondCpu: Math.min(...again.map(({ cpu }) => cpu)),
      secondWall: Math.min(...again.map(({ wall }) => wall)),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Started {
  readonly steps: Trial['steps'];
  readonly first202: Spent;
  readonly idle: { readonly apiMemory: number; readonly workerMemory: number };
}

/** `npm start` until its demonstration call was accepted; then a look at it, if wanted, and SIGINT. */
async function start(
  directory: string,
  look: (tree: ProcessTree) => Promise<Started['idle']> = () => Promise.resolve({ apiMemory: 0, workerMemory: 0 }),
): Promise<Started> {
  const startedAt = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: directory,
    // Nothing of ours: no servers that are given, and not npm's own account of the run that we are.
    env: { PATH: process.env.PATH, HOME: homedir(), PORT: String(await freePort()), CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const tree = watchTree(child.pid ?? 0);
  const spent = (): Spent => ({ cpu: tree.cpuSeconds(), wall: (performance.now() - startedAt) / 1000 });
  const end = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
  };
  process.once('exit', end);
  const closed = once(child, 'close');

  const heard: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const reached = new Map<string, Spent>();
  const accepted = new Promise<Spent>((resolve) => {
    lines.on('line', (line) => {
      heard.push(line);
      // The first line of a step that follows says that the one before is over.
      if (!reached.has('installed') && /^• (generating|building|PostgreSQL)/.test(line))
        reached.set('installed', spent());
      if (!reached.has('built') && line.startsWith('• PostgreSQL')) reached.set('built', spent());
      if (/^\s*accepted as /.test(line)) resolve(spent());
    });
  });
  createInterface({ input: child.stderr }).on('line', (line) => heard.push(line));

  try {
    const first202 = await Promise.race([accepted, closed.then(() => null)]);
    if (first202 === null) throw new Error(`npm start ended:\n${heard.slice(-15).join('\n')}`);
    const nothing = { cpu: NaN, wall: NaN };
    const steps = { installed: reached.get('installed') ?? nothing, built: reached.get('built') ?? nothing };
    return { steps, first202, idle: await look(tree) };
  } finally {
    end();
    await closed;
    tree.stop();
    process.off('exit', end);
  }
}

/** Some time after the first call. */
async function idleMemory(tree: ProcessTree): Promise<Started['idle']> {
  await sleep(12_000);
  const sum = (words: string): number => tree.pidsOf(words).reduce((total, pid) => total + memoryOf(pid), 0);
  return { apiMemory: sum(API), workerMemory: sum(WORKER) };
}

/** The API alone, with nothing around it: what its own start takes. */
async function untilApiListens(directory: string): Promise<number> {
  const nowhere = { DATABASE_URL: 'postgresql://127.0.0.1:1/none', REDIS_URL: 'redis://127.0.0.1:1' };
  let best = Infinity;
  for (let time = 0; time < TIMES; time++) {
    const child = spawn(process.execPath, [join(directory, API)], {
      env: { PATH: process.env.PATH, ...nowhere, SECRET_KEY: SECRET, HOST: '127.0.0.1', PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.includes('HTTP server listening')) break;
    }
    best = Math.min(best, cpuSecondsOf(child.pid ?? 0));
    child.kill('SIGKILL');
    await closed;
  }
  return best;
}

const SECRET = 'none-but-long-enough-3Fz7Qk1vXc9Lm2Rt';

/** An earlier commit gives up where the machine is slow. */
async function retried<Result>(say: (line: string) => void, work: () => Promise<Result>): Promise<Result> {
  for (let time = 1; ; time++) {
    try {
      return await work();
    } catch (error) {
      if (time === TRIES) throw error;
      say(`once more: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
