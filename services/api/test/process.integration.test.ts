import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { PASSWORD, SECRET_KEY } from './api.js';

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));

interface Run {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly exitCode: Promise<number | null>;
}

/** Runs a script with this environment and nothing else. */
function run(script: string, environment: Record<string, string>): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=source', pathOf(script)], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, said: () => said, exitCode: once(child, 'close').then(([code]) => code as number | null) };
}

describe('the API as a process', function () {
  this.timeout(20_000);

  it('lists everything that is missing and exits with 1', async () => {
    const { exitCode, said } = run('../src/main.ts', { PORT: 'eight', SECRET_KEY: 'hunter2' });
    expect(await exitCode).to.equal(1);
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'SECRET_KEY', 'PORT']) expect(said()).to.include(name);
    expect(said()).not.to.include('hunter2');
  });

  it('starts with PostgreSQL and Redis away, and stops at SIGTERM with 0', async () => {
    const { child, exitCode, said } = run('../src/main.ts', {
      DATABASE_URL: 'postgresql://x@127.0.0.1:1/x',
      REDIS_URL: 'redis://127.0.0.1:1',
      SECRET_KEY,
      PORT: '0',
      HOST: '127.0.0.1',
    });
    const port = await eventually(() => /"HTTP server listening".*?"port":(\d+)/.exec(said())?.[1], 15_000);
    const answer = await fetch(`http://127.0.0.1:${port}/health/live`);
    expect(answer.status).to.equal(200);
    child.kill('SIGTERM');
    expect(await exitCode).to.equal(0);
    expect(said()).to.include('Service stopped');
  });

  it('says which port is taken and exits with 1', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    try {
      const { exitCode, said } = run('../src/main.ts', {
        DATABASE_URL: 'postgresql://x@127.0.0.1:1/x',
        REDIS_URL: 'redis://127.0.0.1:1',
        SECRET_KEY,
        PORT: String(port),
        HOST: '127.0.0.1',
      });
      expect(await exitCode).to.equal(1);
      expect(said()).to.include('EADDRINUSE').and.to.include(String(port));
    } finally {
      server.close();
    }
  });
});

describe('seeding', function () {
  this.timeout(20_000);
  const SEED = '../../../prisma/seed.ts';

  it('creates the admin, and afterwards only changes the password', async () => {
    const tables = await createTestDatabase();
    try {
      for (const [password, done] of [
        [PASSWORD, 'created'],
        [`${PASSWORD} twice`, 'updated'],
      ] as const) {
        const { exitCode, said } = run(SEED, {
          DATABASE_URL: tables.url,
          SEED_ADMIN_PASSWORD: password,
          NODE_ENV: 'production',
        });
        expect(await exitCode, said()).to.equal(0);
        expect(said()).to.include(`The admin admin was ${done}`).and.not.to.include(password);
      }
      const users = await tables.sql('SELECT username, role::text FROM users');
      expect(users).to.deep.equal([{ username: 'admin', role: 'admin' }]);
    } finally {
      await tables.drop();
    }
  });

  it('refuses a missing password, and a weak one in production', async () => {
    const url = 'postgresql://x@127.0.0.1:1/x';
    const none = run(SEED, { DATABASE_URL: url });
    expect(await none.exitCode).to.equal(1);
    expect(none.said()).to.include('SEED_ADMIN_PASSWORD is not set');
    const weak = run(SEED, { DATABASE_URL: url, SEED_ADMIN_PASSWORD: 'password123!', NODE_ENV: 'production' });
    expect(await weak.exitCode).to.equal(1);
    expect(weak.said()).to.include('too weak').and.not.to.include('password123!');
  });

  it('warns of a weak password elsewhere', async () => {
    const tables = await createTestDatabase();
    try {
      const { exitCode, said } = run(SEED, { DATABASE_URL: tables.url, SEED_ADMIN_PASSWORD: 'short' });
      expect(await exitCode).to.equal(0);
      expect(said()).to.include('Warning').and.to.include('was created');
    } finally {
      await tables.drop();
    }
  });
});
