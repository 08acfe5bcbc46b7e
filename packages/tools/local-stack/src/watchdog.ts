import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@dialgate/service-kit';
import { LocalStackError } from './errors.js';
import { fileURLToPath } from 'node:url';

/** One step of ending a process: the signal to send, and how long to wait for the end before the next step. */
export interface StopStep {
  signal: NodeJS.Signals;
  waitMs: number;
}

interface Message {
  watch?: { pid: number; steps: StopStep[] };
  release?: number;
  remove?: string;
  keep?: string;
}

let input: Writable | null = null;
let charges = 0;
const programs = new Set<ChildProcess>();

/** Has the process ended by the watchdog should we die without having done it ourselves. */
export function watchProcess(pid: number, steps: StopStep[]): void {
  charges += 1;
  tell({ watch: { pid, steps } });
}

/** The process has ended; its number may soon be somebody else's. */
export function releaseProcess(pid: number): void {
  tell({ release: pid });
  discharge();
}

/**
 * Waits for the end of a program that does its work and ends by itself, and has it ended should we die meanwhile.
 *
 * @param say hears every 10 s that it is still at work.
 * @returns its exit code; null when it was killed.
 * @throws LocalStackError when it cannot be run; OutOfPatienceError after an hour: what is fetched may come slowly.
 */
export async function endOfProgram(
  child: ChildProcess,
  name: string,
  say: (line: string) => void,
): Promise<number | null> {
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(new LocalStackError(`${name} cannot be run: ${error.message}`)));
    child.once('close', resolve);
  });
  const { pid } = child;
  if (pid === undefined) return closed; // It could not be started, and says so in a moment.

  watchProcess(pid, [
    { signal: 'SIGTERM', waitMs: 5_000 },
    { signal: 'SIGKILL', waitMs: 1_000 },
  ]);
  programs.add(child);
  child.once('exit', () => {
    programs.delete(child);
    releaseProcess(pid);
  });
  return waitFor({ what: `${name} to do its work`, say, limitMs: 3_600_000, ask: async () => ({ got: await closed }) });
}

/** Ends the programs that are at work just now: everything is being stopped. What they leave to us is for the watchdog. */
export async function endPrograms(withinMs: number): Promise<void> {
  const ended = [...programs].map((child) => {
    child.kill('SIGTERM');
    return once(child, 'exit');
  });
  await Promise.race([Promise.all(ended), sleep(withinMs)]);
}

/** Has a temporary directory removed by the watchdog should we die without having done it ourselves. */
export function watchDirectory(directory: string): void {
  charges += 1;
  tell({ remove: directory });
}

/** The directory has been removed, or is to stay. */
export function releaseDirectory(directory: string): void {
  tell({ keep: directory });
  discharge();
}

function tell(message: Message): void {
  input ??= startWatchdog();
  input.write(`${JSON.stringify(message)}\n`);
}

/** With nothing left to watch the watchdog goes too: nothing of ours stays behind. */
function discharge(): void {
  charges -= 1;
  if (charges > 0) return;
  input?.end();
  input = null;
}

function startWatchdog(): Writable {
  // In a session of its own, so that neither Ctrl-C nor a closed terminal reaches it.
  const child = spawn(process.execPath, [fileURLToPath(new URL('../watchdog.mjs', import.meta.url))], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    env: {},
  });
  child.unref();
  child.stdin.on('error', () => undefined); // It may have been killed by hand; what it was for is a second line of defence.
  if (child.stdin instanceof Socket) child.stdin.unref(); // Nor must the pipe to it keep us alive.
  return child.stdin;
}
