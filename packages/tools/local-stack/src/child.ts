import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { OutOfPatienceError, waitFor } from '@dialgate/service-kit';
import { LocalStackError } from './errors.js';
import { recordProcess, forgetProcess } from './records.js';
import { releaseProcess, watchProcess, type StopStep } from './watchdog.js';

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A process of ours, in a session of its own. */
export interface Child {
  name: string;
  pid: number;
  /** Settles when the process has ended and all it wrote has been read. */
  exited: Promise<Exit>;
  /** Its exit, or null while it runs. */
  exit(): Exit | null;
  /** The last lines it wrote, for an error message. */
  lastLines(): string[];
  kill(signal: NodeJS.Signals): void;
  /** Ends it, gently first. With `withinMs` all steps together get no longer than that. */
  stop(withinMs?: number): Promise<Exit>;
}

/** What startChild needs. */
export interface ChildOptions {
  name: string;
  command: string;
  args: string[];
  /** The whole environment; our own when left out. */
  env?: NodeJS.ProcessEnv | undefined;
  cwd?: string | undefined;
  /** Run as this user (we must be root). */
  user?: { uid: number; gid: number } | undefined;
  onLine?: ((line: string) => void) | undefined;
  /** True for the line that shows the process is at work. Without this and `poll`: at work once it runs. */
  ready?: ((line: string) => boolean) | undefined;
  /** Asked again and again, in place of or besides `ready`: is the process at work? */
  poll?: (() => Promise<boolean>) | undefined;
  /** How long it may take to be at work. Default 10 minutes: one that lives is slow, and not broken. */
  readyWithinMs?: number | undefined;
  /** Hears every 10 s that the process is still waited for. */
  say?: ((line: string) => void) | undefined;
  stopSteps?: StopStep[] | undefined;
  /** A directory where the process is noted down, so that a later run finds it should this one be killed. */
  recordIn?: string | undefined;
}

/** A process ended before it was at work. */
export class EndedEarlyError extends LocalStackError {
  override name = 'EndedEarlyError';

  constructor(
    readonly exit: Exit,
    child: Pick<Child, 'name' | 'lastLines'>,
  ) {
    super(`${said(child.name, exit)}${quote(child.lastLines())}`);
  }
}

const KEPT_LINES = 30;

/** Every process of ours that runs, the one started last at the end. */
const living = new Set<Child>();

/** Ends whatever still runs: what was being started when everything was stopped. */
export async function endLivingChildren(withinMs: number): Promise<void> {
  await Promise.allSettled([...living].reverse().map((child) => child.stop(withinMs)));
}

/** SIGTERM, and SIGKILL to what is left of it ten seconds later. */
export const POLITE_STOP: StopStep[] = [
  { signal: 'SIGTERM', waitMs: 10_000 },
  { signal: 'SIGKILL', waitMs: 2_000 },
];

/**
 * Starts a process and waits until it is at work. It gets a session of its own: a Ctrl-C in the terminal then reaches
 * only us, and we end things in our own order.
 *
 * @throws EndedEarlyError when it ends instead; LocalStackError when it cannot be started or takes too long.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, stopSteps = POLITE_STOP } = options;
  const spawned = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options.user,
  });

  const kept: string[] = [];
  let lineWaitedFor: (line: string) => void = () => undefined;
  for (const stream of [spawned.stdout, spawned.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
      options.onLine?.(line);
      lineWaitedFor(line);
    });
  }

  const pid = await new Promise<number>((resolve, reject) => {
    spawned.once('spawn', () => resolve(spawned.pid ?? 0));
    spawned.once('error', (error) => reject(new LocalStackError(`${name} could not be started: ${error.message}`)));
  });
  watchProcess(pid, stopSteps);
  if (options.recordIn !== undefined) recordProcess(options.recordIn, { name, pid, steps: stopSteps });

  let exit: Exit | null = null;
  const exited = new Promise<Exit>((resolve) => {
    spawned.once('exit', (code, signal) => {
      exit = { code, signal };
      living.delete(child);
      releaseProcess(pid);
      if (options.recordIn !== undefined) forgetProcess(options.recordIn, name, pid);
      // A grandchild may hold the pipes open; what the process itself wrote arrives well within this time.
      void Promise.race([new Promise((closed) => spawned.once('close', closed)), sleep(500)]).then(() => {
        resolve({ code, signal });
      });
    });
  });

  const child: Child = {
    name,
    pid,
    exited,
    exit: () => exit,
    lastLines: () => [...kept],
    kill: (signal) => void spawned.kill(signal),
    stop: (withinMs) =>
      stop({ name, exited, ended: () => exit !== null, kill: (s) => spawned.kill(s) }, stopSteps, withinMs),
  };

  living.add(child);

  const { ready } = options;
  const readyLine = new Promise<void>((resolve) => {
    lineWaitedFor = (line) => {
      if (ready?.(line) === true) resolve();
    };
    if (ready === undefined || kept.some(ready)) resolve();
  });
  await untilAtWork(child, readyLine, options);
  return child;
}

async function untilAtWork(child: Child, readyLine: Promise<void>, options: ChildOptions): Promise<void> {
  const ended = new AbortController();
  void child.exited.then((exit) => ended.abort(new EndedEarlyError(exit, child)));
  try {
    await waitFor({
      what: `${child.name} to be at work`,
      say: options.say ?? (() => undefined),
      limitMs: options.readyWithinMs,
      signal: ended.signal,
      ask: async () => {
        await readyLine;
        const atWork = (await options.poll?.()) ?? true;
        return atWork ? { got: true } : { notYet: '' };
      },
    });
  } catch (error) {
    if (!(error instanceof OutOfPatienceError)) throw error;
    await child.stop();
    throw new LocalStackError(`${error.message}${quote(child.lastLines())}`);
  }
}

/** “x ended by itself (exit code 1)”. */
export function said(name: string, { code, signal }: Exit): string {
  return `${name} ended by itself (${signal === null ? `exit code ${String(code)}` : `signal ${signal}`})`;
}

/** The last lines of a process under an error message, indented. */
export function quote(lines: string[]): string {
  return lines.map((line) => `\n    ${line}`).join('');
}

interface Stoppable {
  name: string;
  exited: Promise<Exit>;
  ended: () => boolean;
  kill: (signal: NodeJS.Signals) => boolean;
}

async function stop(child: Stoppable, steps: StopStep[], withinMs = Number.POSITIVE_INFINITY): Promise<Exit> {
  for (const { signal, waitMs } of shortened(steps, withinMs)) {
    if (child.ended()) break;
    child.kill(signal);
    const exit = await firstOf(waitMs, child.exited);
    if (exit !== 'late') return exit;
  }
  const exit = await firstOf(1_000, child.exited);
  if (exit === 'late') throw new LocalStackError(`${child.name} cannot be ended`);
  return exit;
}

/** Steps that fit into a given time: the last, SIGKILL, keeps its own; those before share the rest in their proportions. */
export function shortened(steps: StopStep[], withinMs: number): StopStep[] {
  const gentle = steps.slice(0, -1);
  const planned = gentle.reduce((sum, { waitMs }) => sum + waitMs, 0);
  if (planned <= withinMs) return steps;
  return [
    ...gentle.map((step) => ({ ...step, waitMs: Math.floor((step.waitMs * withinMs) / planned) })),
    ...steps.slice(-1),
  ];
}

async function firstOf<T>(withinMs: number, candidate: Promise<T>): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), withinMs);
  });
  const first = await Promise.race([late, candidate]);
  clearTimeout(timer);
  return first;
}
