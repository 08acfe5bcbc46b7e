import { connect, type Socket } from 'node:net';
import {
  API_PROGRAM,
  cpuMicrosOf,
  createTestDatabase,
  createUser,
  depth,
  eventually,
  liveBytes,
  portOf,
  runProgram,
  TELLS_LIVE_MEMORY,
  testRedis,
  type Program,
  type TestDatabase,
} from '@dialgate/testing';
import { expect } from 'chai';
import { signingKey } from '../../src/auth/secret-key.js';
import { createTokens } from '../../src/auth/tokens.js';
import { exchange, SECRET_KEY } from '../api.js';
import { malformedRequests, statusOf } from './malformed.js';

const MB = 1_048_576;

/** Against hanging only. */
const WAIT_MS = 90_000;

/** So many equal rounds of malformed requests may pass until one leaves the live memory as it was: a leak grows in each of them. */
const MOST_ROUNDS = 10;

/**
 * What a request that leaks would leave, in bytes: a socket, an entry of a map with its text, a listener. What V8 learns of the code
 * is below it once the code is warm: 28 to 92 bytes a request over 24,000 of them; what it forgets at once makes a round negative.
 */
const LEAK = 256;

/** What /health may cost more where ten times as many connections are held; in proportion to them it would be ten times as much. */
const DEARER = 5;

/** So many answers cost far more than the 10 ms in which the kernel counts. */
const ANSWERS = 100;

/** The API as operators run it, so that its memory and its log are its own. */
describe('the API in a flood', function () {
  this.timeout(900_000);
  let tables: TestDatabase;
  let api: Program;
  let port: number;
  let token: string;
  let sockets: Socket[];
  before(async () => {
    tables = await createTestDatabase();
    const redis = testRedis();
    api = runProgram(API_PROGRAM, {
      DATABASE_URL: tables.url,
      REDIS_URL: redis.url,
      QUEUE_PREFIX: redis.prefix,
      SECRET_KEY,
      PORT: '0',
      NODE_OPTIONS: TELLS_LIVE_MEMORY,
      RATE_LIMIT_REQUESTS: '0',
    });
    port = await portOf(api);
    const { issue } = createTokens({ key: signingKey(SECRET_KEY), expiresInSeconds: 3_600 });
    token = issue({ id: await createUser(tables.database), tokenVersion: 0 });
    await eventually(async () => (await exchange(port, 'GET', '/health/ready', {})).status === 200, WAIT_MS);
    // Whose token it is has connections of its own, which are not up with the others.
    const headers = { authorization: `Bearer ${token}` };
    await eventually(async () => (await exchange(port, 'GET', '/api/v2/calls', { headers })).status === 200, WAIT_MS);
  });
  beforeEach(() => (sockets = []));
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
  });
  after(async () => {
    api.child.kill('SIGKILL');
    await api.exitCode;
    await tables.drop();
  });

  /** Holds what was done against a goal for memory, and returns a sentence of it. */
  async function grownSince(before: number, goalMb: number): Promise<string> {
    const grown = Math.max(0, (await liveBytes(api)) - before) / MB;
    expect(grown).to.be.lessThan(goalMb);
    return `live memory +${grown.toFixed(1)} MB; goal +${goalMb.toFixed(0)}`;
  }

  function open(text: string): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.off('error', reject);
        socket.on('error', () => undefined);
        socket.write(text);
        resolve(socket);
      });
      socket.once('error', reject);
      sockets.push(socket);
    });
  }

  /** The answer's head, and whether the connection was closed. */
  async function hears(socket: Socket): Promise<string> {
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard = (heard + chunk.toString('latin1')).slice(0, 2_000)));
    await new Promise((resolve) => socket.once('close', resolve));
    return heard;
  }

  const health = () => exchange(port, 'GET', '/health', {});

  it('of malformed requests has no error of its own, keeps its memory, and does not fill its log (S11)', async () => {
    const requests = depth({ quick: 1_500, deep: 10_000 });
    const next = malformedRequests(11);
    const statuses = new Map<number, number>();
    async function sendAll(count: number): Promise<void> {
      let sent = 0;
      async function sendSome(): Promise<void> {
        while (sent < count) {
          sent += 1;
          const malformed = next();
          const authorization = sent % 3 === 0 ? {} : { authorization: `Bearer ${token}` };
          const status = await statusOf(port, { ...malformed, headers: { ...authorization, ...malformed.headers } });
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }
      await Promise.all(Array.from({ length: 8 }, sendSome));
    }
    const round = requests / 2;
    await sendAll(round); // Until then its memory grows to what any load takes.
    const logged = api.said().length;
    const left: number[] = [];
    let memory = await liveBytes(api);
    while (left.length < MOST_ROUNDS && !(Math.abs(left.at(-1) ?? Infinity) < LEAK)) {
      await sendAll(round);
      const now = await liveBytes(api);
      left.push((now - memory) / round);
      memory = now;
    }
    const sent = left.length * round;
    const said = api.said().slice(logged);
    const logBytes = said.length / sent;
    const ofErrors = said.split('\n').filter((line) => line.includes('"level":"error"'));
    const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
    console.log(
      `      S11: ${sent} requests, ${counts.join(', ')}; live memory ${(memory / MB).toFixed(1)} MB; a request left ` +
        `${left.map((bytes) => bytes.toFixed(0)).join(', ')} bytes of it in each round of ${round}; ${Math.round(logBytes)} bytes of log a request`,
    );
    expect(Math.abs(left.at(-1) ?? Infinity), 'memory grows on and on').to.be.lessThan(LEAK);
    expect(ofErrors).to.deep.equal([]);
    expect([...statuses.keys()].filter((status) => status >= 500 && status !== 503)).to.deep.equal([]);
    expect(statuses.get(503) ?? 0).to.equal(0);
    expect(logBytes).to.be.lessThan(400);
    expect((await health()).status).to.equal(200);
  });

  describe('of bodies', () => {
    const head = (more: string, path = '/api/v2/calls') =>
      `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n${more}\r\n\r\n`;

    it('refuses what is too long, compressed or not UTF-8, and takes none of it in (S12)', async () => {
      const memory = await liveBytes(api);
      const statuses = [];
      for (const [raw, headers] of [
        [`"${'x'.repeat(65_535)}"`, {}],
        [Buffer.alloc(1_000, 0x1f), { 'content-encoding': 'gzip' }],
        ['{}', { 'content-type': 'application/json; charset=latin1' }],
      ] as const) {
        const answer = await exchange(port, 'POST', '/api/v2/calls', {
          raw,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        });
        statuses.push(answer.status);
      }
      expect(statuses).to.deep.equal([413, 415, 415]);

      // Says that it brings 100 MB: it need not begin, on any path, with a token or without.
      for (const path of ['/api/v2/calls', '/api/v2/token', '/nothing']) {
        const heard = await hears(await open(head(`Content-Length: ${100 * MB}`, path)));
        expect(heard, path)
          .to.match(/^HTTP\/1\.1 413 /)
          .and.to.match(/\r\nConnection: close\r\n/i);
      }

      // Does not say it: after a megabyte the connection is gone.
      let sent = 0;
      const socket = await open(head('Transfer-Encoding: chunked'));
      const gone = hears(socket);
      const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 0x20), Buffer.from('\r\n')]);
      while (sent < 100 * MB && !socket.destroyed) {
        sent += 65_536;
        if (!socket.write(chunk)) await Promise.race([gone, new Promise((resolve) => socket.once('drain', resolve))]);
      }
      await gone;
      console.log(
        `      S12: of 100 MB in chunks ${(sent / MB).toFixed(1)} MB were sent until the end; ${await grownSince(memory, 20)}`,
      );
      expect(sent).to.be.lessThan(50 * MB);
    });
  });

  it('of 500 slow writers and 500 slow readers still says how it is, and cuts the writers off (S13)', async () => {
    const each = depth({ quick: 100, deep: 500 });
    const memory = await liveBytes(api);
    const began = performance.now();
    let firstCut: number | undefined;
    const times: number[] = [];
    /** Holds so many of both kinds. @returns what an answer then costs the API on the processor, in milliseconds. */
    async function hold(count: number): Promise<number> {
      for (let i = 0; i < count; i++) await openSlowPair();
      for (let i = 0; i < ANSWERS; i++) await look(); // By then it has done what opening them takes.
      const before = cpuMicrosOf(api.child.pid ?? 0);
      for (let i = 0; i < ANSWERS; i++) await look();
      return (cpuMicrosOf(api.child.pid ?? 0) - before) / 1_000 / ANSWERS;
    }
    async function look(): Promise<void> {
      const answer = await health();
      expect(answer.status).to.equal(200);
      times.push(answer.tookMs);
    }
    async function openSlowPair(): Promise<void> {
      const writer = await open('POST /api/v2/calls HTTP/1.1\r\nHost: x\r\nX-Slow: ');
      writer.resume().once('close', () => (firstCut ??= performance.now()));
      const reader = await open('GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n');
      reader.pause();
    }
    const few = await hold(each / 10);
    const many = await hold(each - each / 10);
    while (firstCut === undefined && performance.now() - began < WAIT_MS) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, 100)); // Between two looks; nothing is waited for.
    }
    const p50 = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
    console.log(
      `      S13: ${each} writers and ${each} readers: /health p50 ${p50.toFixed(1)} ms of ${times.length}; goal 50 ms; ` +
        `CPU an answer ${few.toFixed(1)} ms beside a tenth of them, ${many.toFixed(1)} ms beside all; ` +
        `first writer cut after ${(((firstCut ?? Infinity) - began) / 1_000).toFixed(1)} s; goal 15 s; ${await grownSince(memory, 200)}`,
    );
    expect(firstCut).not.to.equal(undefined);
    expect(few).to.be.greaterThan(0);
    expect(many / few).to.be.lessThan(DEARER);
  });
});
