import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CALL_LIMIT_NAMES, requiredTransition, WAITING, type CallLimits } from '@dialgate/domain';
import {
  createTestDatabase,
  createUser,
  eventually,
  patience,
  someNewCall,
  someObservation,
  type TestDatabase,
} from '@dialgate/testing';
import { expect } from 'chai';
import { v7 as uuidv7 } from 'uuid';
import { examineDatabase, openDatabase, openPatientPool, type Database } from '../src/index.js';
import { openSessions } from './sessions.js';

/** Debian has it where only root looks. */
const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin`;

/** What the guide says must stand in pgbouncer.ini. */
const AS_DOCUMENTED = 'ignore_startup_parameters = statement_timeout, idle_in_transaction_session_timeout';

const NO_CALL_LIMITS = Object.fromEntries(CALL_LIMIT_NAMES.map((limit) => [limit, 0])) as CallLimits;
const LIMITS = { maxConcurrentCalls: 10, originatePerSecond: 50 };

describe('a PgBouncer between the services and PostgreSQL', function () {
  this.timeout(patience(60_000));
  let db: TestDatabase;
  const closing: (() => Promise<unknown>)[] = [];

  before(async function () {
    const found = spawn('pgbouncer', ['--version'], { env: { ...process.env, PATH }, stdio: 'ignore' });
    const [code] = (await once(found, 'close').catch(() => [null])) as [number | null];
    db = await createTestDatabase();
    if (code !== 0) this.skip(); // It is not installed.
  });
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });
  after(() => db.drop());

  for (const mode of ['session', 'transaction']) {
    it(`carries a call from its row to its end, under limits, in ${mode} mode`, async () => {
      const url = await startPgBouncer(mode, AS_DOCUMENTED);
      const database = open(url);
      const { calls, slots, webhooks } = database;
      const userId = await createUser(database);
      const lease = await slots.acquire({ asterisk: mode, appPrefix: mode, owner: uuidv7(), holder: 'test' });
      const call = someNewCall({ userId });
      expect(await calls.create(call)).to.include({ outcome: 'created' });
      expect(await calls.claim(call.id, lease, LIMITS)).to.include({ outcome: 'claimed' });
      const token = { attempt: 1, slotId: lease.slotId, slotEpoch: lease.epoch };
      expect(await calls.permitDial({ callId: call.id, ...token })).to.equal(true);
      const end = { type: 'lost', restarted: false } as const;
      const dialing = { ...WAITING, status: 'dialing' } as const;
      expect(await calls.apply(someObservation(call.id, end), requiredTransition(end, dialing), token)).to.equal(true);
      expect((await calls.find(call.id))?.status).to.equal('failed');
      await eventually(async () => (await webhooks.fanOut()).entries === 0);
      expect(await calls.takeSweepTurn('overdue_calls', 0)).to.equal(true);
      expect(await examineDatabase(url, 30_000)).to.include({ kind: 'reached' });
    });

    it(`keeps limits on accepted calls exact in ${mode} mode, where their lock ends with its transaction`, async () => {
      const url = await startPgBouncer(mode, AS_DOCUMENTED);
      const callLimits = { ...NO_CALL_LIMITS, user_open_calls: 3 };
      const both = [open(url, callLimits), open(url, callLimits)];
      const userId = await createUser(db.database);
      const asked = Array.from({ length: 12 }, (_, n) => both[n % 2]!.calls.create(someNewCall({ userId })));
      const answers = await Promise.allSettled(asked);
      expect(answers.filter(({ status }) => status === 'fulfilled')).to.have.lengthOf(3);
    });

    it(`leaves to the role when a statement or an idle transaction ends in ${mode} mode`, async () => {
      await setForRole(`statement_timeout = '500ms'`);
      await setForRole(`idle_in_transaction_session_timeout = '7s'`);
      const url = await startPgBouncer(mode, AS_DOCUMENTED);
      const waits = { connectMs: 30_000, answerMs: 30_000 };
      const pool = openPatientPool(url, { max: 1, statement_timeout: 60_000 }, waits);
      closing.push(() => pool.end());
      const sessions = openSessions(db);
      closing.push(sessions.close);
      const holder = await sessions.hold('holder');
      await holder.sql('LOCK TABLE installation');
      const waiting = pool.query({ text: 'UPDATE installation SET name = name' });
      expect(await waiting.catch((error: unknown) => error)).to.include({ code: '57014' });
      await holder.letGo();
      const idle = `SELECT current_setting('idle_in_transaction_session_timeout') AS most`;
      expect((await pool.query({ text: idle })).rows).to.deep.equal([{ most: '7s' }]);
      await setForRole(`statement_timeout = '60s'`);
    });
  }

  it('refuses the services while it does not ignore what they set when they connect', async () => {
    const url = await startPgBouncer('transaction', '');
    const database = open(url);
    const error: unknown = await database.calls.find(uuidv7()).catch((failure: unknown) => failure);
    expect(error).to.include({ code: 'database_unavailable' });
    expect(await examineDatabase(url, 30_000)).to.deep.equal({ kind: 'refuses_parameters', code: '08P01' });
  });

  it('is not said to refuse what they set when it only has no connection left', async () => {
    const url = await startPgBouncer('session', `${AS_DOCUMENTED}\nmax_client_conn = 1`);
    const first = open(url);
    await first.calls.find(uuidv7());
    expect(await examineDatabase(url, 30_000)).to.deep.equal({ kind: 'not_ready', code: '08P01' });
  });

  /** As the guide says: PgBouncer does not tell PostgreSQL what the services want. */
  async function setForRole(setting: string): Promise<void> {
    const { username, pathname } = new URL(db.url);
    await db.sql(`ALTER ROLE ${username} IN DATABASE ${pathname.slice(1)} SET ${setting}`);
  }

  function open(url: string, callLimits = NO_CALL_LIMITS): Database {
    const patient = { connectTimeoutMs: 30_000, queryTimeoutMs: 30_000 };
    const database = openDatabase({ url, applicationName: 'behind', ...patient, callLimits });
    closing.push(database.close);
    return database;
  }

  /** @returns how to reach the test's database through it. */
  async function startPgBouncer(mode: string, setting: string): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'dialgate-pgbouncer-'));
    closing.push(() => rm(directory, { recursive: true }));
    await chmod(directory, 0o755); // Root's PgBouncer becomes nobody.
    const [port, { hostname, port: serverPort, username, password, pathname }] = [await freePort(), new URL(db.url)];
    const server = `host=${hostname} port=${serverPort || 5432} dbname=${pathname.slice(1)} user=${username} password=${password}`;
    const file = join(directory, 'pgbouncer.ini');
    const settings = ['listen_addr = 127.0.0.1', `listen_port = ${port}`, 'unix_socket_dir =', 'auth_type = any'];
    const pools = [`pool_mode = ${mode}`, 'default_pool_size = 8', setting];
    await writeFile(file, ['[databases]', `behind = ${server}`, '[pgbouncer]', ...settings, ...pools, ''].join('\n'));
    const asNobody = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
    const program = spawn('pgbouncer', [...asNobody, file], { env: { ...process.env, PATH }, stdio: 'ignore' });
    closing.push(() => ended(program));
    const url = `postgresql://anybody@127.0.0.1:${port}/behind`;
    await eventually(() => isListening(port));
    return url;
  }
});

async function ended(program: ChildProcess): Promise<void> {
  const closed = once(program, 'close');
  if (program.kill('SIGKILL')) await closed;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return once(socket, 'connect')
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
}
