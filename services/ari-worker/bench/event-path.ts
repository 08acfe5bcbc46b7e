/**
 * The event path: from the text of a WebSocket message to the written row, over the product's own handler, against two
 * floors measured in the same run: only parsing the messages, and one conditional UPDATE per event, 64 in flight.
 *
 * It logs as it does for its users, lines of JSON into a file; beside it stands what it would cost without.
 *
 * Prints one JSON line: `{ name, unit, rows: [{ name, perSecond, cpuMicros, postgresMicros }], ratios: [{ name, value, goal
 * }] }`; see measure.ts.
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { openDatabase } from '@dialgate/database';
import type { Call } from '@dialgate/domain';
import { openOriginateProducer } from '@dialgate/redis';
import { openLog, silentLog, type Logger } from '@dialgate/service-kit';
import { createTestDatabase, createUser, eventually, FOLLOWING, someNewCall, testRedis } from '@dialgate/testing';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { parseAriEvent, type AriEvent } from '../src/ari/events.js';
import { createContinueCall } from '../src/events/continue-call.js';
import { createFollowedCalls } from '../src/events/followed-calls.js';
import { createInTimeAt, createLateness } from '../src/ari/lateness.js';
import { createKeepResults } from '../src/events/keep-results.js';
import { createFollowEvents } from '../src/events/follow-events.js';
import { createHeldSlots } from '../src/slots/held-slots.js';
import { createSerializeByKey } from '../src/events/serialize-by-key.js';
import { createApplyEvent } from '../src/events/apply-event.js';
import { createLostDials } from '../src/events/lost-dials.js';
import { createPendingWrites } from '../src/events/pending-writes.js';
import { bestOfTwo, createMeasure, report, type Measured } from './measure.js';

const CALLS = Number(process.env.BENCH_CALLS ?? 5_000);
const EVENTS_PER_CALL = 4;
const MAX_UNDER_WAY = 2_000;
const FLOOR_IN_FLIGHT = 64;

const testDatabase = await createTestDatabase();
const measure = await createMeasure(testDatabase.ownerUrl);
const file = logFile();
const log = openLog({ service: 'ari-worker', level: 'info', fullNumbers: false, stream: file.stream });
const { url: redisUrl, prefix } = testRedis();
const producer = openOriginateProducer({ redisUrl, prefix, log: silentLog });
await eventually(producer.ready);
const database = openDatabase({
  url: testDatabase.url,
  applicationName: 'bench',
  poolSize: 8,
  onEntries: producer.announceEntries, // As the worker does, for whoever follows the timeline.
});
const userId = await createUser(database);
const lease = await database.slots.acquire({ asterisk: 'bench', appPrefix: 'bench', owner: uuidv7(), holder: 'bench' });
const renewing = setInterval(() => void database.slots.renew(lease, FOLLOWING), 1_000);

// Warm up on a small set, then measure each once: floor, product, floor, product.
await productPath('warm-up', log, await dialedCalls(500));
await singleUpdates(await dialedCalls(200));
const rows = await bestOfTwo(
  async () =>
    [
      await parseOnly(await dialedCalls(CALLS)),
      await singleUpdates(await dialedCalls(Math.ceil(CALLS / 5))),
      await productPath('product', log, await dialedCalls(CALLS)),
      await productPath('product without a log', silentLog, await dialedCalls(CALLS)),
    ] as const,
);
const [parse, single, product, silent] = rows;
report({
  name: 'event path',
  unit: 'events',
  rows,
  ratios: [
    { name: 'product / one UPDATE per event', value: product.perSecond / single.perSecond, goal: 6 },
    { name: 'product / parse only', value: product.perSecond / parse.perSecond, goal: 0.25 },
    { name: 'CPU of product / without a log', value: product.cpuMicros / silent.cpuMicros, goal: 1.3, atMost: true },
  ],
});
clearInterval(renewing);
await database.close();
await producer.close();
await testDatabase.drop();
file.remove();

/** Written to as Node writes to a standard output that is a file or a pipe: at once, in the middle of everything. */
function logFile(): { readonly stream: Writable; readonly remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'dialgate-bench-'));
  const fd = openSync(join(dir, 'log'), 'w');
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      writeSync(fd, chunk);
      done();
    },
  });
  const remove = (): void => {
    closeSync(fd);
    rmSync(dir, { recursive: true });
  };
  return { stream, remove };
}

/** Calls that were just dialled, as the originate leaves them. */
async function dialedCalls(count: number): Promise<Call[]> {
  const made: Call[] = [];
  while (made.length < count) {
    made.push(...(await Promise.all(Array.from({ length: Math.min(1_000, count - made.length) }, dialedCall))));
  }
  return made;
}

async function dialedCall(): Promise<Call> {
  const created = await database.calls.create(someNewCall({ userId }));
  if (created.outcome === 'key_reused') throw new Error('a key was reused');
  const claimed = await database.calls.claim(created.id, lease, { maxConcurrentCalls: 0, originatePerSecond: 0 });
  if (claimed.outcome !== 'claimed') throw new Error('not claimed');
  await database.calls.permitDial({ callId: created.id, attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch });
  return { ...claimed.call, status: 'dialing', dialSentAt: new Date() };
}

/** What Asterisk says of an answered call, in turns over all calls, as texts of the size it sends. */
function messages(calls: readonly Call[]): string[] {
  const template = (id: string, state: string) => ({
    id,
    name: 'PJSIP/trunk-000001b1',
    state,
    protocol_id: 'd920fa2e-7adb-40a0-ac7b-6176f21af1e8',
    caller: { name: '', number: '' },
    connected: { name: 'Gateway', number: '33900000000' },
    accountcode: '',
    dialplan: { context: 'from-trunk', exten: 's', priority: 1, app_name: 'Stasis', app_data: lease.app },
    creationtime: '2026-11-22T08:28:32.123+0000',
    language: 'en',
  });
  const common = {
    timestamp: '2026-11-22T08:28:33.030+0000',
    asterisk_id: '02:fc:00:00:00:01',
    application: lease.app,
  };
  const of = (call: Call): object[] => {
    const id = call.channelId ?? '';
    return [
      { type: 'Dial', ...common, dialstatus: 'RINGING', forward: '', dialstring: '', peer: template(id, 'Ringing') },
      { type: 'ChannelStateChange', ...common, channel: template(id, 'Up') },
      { type: 'ChannelHangupRequest', ...common, cause: 16, channel: template(id, 'Up') },
      { type: 'ChannelDestroyed', ...common, cause: 16, cause_txt: 'Normal Clearing', channel: template(id, 'Up') },
    ];
  };
  const perCall = calls.map(of);
  return Array.from({ length: EVENTS_PER_CALL }, (_, n) => perCall.map((events) => JSON.stringify(events[n]))).flat();
}

async function parseOnly(calls: readonly Call[]): Promise<Measured> {
  const texts = messages(calls);
  let seen = 0;
  return measure('parse only', texts.length, async () => {
    for (const text of texts) if (parseAriEvent(text) !== null) seen++;
    if (seen !== texts.length) throw new Error('an event was not read');
    return Promise.resolve();
  });
}

async function singleUpdates(calls: readonly Call[]): Promise<Measured> {
  const pool = new pg.Pool({ connectionString: testDatabase.url, max: 8 });
  const texts = messages(calls);
  const statuses: Record<string, [from: string, to: string]> = {
    Dial: ['dialing', 'ringing'],
    ChannelStateChange: ['ringing', 'answered'],
    ChannelHangupRequest: ['answered', 'answered'],
    ChannelDestroyed: ['answered', 'completed'],
  };
  const update = async (text: string): Promise<void> => {
    const event = JSON.parse(text) as AriEvent;
    const id = ('peer' in event ? event.peer : 'channel' in event ? event.channel : { id: '' }).id;
    const [from, to] = statuses[event.type] ?? ['', ''];
    await pool.query(
      `UPDATE calls SET status = $3, ended_at = CASE WHEN $3 = 'completed'::call_status THEN now() END
       WHERE id = $1 AND status = $2::call_status AND attempt = 1`,
      [id.slice(0, 36), from, to],
    );
  };
  const measured = await measure('one UPDATE per event', texts.length, async () => {
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let text = texts[next++]; text !== undefined; text = texts[next++]) await update(text);
    };
    await Promise.all(Array.from({ length: FLOOR_IN_FLIGHT }, lane));
  });
  await pool.end();
  return measured;
}

async function productPath(name: string, log: Logger, calls: readonly Call[]): Promise<Measured> {
  const texts = messages(calls);
  const held = createHeldSlots();
  held.add({ lease, requireReconcile: () => undefined });
  const followed = createFollowedCalls(database.calls, held);
  for (const call of calls) followed.learn(call);
  const order = createSerializeByKey();
  const pendingWrites = createPendingWrites({ order, onMadeRoom: () => undefined, log });
  const ari = {
    continueInDialplan: () => Promise.resolve({ kind: 'ok', status: 204, body: null } as const),
    channel: () => Promise.resolve({ kind: 'unknown', why: 'not asked' } as const),
    hangUp: () => Promise.resolve({ kind: 'ok', status: 204, body: null } as const),
  };
  const lostDials = createLostDials({ calls: database.calls, held, log });
  const applyEvent = createApplyEvent({ calls: database.calls, held, lostDials, log });
  const continueCall = createContinueCall({ ari, calls: database.calls, followed, held, pendingWrites, log });
  const inTimeAt = createInTimeAt(createLateness());
  const shared = { calls: database.calls, followed, pendingWrites, inTimeAt, log };
  const handle = createFollowEvents({
    ari,
    followed,
    pendingWrites,
    applyEvent,
    continueCall,
    keepResults: createKeepResults({ ...shared, variables: [] }),
    inTimeAt,
    log,
  });

  const openedAt = performance.now();
  const measured = await measure(name, texts.length, async () => {
    for (const text of texts) {
      const event = parseAriEvent(text);
      if (event !== null) handle(event, openedAt);
      if (order.pending() >= MAX_UNDER_WAY) {
        // The socket would be read no further; let what was heard be written.
        while (order.pending() > MAX_UNDER_WAY / 2) await new Promise((resolve) => setImmediate(resolve));
      }
    }
    await order.idle();
  });
  const after = await database.calls.findAll(calls.map(({ id }) => id));
  if ([...after.values()].some(({ status }) => status !== 'completed')) throw new Error('a call did not end');
  return measured;
}
