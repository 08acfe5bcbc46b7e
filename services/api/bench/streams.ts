/**
 * Open streams: by how much the memory of one API process grows with a thousand of them, each of a user's calls, when each has been
 * handed a hundred entries and reads them.
 *
 * Prints one JSON line: `{ name, unit, rows: [], ratios: [{ name, value, goal, atMost }] }`.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { hashPassword } from '@dialgate/accounts';
import {
  API_PROGRAM,
  createTestDatabase,
  eventually,
  OPEN_LIMITS,
  portOf,
  runProgram,
  someNewCall,
  testRedis,
} from '@dialgate/testing';

const STREAMS = 1_000;
const ENTRIES = 100;
const GOAL_KB = 128;

const tables = await createTestDatabase();
const redis = testRedis();
const password = randomBytes(12).toString('hex');
await tables.database.users.save({ username: 'bench', passwordHash: await hashPassword(password), role: 'operator' });
const user = await tables.database.users.findByUsername('bench');
const api = runProgram(API_PROGRAM, {
  DATABASE_URL: tables.url,
  REDIS_URL: redis.url,
  QUEUE_PREFIX: redis.prefix,
  SECRET_KEY: randomBytes(32).toString('hex'),
  HOST: '127.0.0.1',
  PORT: '0',
  USER_MAX_STREAMS: '0',
  ...OPEN_LIMITS,
});
const port = await portOf(api);
const login = await fetch(`http://127.0.0.1:${port}/api/v2/token`, {
  method: 'POST',
  body: new URLSearchParams({ username: 'bench', password }),
});
const { access_token: token } = (await login.json()) as { access_token: string };
let received = 0;

function open(): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const sent = request({ host: '127.0.0.1', port, path: '/api/v2/stream', agent: false, headers });
    sent.once('error', reject);
    sent.once('response', (response) => {
      response.setEncoding('utf8').on('data', (piece: string) => (received += piece.split('\nid: ').length - 1));
      response.on('error', () => undefined);
      resolve(response);
    });
    sent.end();
  });
}

const memoryKb = (): number => {
  const status = readFileSync(`/proc/${String(api.child.pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
};

(await open()).destroy(); // What is loaded with the first belongs to no stream.
const before = memoryKb();
const streams: IncomingMessage[] = [];
while (streams.length < STREAMS) streams.push(...(await Promise.all(Array.from({ length: 20 }, open))));
const call = someNewCall({ userId: user?.id ?? '' });
await tables.database.calls.create(call);
await tables.sql(
  `INSERT INTO call_events (call_id, event, source) SELECT $1, 'n' || n, 'worker' FROM generate_series(1, $2::int) AS n`,
  [call.id, ENTRIES],
);
await eventually(() => received >= STREAMS * ENTRIES, 120_000);
const after = memoryKb();

for (const stream of streams) stream.destroy();
api.child.kill('SIGTERM');
await api.exitCode;
await tables.drop();
console.log(
  JSON.stringify({
    name: `Live streams: ${STREAMS} open on one API process (${Math.round(before / 1_024)} MB before, ${Math.round(after / 1_024)} MB with them)`,
    unit: 'stream',
    rows: [],
    ratios: [{ name: 'memory for each stream, in KB', value: (after - before) / STREAMS, goal: GOAL_KB, atMost: true }],
  }),
);
process.exit();
