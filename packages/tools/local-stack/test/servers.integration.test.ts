import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { freePort, LocalStackError, startPostgres, startRedis, type Postgres, type Way } from '../src/index.js';
import { isAlive } from '../src/process-identity.js';
import { runAs } from '../src/unprivileged-user.js';
import { scratch } from './helpers.js';

const log = (): void => undefined;

async function query({ url }: { url: string }, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql);
  await client.end();
  return rows;
}

async function redisSays({ url }: { url: string }, ...commands: string[]): Promise<string> {
  const { port, password } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = createConnection(Number(port), '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk) => (heard += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(heard));
    socket.end([`AUTH ${password}`, ...commands, 'QUIT', ''].join('\r\n'));
  });
}

const directoryOf = (server: Postgres): string => readlinkSync(`/proc/${String(server.process?.pid)}/cwd`);

describe('a private PostgreSQL', () => {
  const here = scratch();
  after(() => here.remove());

  it('of a checkout that its user cannot enter keeps its data elsewhere, and says where', async function () {
    if (process.getuid?.() !== 0) return this.skip(); // It runs as we do then.
    const barred = join(here.directory, 'home of root');
    mkdirSync(barred, { mode: 0o700 });
    const said: string[] = [];
    const server = await startPostgres({ dir: join(barred, '.local'), log: (line) => said.push(line) });
    const home = dirname(directoryOf(server));
    await server.stop();
    expect(home).to.match(/^\/var\/tmp\/dialgate-/);
    expect(said.join()).to.include(home);
    rmSync(home, { recursive: true });
  });

  it('takes queries as a role that may create databases, and keeps its data from one start to the next', async () => {
    const first = await startPostgres({ dir: here.directory, log });
    await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await query(first, 'CREATE DATABASE another');
    expect(await query(first, 'SELECT current_user AS role, current_database() AS name')).to.deep.equal([
      { role: 'dialgate', name: 'dialgate' },
    ]);
    await first.stop();
    expect(isAlive(first.process!.pid)).to.equal(false);

    const second = await startPostgres({ dir: here.directory, log });
    expect(await query(second, 'SELECT answer FROM kept')).to.deep.equal([{ answer: 42 }]);
    await second.stop();
  });

  it('wants its password, on the loopback address too', async () => {
    const server = await startPostgres({ dir: here.directory, log });
    const url = server.url.replace(/:[^:@]*@/, ':wrong@');
    const error = await query({ url }, 'SELECT 1').catch((reason: unknown) => reason);
    expect(error).to.have.property('code', '28P01');
    await server.stop();
  });

  it('recovers after a kill -9', async () => {
    const first = await startPostgres({ dir: here.directory, log });
    first.process?.kill('SIGKILL');
    await first.process?.exited;
    const second = await startPostgres({ dir: here.directory, log });
    expect(await query(second, 'SELECT answer FROM kept')).to.deep.equal([{ answer: 42 }]);
    await second.stop();
  });

  it('starts although its pid file names a process that is somebody else’s by now', async () => {
    const first = await startPostgres({ dir: here.directory, log });
    const pidFile = join(directoryOf(first), 'postmaster.pid');
    const contents = readFileSync(pidFile, 'utf8');
    await first.stop();
    // PostgreSQL itself believes a number whose process runs as its own user: such a one is what makes it refuse.
    const uid = runAs()?.uid;
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore', ...(uid === undefined ? {} : { uid }) });
    writeFileSync(pidFile, contents.replace(/^\d+/, String(stranger.pid)));

    const second = await startPostgres({ dir: here.directory, log });
    expect(await query(second, 'SELECT answer FROM kept')).to.deep.equal([{ answer: 42 }]);
    expect(isAlive(stranger.pid!)).to.equal(true);
    await second.stop();
    stranger.kill();
  });

  it('ends a server that an earlier run left running on the same data', async () => {
    const left = await startPostgres({ dir: here.directory, log });
    const said: string[] = [];
    const second = await startPostgres({ dir: here.directory, log: (line) => said.push(line) });
    expect(isAlive(left.process!.pid)).to.equal(false);
    expect(said.join()).to.include('left over from an earlier run');
    expect(await query(second, 'SELECT answer FROM kept')).to.deep.equal([{ answer: 42 }]);
    await second.stop();
  });

  for (const way of [undefined, ['embedded']] as (Way[] | undefined)[]) {
    it(`leaves nothing behind when it is ephemeral (${way?.[0] ?? 'the first way that works'})`, async () => {
      const server = await startPostgres({ dir: here.directory, log, ephemeral: true, ways: way });
      const data = directoryOf(server);
      expect(await query(server, 'SHOW fsync')).to.deep.equal([{ fsync: 'off' }]);
      await server.stop();
      expect(existsSync(data)).to.equal(false);
      expect(isAlive(server.process!.pid)).to.equal(false);
    });
  }

  it('comes back at the same port when asked to', async () => {
    const port = await freePort();
    const first = await startPostgres({ dir: here.directory, log, port });
    await first.stop();
    const second = await startPostgres({ dir: here.directory, log, port });
    expect(new URL(second.url).port).to.equal(String(port));
    await second.stop();
  });
});

describe('a PostgreSQL that was given', () => {
  it('is used as it is, and not stopped', async () => {
    const owner = await startPostgres({ dir: '/nonexistent', log, ephemeral: true });
    const given = await startPostgres({ dir: '/nonexistent', log, url: owner.url });
    expect(given.url).to.equal(owner.url);
    await given.stop();
    expect(await query(owner, 'SELECT 1 AS one')).to.deep.equal([{ one: 1 }]);
    await owner.stop();
  });

  it('must answer, and must be one', async () => {
    const refused = (url: string): Promise<unknown> =>
      startPostgres({ dir: '/nonexistent', log, url, limitMs: 300 }).catch((reason: unknown) => reason);
    expect(String(await refused(`postgresql://u:hush@127.0.0.1:${String(await freePort())}/x`)))
      .to.include('DATABASE_URL is set, but no PostgreSQL answers there')
      .and.not.include('hush');

    const web = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((listening) => web.listen(0, '127.0.0.1', listening));
    const { port } = web.address() as AddressInfo;
    const error = await refused(`postgresql://127.0.0.1:${String(port)}/x`);
    expect(error).to.be.instanceOf(LocalStackError);
    expect(String(error)).to.include('something else answers').and.not.include('gave up waiting');
    web.close();
  });

  it('is refused in plain words when nothing works at all', async () => {
    const error = await startPostgres({ dir: '/nonexistent', log, ways: [] }).catch((reason: unknown) => reason);
    expect(String(error)).to.include('apt-get install postgresql');
  });
});

describe('a private Redis', () => {
  const here = scratch();
  after(() => here.remove());

  it('keeps its data from one start to the next, and never evicts', async () => {
    const first = await startRedis({ dir: here.directory, log });
    expect(await redisSays(first, 'SET kept 42', 'CONFIG GET maxmemory-policy')).to.include('noeviction');
    await first.stop();
    expect(isAlive(first.process!.pid)).to.equal(false);

    const second = await startRedis({ dir: here.directory, log });
    expect(await redisSays(second, 'GET kept')).to.include('42');
    second.process?.kill('SIGKILL');
    await second.process?.exited;

    const third = await startRedis({ dir: here.directory, log });
    expect(await redisSays(third, 'GET kept')).to.include('42');
    await third.stop();
  });

  it('leaves nothing behind when it is ephemeral', async () => {
    const server = await startRedis({ dir: here.directory, log, ephemeral: true });
    const home = readlinkSync(`/proc/${String(server.process?.pid)}/cwd`);
    await server.stop();
    expect(existsSync(home)).to.equal(false);
  });

  it('that was given is waited for until it has loaded its data', async () => {
    const replies = ['', '-LOADING Redis is loading the dataset in memory\r\n', '+PONG\r\n'];
    const waking = createServer((socket) => {
      const reply = replies.shift() ?? '';
      socket.on('error', () => undefined);
      if (reply === '') socket.resetAndDestroy();
      else socket.once('data', () => socket.end(reply));
    });
    await new Promise<void>((listening) => waking.listen(0, '127.0.0.1', listening));
    const url = `redis://127.0.0.1:${String((waking.address() as AddressInfo).port)}`;
    expect((await startRedis({ dir: here.directory, log, url })).way).to.equal('given');
    expect(replies).to.deep.equal([]);
    waking.close();
  });

  it('that was given must answer', async () => {
    const url = `redis://:hush@127.0.0.1:${String(await freePort())}`;
    const error = await startRedis({ dir: here.directory, log, url, limitMs: 300 }).catch((reason: unknown) => reason);
    expect(String(error)).to.include('REDIS_URL is set, but no Redis answers there').and.not.include('hush');

    const owner = await startRedis({ dir: here.directory, log, ephemeral: true });
    const given = await startRedis({ dir: here.directory, log, url: owner.url });
    expect(given.process).to.equal(null);
    await owner.stop();
  });
});
