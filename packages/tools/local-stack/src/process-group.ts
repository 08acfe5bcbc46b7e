import { spawn, type ChildProcessByStdio, type StdioOptions } from 'node:child_process';
import type { Readable } from 'node:stream';
import { releaseProcess, watchProcess, type StopStep } from './watchdog.js';

/** A process with everything that it starts in its turn, ended together. */
export interface ProcessGroup {
  child: ChildProcessByStdio<null, Readable | null, Readable | null>;
  /** Settles with the exit code of the first process, when what else was left of the group has been ended. */
  ended: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

const END: StopStep[] = [
  { signal: 'SIGTERM', waitMs: 2_000 },
  { signal: 'SIGKILL', waitMs: 2_000 },
];

/**
 * Starts a process in a group of its own. Should we die, the watchdog ends the group: tests start processes of the product that
 * nobody else knows of.
 *
 * @returns at once; `ended` rejects when the command cannot be started.
 */
export function startGroup(
  command: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; stdio: StdioOptions },
): ProcessGroup {
  const child = spawn(command, args, { ...options, detached: true }) as ProcessGroup['child'];
  const group = -(child.pid ?? 0); // A negative number means the group to kill(2).
  const kill = (signal: NodeJS.Signals): void => {
    try {
      if (group !== 0) process.kill(group, signal);
    } catch {
      // Nobody of it is left.
    }
  };
  if (group !== 0) watchProcess(group, END);
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      kill('SIGKILL');
      if (group !== 0) releaseProcess(group);
    });
    child.once('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 2)));
  });
  return { child, ended, kill };
}
