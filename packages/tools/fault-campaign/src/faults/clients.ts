import { openOriginateProducer } from '@dialgate/redis';
import { silentLog } from '@dialgate/service-kit';
import { COLLECTED_WITHIN_SECONDS, COLLECTING } from '../collecting.js';
import { most, waitsForDial } from '../dials.js';
import type { Fault } from '../fault.js';
import type { PlacedCall } from '../client.js';
import { atMostTwice } from '../measures.js';
import type { Stage } from '../stage.js';
import type { WorkerProcess } from '../worker-process.js';
import { between, during, seconds, until } from './steps.js';

const PER_SECOND = 20;
const AT_ONCE = 60;

/** So many rows of a backlog are written or removed by one statement. */
const SLICE = 50_000;

const LISTS = 100;

/** Clients and queues that ask for more than they should, change their minds, or come in thousands. */
export const CLIENT_FAULTS: readonly Fault[] = [
  {
    id: 'R30',
    title: 'every job is delivered again and again, to workers of two queues',
    whole: { calls: 600, strikes: 1 },
    perSecond: 20,
    strike: async (stage, { calls }) => {
      const other = `${stage.queuePrefix}-again`;
      await stage.startWorker({ env: { QUEUE_PREFIX: other } });
      await stage.startWorker({ env: { QUEUE_PREFIX: other } });
      await stage.ready(4);
      const producers = [stage.queuePrefix, other].map((prefix) =>
        openOriginateProducer({ redisUrl: stage.servers.redis.url, prefix, log: silentLog }),
      );
      const deadline = performance.now() + (calls / 20) * 1_000 + 10_000;
      while (performance.now() < deadline) {
        const lately = stage.client.placed.slice(-100).flatMap(({ callId }) => callId ?? []);
        for (const producer of producers) {
          await Promise.all(lately.map((callId) => producer.add(callId).catch(() => undefined)));
        }
        await seconds(0.05);
      }
      for (const producer of producers) await producer.close();
    },
  },
  {
    id: 'R34',
    title: `a burst of calls under ${String(PER_SECOND)} originates a second and ${String(AT_ONCE)} calls at once`,
    whole: { calls: 800, strikes: 1 },
    dialledWithinMs: 70_000, // In turn.
    perSecond: 200,
    workers: 3,
    settings: { worker: { ORIGINATE_PER_SECOND: String(PER_SECOND), MAX_CONCURRENT_CALLS: String(AT_ONCE) } },
    strike: async (stage, { calls }) => {
      const all = (): boolean => stage.simulator.ledger.invites().total >= calls;
      await until(stage, 'all were dialled', all, 140);
    },
    check: async (stage) => {
      const rows = await stage.sql<{ at: Date }>('SELECT dial_sent_at AS at FROM calls ORDER BY 1');
      const inASecond = most(rows.map(({ at }) => [at.getTime(), at.getTime() + 1_000]));
      const atOnce = most(
        stage.simulator.ledger
          .channels()
          .flatMap(({ dials, ended }) => (dials[0] === undefined || ended === null ? [] : [[dials[0].at, ended.at]])),
      );
      return [
        ...(inASecond > PER_SECOND + 1 ? [`${String(inASecond)} were dialled within one second`] : []),
        ...(atOnce > AT_ONCE ? [`${String(atOnce)} calls were there at once`] : []),
      ];
    },
  },
  {
    id: 'R35',
    title: 'clients change their minds at any moment',
    whole: { calls: 900, strikes: 1 },
    brief: { calls: 250, strikes: 1 },
    perSecond: 20,
    strike: async (stage, { calls }) => {
      const cancelling: Promise<unknown>[] = [];
      let seen = 0;
      while (seen < calls) {
        const fresh = stage.client.placed.slice(seen).filter(({ callId }) => callId !== null);
        for (const call of fresh) cancelling.push(cancelLater(stage, call));
        seen += fresh.length;
        await seconds(0.01);
      }
      await Promise.all(cancelling);
    },
  },
  {
    id: 'R38',
    title: '10,000 phones ring at once, and a worker is killed',
    rightWithinMs: 100_000,
    dialledWithinMs: 30_000,
    aftermathMs: 60_000,
    whole: { calls: 3_000, strikes: 10_000 },
    perSecond: 20,
    mix: 'busy',
    settings: { worker: { NODE_OPTIONS: COLLECTING } },
    mayBeUnseen: 0.01,
    mayBeNotRung: 0.01,
    strike: async (stage, { strikes: phones }) => {
      const [victim, survivor] = stage.workers();
      if (victim === undefined || survivor === undefined) throw new Error('there are no two workers');
      const before = await liveMegabytes(stage, survivor);
      const ringing: Promise<string>[] = [];
      for (let n = 0; n < phones; n++) {
        ringing.push(stage.traffic.one('006', { timeout: RING_FOR_MS, extension: 'for1' }));
        await seconds(1 / 150);
      }
      await Promise.all(ringing);
      const live = (): boolean => stage.simulator.liveChannels() >= 0.95 * phones;
      await until(stage, 'all were ringing', live, 80);
      await victim.kill();
      await until(stage, 'the slot was adopted', () => stage.adoptions.length > 0, 25);
      const more = (await liveMegabytes(stage, survivor)) - before;
      const what = `live memory of a worker with ${String(phones)} ringing phones, beyond that with none`;
      stage.measures.push({ what, value: more, goal: 40, unit: 'MB' });
      if (!live()) stage.complain('phones had stopped ringing when the memory was measured');
    },
  },
  {
    id: 'R39',
    title: 'behind a backlog of a million waiting calls',
    whole: { calls: 200, strikes: 1_000_000 },
    perSecond: 20,
    strike: async (stage, { calls, strikes }) => {
      await seconds(calls / 20 + 3);
      const calm = { lists: await listTimes(stage), posts: stage.client.answers.length };
      await during(stage, () => writeBacklog(stage, strikes));
      const backThen = Date.now();
      const [lists] = await Promise.all([listTimes(stage), stage.traffic.flow(calls, 20, 'mixed')]);
      await seconds(3);
      const times = stage.client.answers.map(({ tookMs }) => tookMs);
      const waits = dialWaits(stage);
      stage.measures.push(
        atMostTwice('GET /calls behind the backlog', calm.lists, lists),
        atMostTwice('POST behind the backlog', times.slice(0, calm.posts), times.slice(calm.posts)),
        atMostTwice('from acceptance to dial behind the backlog', waits.before(backThen), waits.since(backThen)),
      );
      await during(stage, () => removeBacklog(stage, strikes));
    },
  },
];

/** Longer than it takes to call them all, to adopt them, and to see the memory. */
const RING_FOR_MS = 150_000;

/** What a worker holds after its next collection, in megabytes. */
async function liveMegabytes(stage: Stage, { memory }: WorkerProcess): Promise<number> {
  const before = memory.collections();
  const collected = (): boolean => memory.collections() > before;
  await until(stage, 'its garbage was collected', collected, COLLECTED_WITHIN_SECONDS);
  return memory.megabytes() ?? 0;
}

async function writeBacklog(stage: Stage, calls: number): Promise<void> {
  const template = await stage.traffic.one('486', { extension: 'for1' });
  for (let there = 0; there < calls; there += SLICE) {
    await stage.sql(
      `INSERT INTO calls (id, user_id, phone_number, context, extension, priority, ring_timeout_ms, expires_at, next_enqueue_at)
       SELECT gen_random_uuid(), user_id, phone_number, context, extension, priority, ring_timeout_ms,
         now() + interval '1 day', now() + interval '1 day'
       FROM calls, generate_series(1, $2::int) WHERE id = $1`,
      [template, SLICE],
    );
  }
}

async function removeBacklog(stage: Stage, calls: number): Promise<void> {
  for (let left = calls; left > 0; left -= SLICE) {
    await stage.sql(
      `DELETE FROM calls WHERE id IN (SELECT id FROM calls WHERE next_enqueue_at > now() + interval '12 hours' LIMIT $1)`,
      [SLICE],
    );
  }
}

/** How long a hundred readings of a user's calls take, one after another, in milliseconds. */
async function listTimes({ client }: Stage): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < LISTS; n++) {
    const since = performance.now();
    await (await client.request('GET', '/calls?limit=50')).arrayBuffer();
    times.push(performance.now() - since);
  }
  return times;
}

/** How long calls waited for their dial: those that were asked for before a moment, and since. */
function dialWaits(stage: Stage) {
  const waits = waitsForDial(stage);
  return {
    before: (then: number) => waits.filter(({ at }) => at < then).map(({ wait }) => wait),
    since: (then: number) => waits.filter(({ at }) => at >= then).map(({ wait }) => wait),
  };
}

async function cancelLater(stage: Stage, call: PlacedCall): Promise<void> {
  if (stage.random() < 0.2) return;
  // Most in the first moments, where everything happens.
  await between(stage, 0, stage.random() < 0.5 ? 0.15 : 5);
  const status = await stage.client.cancel(call);
  if (status !== 202 && status !== 409) stage.complain(`a cancellation was answered ${String(status)}`);
}
