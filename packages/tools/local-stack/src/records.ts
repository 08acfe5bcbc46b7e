import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalStackError } from './errors.js';
import { isAlive, processIdentity } from './process-identity.js';
import type { StopStep } from './watchdog.js';

/** A process noted down so that a later run can end it. */
interface ProcessRecord {
  name: string;
  pid: number;
  identity: string;
  steps: StopStep[];
}

const OWNER = 'owner';

/**
 * Makes `directory` ours until `release`. A directory belongs to one stack at a time: while the other one lives, this fails and
 * says so; if it was killed, what it had started and left behind is ended first.
 */
export async function claimDirectory(directory: string, log: (line: string) => void): Promise<{ release(): void }> {
  mkdirSync(directory, { recursive: true });
  const owner = readRecord(join(directory, `${OWNER}.json`));
  if (owner !== null && owner.pid !== process.pid && processIdentity(owner.pid) === owner.identity) {
    throw new LocalStackError(`Dialgate already runs from here (process ${String(owner.pid)}): stop that one first.`);
  }
  await endLeftovers(directory, log);
  recordProcess(directory, { name: OWNER, pid: process.pid, steps: [] });
  return { release: () => forgetProcess(directory, OWNER, process.pid) };
}

/** Notes a process down, in one piece: whoever reads meanwhile, or after a crash, finds it whole or not at all. */
export function recordProcess(directory: string, { name, pid, steps }: Omit<ProcessRecord, 'identity'>): void {
  const identity = processIdentity(pid);
  if (identity === null) return; // It has ended already.
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${name}.json`);
  writeFileSync(`${file}.part`, JSON.stringify({ name, pid, identity, steps }));
  renameSync(`${file}.part`, file);
}

/** Strikes a process out, unless another has been noted down under its name meanwhile. */
export function forgetProcess(directory: string, name: string, pid: number): void {
  const file = join(directory, `${name}.json`);
  if (readRecord(file)?.pid === pid) rmSync(file, { force: true });
}

/** Ends the processes noted down here that still run. A number that has gone to somebody else's process is left alone. */
export async function endLeftovers(directory: string, log: (line: string) => void): Promise<void> {
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
  await Promise.all(
    files.map(async (file) => {
      const path = join(directory, file);
      const record = readRecord(path);
      if (record !== null && record.pid !== process.pid && processIdentity(record.pid) === record.identity) {
        log(`ending ${record.name}, left over from an earlier run (process ${String(record.pid)})`);
        await endProcess(record.pid, record.steps);
      }
      rmSync(path, { force: true });
    }),
  );
}

/** Ends a process that is not our child. */
export async function endProcess(pid: number, steps: StopStep[]): Promise<void> {
  for (const { signal, waitMs } of steps) {
    if (!isAlive(pid)) return;
    try {
      process.kill(pid, signal);
    } catch {
      return; // It ended between the two lines.
    }
    for (let waited = 0; waited < waitMs && isAlive(pid); waited += 50) await sleep(50);
  }
}

function readRecord(file: string): ProcessRecord | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessRecord;
  } catch {
    return null; // None, or one that nothing can be done with.
  }
}
