/**
 * Reconciling: what a slot costs that is one of a hundred on an Asterisk with 10,000 channels, in rows read of PostgreSQL, in bytes
 * and requests of Asterisk, and in CPU. The floor, measured in the same run, is the former rule, by which each slot listed all channels
 * every time: so does a new slot still.
 *
 * Prints one JSON line: `{ name, unit, rows: [{ name, perSecond, cpuMicros, postgresMicros }], ratios: [{ name, value, goal
 * }] }`; see measure.ts.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { openDatabase } from '@dialgate/database';
import { silentLog as log } from '@dialgate/service-kit';
import { createTestDatabase } from '@dialgate/testing';
import { openAriClient } from '../src/ari/client.js';
import { createApplyEvent } from '../src/events/apply-event.js';
import { createFollowedCalls } from '../src/events/followed-calls.js';
import { createLostDials } from '../src/events/lost-dials.js';
import { createSerializeByKey } from '../src/events/serialize-by-key.js';
import { createReconcile } from '../src/reconcile/reconcile.js';
import { createHeldSlots } from '../src/slots/held-slots.js';
import { bestOfTwo, createMeasure, report, type Measured } from './measure.js';
import { ringingSlots, startSimulator, type RingingSlot } from './ringing-slots.js';

const SLOTS = 100;
const CALLS_EACH = 100;
const CHANNELS = SLOTS * CALLS_EACH;

/** All hundred take minutes. Each costs the same: these stand for the others, which are there with their channels. */
const RECONCILED = Number(process.env.BENCH_SLOTS ?? 10);

/** Now a slot with so many calls of so many lists in each tenth round: the lists are in the average as often as they are made. */
const ROUNDS = 10;

const testDatabase = await createTestDatabase();
const measure = await createMeasure(testDatabase.ownerUrl);
// Patient, for a machine that others use as well.
const patience = { connectTimeoutMs: 60_000, queryTimeoutMs: 60_000 };
const database = openDatabase({ url: testDatabase.url, applicationName: 'bench', poolSize: 8, ...patience });
const access = await startSimulator();
const ari = openAriClient(access);

const read = { rows: 0, requests: 0, bytes: 0 };
subscribe('http.client.response.finish', (message) => {
  const { response } = message as { response: IncomingMessage };
  read.requests++;
  read.bytes += Number(response.headers['content-length'] ?? 0);
});

const numbers = { slots: SLOTS, callsEach: CALLS_EACH };
const all = await ringingSlots({ database, sql: testDatabase.sql }, { access, ari }, numbers);
const slots = all.slice(0, RECONCILED).map((slot) => ({ ...slot, reconcile: reconcileOf(slot) }));

await reconcileAll('warm-up', 1, true);
const rows = await bestOfTwo(
  async () => [await reconcileAll('before', 1, true), await reconcileAll('now', ROUNDS, false)] as const,
);
const [before, now] = rows;
if (now.read.rows * ROUNDS !== CHANNELS + (ROUNDS - 1) * CALLS_EACH)
  throw new Error(`not one list in ${ROUNDS} rounds`);
report({
  name: 'reconcile',
  unit: 'slots',
  rows: rows.map((row) => ({ ...row, name: `${row.name}: ${figures(row.read)}` })),
  ratios: [
    { name: 'CPU of the worker, now / before', value: now.cpuMicros / before.cpuMicros, goal: 0.3, atMost: true },
    { name: 'rows read, now / before', value: now.read.rows / before.read.rows, goal: 0.12, atMost: true },
    { name: 'bytes read, now / before', value: now.read.bytes / before.read.bytes, goal: 0.12, atMost: true },
  ],
});
for (const { stream } of all) stream.close();
ari.close();
await database.close();
await testDatabase.drop();
process.exit();

/** With what a worker of the slot's own would have: it follows no other slot's calls. */
function reconcileOf({ lease, calls: ringing }: RingingSlot) {
  const { calls: real } = database;
  const calls: typeof real = {
    ...real,
    openOfSlot: async (slotId) => {
      const open = await real.openOfSlot(slotId);
      read.rows += open.calls.length;
      return open;
    },
    findAll: async (ids) => {
      const found = await real.findAll(ids);
      read.rows += found.size;
      return found;
    },
  };
  const held = createHeldSlots();
  held.add({ lease, requireReconcile: () => undefined });
  const followed = createFollowedCalls(calls, held);
  for (const call of ringing) followed.learn(call);
  const lostDials = createLostDials({ calls, held, log });
  const applyEvent = createApplyEvent({ calls, held, lostDials, log });
  const continueCall = (): Promise<void> => Promise.resolve();
  const order = createSerializeByKey();
  const underWay = new Set<string>();
  return createReconcile({ calls, ari, followed, held, lostDials, order, applyEvent, continueCall, underWay, log });
}

/** @returns what one slot costs in one round, on the average. */
async function reconcileAll(name: string, count: number, isNew: boolean): Promise<Measured & { read: typeof read }> {
  Object.assign(read, { rows: 0, requests: 0, bytes: 0 });
  const each = count * slots.length;
  const measured = await measure(name, each, async () => {
    for (let round = 0; round < count; round++) {
      for (const { lease, stream, reconcile } of slots) {
        const { openCalls, channels, reconcileAgain } = await reconcile(lease, stream.receivedAll, isNew);
        if (openCalls !== CALLS_EACH || channels !== CALLS_EACH || reconcileAgain) throw new Error('a call was lost');
      }
    }
  });
  const perSlot = { rows: read.rows / each, requests: read.requests / each, bytes: read.bytes / each };
  return { ...measured, read: perSlot };
}

function figures({ rows: ofPostgres, requests, bytes }: typeof read): string {
  const [r, kb, q] = [ofPostgres, bytes / 1_000, requests].map((value) => Math.round(value).toLocaleString('en'));
  return `rows ${r}, KB ${kb}, requests ${q}`;
}
