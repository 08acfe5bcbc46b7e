import { execFile } from 'node:child_process';
import { chown, mkdtemp, rmdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Fault } from '../fault.js';
import type { Stage } from '../stage.js';
import { during, seconds, until } from './steps.js';

const run = promisify(execFile);

/** Room for some hundred calls and their timelines. */
const SMALL = '1m';
const LARGE = '200m';

/** PostgreSQL's tables on a file system that fills up, until somebody makes room. */
export const FULL_DISK: Fault = {
  id: 'R21',
  title: 'PostgreSQL’s disk is full for 20 s',
  whole: { calls: 700, strikes: 20 },
  perSecond: 15,
  mayBeNotRung: 0.02,
  mayTurnAway: true,
  unavailable: () => (process.getuid?.() === 0 ? null : 'only root can make a file system that is small'),
  strike: (stage, { strikes }) => during(stage, () => fillDisk(stage, strikes)),
};

async function fillDisk(stage: Stage, fullSeconds: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'dialgate-disk-'));
  await run('mount', ['-t', 'tmpfs', '-o', `size=${SMALL}`, 'tmpfs', directory]);
  try {
    const [row] = await stage.sql<{ data_directory: string }>('SHOW data_directory');
    const { uid, gid } = await stat(row?.data_directory ?? '/');
    await chown(directory, uid, gid);
    await stage.sql(`CREATE TABLESPACE small LOCATION '${directory}'`);
    await moveTables(stage, 'small');
    await until(stage, 'the disk was full', () => isFull(stage), 60);
    await seconds(fullSeconds);
    await run('mount', ['-o', `remount,size=${LARGE}`, directory]);
    await until(stage, 'there was room again', async () => !(await isFull(stage)), 30);
    await moveTables(stage, 'pg_default');
    await stage.sql('DROP TABLESPACE small');
  } finally {
    await run('umount', ['-l', directory]);
    await rmdir(directory);
  }
}

async function moveTables(stage: Stage, tablespace: string): Promise<void> {
  for (const table of ['calls', 'call_events']) await stage.sql(`ALTER TABLE ${table} SET TABLESPACE ${tablespace}`);
}

/** A client is told to come again. */
async function isFull(stage: Stage): Promise<boolean> {
  return (await stage.traffic.probe()) === 503;
}
