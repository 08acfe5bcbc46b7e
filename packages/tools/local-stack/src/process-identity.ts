import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * What tells this process from a later one that got the same number: when it was started, and in which boot of the machine.
 * Null when there is no such process (or only the remains of one, that nobody has asked about).
 */
export function processIdentity(pid: number): string | null {
  if (process.platform !== 'linux') return identityByPs(pid);
  try {
    const fields = afterName(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
    if (fields[0] === 'Z') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19] ?? ''}`;
  } catch {
    return null;
  }
}

/** The directory that a process works in, or null when it is gone, not ours to look at, or the system does not tell. */
export function workingDirectory(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${String(pid)}/cwd`);
  } catch {
    return null;
  }
}

/** True while the process runs, whoever owns it. */
export function isAlive(pid: number): boolean {
  return processIdentity(pid) !== null;
}

/** The name in the second field may itself contain blanks and brackets; the state is the first field after it. */
function afterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function identityByPs(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}
