import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import pg from 'pg';

/** Kernel clock ticks, in microseconds (USER_HZ is 100 on every Linux that Node runs on). */
const TICK_MICROS = 10_000;

/** CPU time used so far, user and system, in microseconds, to 10 ms. */
export type CpuMicros = () => number;

/** User and system time of a process, proc(5). @throws when there is none of this id, or no /proc. */
export function cpuMicrosOf(pid: number): number {
  const { user, system } = statOf(pid);
  return (user + system) * TICK_MICROS;
}

/**
 * The CPU time of a PostgreSQL server with all its processes, those that have ended included; null when the server does
 * not run on this machine, or as somebody whose processes cannot be looked at: then it is not measurable.
 */
export async function postgresCpu(url: string): Promise<CpuMicros | null> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number; directory: string }>(
      `SELECT pg_backend_pid() AS pid, current_setting('data_directory') AS directory`,
    );
    const [row] = rows;
    if (row === undefined) return null;
    // A server elsewhere tells a pid too, which may be anybody's here: ours stands in the directory of its data.
    const { parent } = statOf(row.pid);
    if (readlinkSync(`/proc/${parent}/cwd`) !== row.directory) return null;
    return () => treeMicros(parent);
  } catch {
    return null;
  } finally {
    await client.end();
  }
}

function treeMicros(postmaster: number): number {
  const { user, system, childrenUser, childrenSystem } = statOf(postmaster);
  let ticks = user + system + childrenUser + childrenSystem;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = statOf(Number(name));
      if (stat.parent === postmaster) ticks += stat.user + stat.system;
    } catch {
      // It has ended since it was listed; then the postmaster has its time.
    }
  }
  return ticks * TICK_MICROS;
}

function statOf(pid: number) {
  // Behind the command, which may hold spaces: state, ppid, … and from the twelfth on the times.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ').map(Number) ?? [];
  const [, parent = 0] = fields;
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15);
  return { parent, user, system, childrenUser, childrenSystem };
}
