import { Redis } from 'ioredis';
import type { Fault } from '../fault.js';
import type { Stage } from '../stage.js';
import { during, seconds, until } from './steps.js';

/** The API's own death, and PostgreSQL and Redis in trouble. */
export const SERVER_FAULTS: readonly Fault[] = [
  {
    id: 'R07',
    title: 'the API is killed under load; clients ask again with their key',
    mayTurnAway: true,
    whole: { calls: 5_000, strikes: 8 },
    perSecond: 60,
    mix: 'busy',
    strike: async (stage, { strikes }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(5 * stage.random());
        await stage.api.kill();
        await stage.api.start();
      }
    },
    check: async (stage) => {
      const [row] = await stage.sql<{ rows: number }>('SELECT count(*)::int AS rows FROM calls');
      const asked = stage.client.placed.length;
      return row?.rows === asked ? [] : [`${String(asked)} keys made ${String(row?.rows)} calls`];
    },
  },
  {
    id: 'R08',
    title: 'the API dies between the commit and the queue',
    mayTurnAway: true,
    whole: { calls: 500, strikes: 3 },
    perSecond: 15,
    strike: async (stage, { strikes }) => {
      for (let n = 0; n < strikes; n++) {
        stage.apiLines.redis.refuse();
        await seconds(4);
        await stage.api.kill();
        await stage.apiLines.redis.accept();
        await stage.api.start();
        await seconds(3);
      }
    },
  },
  {
    id: 'R14',
    title: 'Redis is killed and comes back, three times',
    whole: { calls: 700, strikes: 3 },
    brief: { calls: 150, strikes: 1 },
    perSecond: 15,
    strike: async (stage, { strikes, rest = 1 }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(4 * rest);
        await stage.servers.redis.kill('SIGKILL');
        await seconds(5 * rest);
        await stage.servers.redis.startAgain();
      }
    },
  },
  {
    id: 'R15',
    title: 'FLUSHALL with thousands of calls in the queue',
    aftermathMs: 150_000, // Two workers work off what was accepted meanwhile.
    whole: { calls: 10_000, strikes: 1 },
    perSecond: 250,
    mix: 'busy',
    workers: 0,
    strike: async (stage, { calls }) => {
      const accepted = (): boolean => stage.client.placed.filter(({ callId }) => callId !== null).length === calls;
      await until(stage, 'all were accepted', accepted, 180);
      await onRedis(stage, (redis) => redis.flushall());
      await stage.startWorker();
      await stage.startWorker();
      await stage.ready(2);
    },
  },
  {
    id: 'R16',
    title: 'Redis is full for 20 s',
    whole: { calls: 450, strikes: 20 },
    perSecond: 15,
    strike: async (stage, { strikes }) => {
      await seconds(4);
      await during(stage, async () => {
        await onRedis(stage, (redis) => redis.config('SET', 'maxmemory', '1'));
        await seconds(strikes);
        await onRedis(stage, (redis) => redis.config('SET', 'maxmemory', '0'));
      });
    },
  },
  {
    id: 'R17',
    title: 'the API starts while Redis is away, for 30 s',
    mayTurnAway: true,
    whole: { calls: 450, strikes: 30 },
    perSecond: 12,
    strike: async (stage, { strikes }) => {
      await stage.servers.redis.kill('SIGKILL');
      await stage.api.kill();
      await stage.api.start();
      await seconds(strikes);
      await stage.servers.redis.startAgain();
    },
  },
  {
    id: 'R18',
    title: 'PostgreSQL is shut down at once and restarted, five times',
    keepsSlots: true,
    mayTurnAway: true,
    whole: { calls: 700, strikes: 5 },
    brief: { calls: 150, strikes: 1 },
    perSecond: 12,
    mayBeNotRung: 0.02,
    strike: async (stage, { strikes, rest = 1 }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(6 * rest);
        await stage.servers.postgres.kill('SIGQUIT');
        await stage.servers.postgres.startAgain();
      }
    },
  },
  {
    id: 'R19',
    title: 'PostgreSQL is away for 25 s: requests are turned away within 2 s',
    keepsSlots: true,
    mayTurnAway: true,
    whole: { calls: 450, strikes: 25 },
    perSecond: 10,
    mix: 'long',
    mayBeNotRung: 0.02,
    strike: async (stage, { strikes }) => {
      await seconds(6);
      await stage.servers.postgres.kill('SIGKILL');
      for (let n = 0; n < strikes / 5; n++) {
        await expectTurnedAway(stage);
        await seconds(5);
      }
      await stage.servers.postgres.startAgain();
    },
  },
  {
    id: 'R20',
    title: 'all calls are locked in PostgreSQL for 8 s, three times',
    keepsSlots: true,
    mayTurnAway: true,
    whole: { calls: 450, strikes: 3 },
    perSecond: 12,
    mayBeNotRung: 0.02,
    strike: async (stage, { strikes }) => {
      for (let n = 0; n < strikes; n++) {
        await seconds(4);
        const locked = 'BEGIN; LOCK TABLE calls IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(8); COMMIT';
        await during(stage, () => stage.sql(locked));
      }
    },
  },
  {
    id: 'R19b',
    title: 'PostgreSQL is frozen for 15 s, without closing anything',
    keepsSlots: true,
    mayTurnAway: true,
    whole: { calls: 450, strikes: 15 },
    perSecond: 12,
    mix: 'long',
    mayBeNotRung: 0.02,
    strike: async (stage, { strikes }) => {
      await seconds(6);
      stage.apiLines.postgres.set({ kind: 'black-hole' });
      for (const { lines } of stage.workers()) lines.postgres.set({ kind: 'black-hole' });
      await seconds(strikes);
      await stage.apiLines.postgres.heal();
      for (const { lines } of stage.workers()) await lines.postgres.heal();
    },
  },
];

/** A new call and a read one, both answered 503 in time, with word when to come again. */
async function expectTurnedAway(stage: Stage): Promise<void> {
  const read = stage.client.placed.find(({ callId }) => callId !== null);
  const asks = {
    POST: () => stage.traffic.probe(),
    GET: () =>
      stage.client.request('GET', `/status/${String(read?.callId)}`).then(
        (answer) => (answer.headers.has('retry-after') ? answer.status : 'an answer without Retry-After'),
        () => 'no answer',
      ),
  };
  for (const [method, ask] of Object.entries(asks)) {
    const since = performance.now();
    const at = Date.now();
    const status = await ask();
    const tookMs = performance.now() - since;
    if (status !== 503) stage.complain(`${method} without PostgreSQL: ${String(status)}`);
    if (tookMs > stage.pace().allow(2_500, at))
      stage.complain(`${method} without PostgreSQL took ${tookMs.toFixed(0)} ms`);
  }
}

async function onRedis(stage: Stage, work: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(stage.servers.redis.url, { maxRetriesPerRequest: 3 });
  redis.on('error', () => undefined);
  try {
    await work(redis);
  } finally {
    redis.disconnect();
  }
}
