import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Fault } from '../fault.js';
import type { Stage } from '../stage.js';
import { THIS_VERSION } from '../version.js';
import { during, seconds, weather } from './steps.js';

const run = promisify(execFile);

/** How long nothing takes the place of a server that died, in seconds. */
const VACANT_SECONDS = 4;

/** PostgreSQL's answers take a second. */
const FAR = { kind: 'latency', ms: 500, jitterMs: 100 } as const;

/** Servers that others take the place of, and a world that is slow rather than broken. */
export const FAILOVER_FAULTS: readonly Fault[] = [
  {
    id: 'R44',
    title: 'PostgreSQL’s primary is killed, and its synchronous standby promoted',
    servers: { postgres: 'pair' },
    keepsSlots: true,
    mayTurnAway: true,
    whole: { calls: 500, strikes: 1 },
    perSecond: 12,
    mix: 'long',
    mayBeNotRung: 0.02,
    strike: async (stage) => {
      await seconds(12);
      await stage.servers.postgres.kill('SIGKILL');
      await seconds(VACANT_SECONDS);
      await stage.servers.postgres.startAgain();
      await seconds(12);
    },
  },
  {
    id: 'R45',
    title: 'Redis’ master is killed, and its sentinels put the replica in its place',
    servers: { redis: 'sentinels' },
    whole: { calls: 500, strikes: 1 },
    perSecond: 12,
    strike: masterKilled,
  },
  {
    id: 'R46',
    title: 'PostgreSQL answers the workers only after a second, for 40 s, under 20 originates a second',
    keepsSlots: true,
    settings: { worker: { ORIGINATE_PER_SECOND: '20' } }, // More than come: nobody waits but for the slowness.
    whole: { calls: 300, strikes: 40 },
    perSecond: 6,
    aftermathMs: 60_000, // Few are originated at once then.
    strike: async (stage, { strikes }) => {
      await seconds(5);
      await weather(stage.workers(), 'postgres', FAR, strikes);
    },
  },
  {
    id: 'R47',
    title: 'twelve busy loops on the same machine, for 40 s',
    whole: { calls: 300, strikes: 40 },
    perSecond: 6,
    mix: 'long',
    mayBeUnseen: 0.02,
    strike: async (stage, { strikes }) => {
      await seconds(5);
      await during(stage, () => crowded(12, strikes));
    },
  },
  {
    id: 'R48',
    title: 'the master of a Redis Cluster that has the queue is killed, and its replica takes its place',
    servers: { redis: 'cluster' },
    whole: { calls: 500, strikes: 1 },
    perSecond: 12,
    strike: masterKilled,
    check: wasMissed,
  },
];

/** Redis' master is killed, and another takes its place by itself. */
async function masterKilled({ servers }: Stage): Promise<void> {
  await seconds(12);
  await servers.redis.kill('SIGKILL');
  await servers.redis.startAgain();
  await seconds(12);
}

/** A master that has nothing of the queue could go without anybody's noticing. */
function wasMissed({ client }: Stage): string[] {
  return client.answers.some(({ degraded }) => degraded) ? [] : ['nobody missed the master: no answer says `degraded`'];
}

/** So many processes want a processor each, for so many seconds. */
async function crowded(processes: number, forSeconds: number): Promise<void> {
  const rest = ['-e', `setTimeout(() => undefined, ${String(forSeconds * 1_000)})`];
  const busy = join(THIS_VERSION.root, 'packages', 'tools', 'local-stack', 'busy.mjs');
  await run(process.execPath, [busy, String(processes), '--', process.execPath, ...rest]);
}
