import { mkdtemp, chmod, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startAsteriskSimulator } from '@dialgate/asterisk-simulator';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { freePort, startPostgres, startRedis, startService, type Service } from '../src/index.js';
import { privatePostgresUrl } from '../src/postgres.js';

const pathOf = (file: string): string => fileURLToPath(new URL(`../../../../${file}`, import.meta.url));
/** Against hanging only. */
const LONG_MS = 120_000;
const PASSWORD = 'four tins of apricots';

type Server = 'postgres' | 'migrations' | 'redis' | 'asterisk';

describe('the API and the worker, started before anything else', function () {
  this.timeout(4 * LONG_MS);

  for (const order of [
    ['postgres', 'migrations', 'redis', 'asterisk'],
    ['asterisk', 'redis', 'postgres', 'migrations'],
    ['redis', 'postgres', 'asterisk', 'migrations'],
  ] satisfies Server[][]) {
    it(`get to work by themselves when these come up: ${order.join(', ')}`, async () => {
      const directory = await mkdtemp(join(tmpdir(), 'any-order-'));
      await chmod(directory, 0o755);
      const [api, postgres, redis, asterisk] = [await freePort(), await freePort(), await freePort(), await freePort()];
      const settings = { dir: directory, log: () => undefined, searchPath: process.env.PATH };
      // Its password is kept: what it is can be known before it is up.
      const first = await startRedis({ ...settings, cache: join(homedir(), '.cache', 'dialgate'), port: redis });
      await first.stop();
      const common = {
        PATH: process.env.PATH,
        DATABASE_URL: privatePostgresUrl(directory, postgres),
        REDIS_URL: first.url,
      };
      const complaints: string[] = [];
      const log = (line: string): void => {
        if (/"level":"(warn|error)"/.test(line)) complaints.push(line);
      };
      const stops: (() => Promise<unknown>)[] = [];
      const running: Service[] = [];
      const bringUp: Record<Server, () => Promise<unknown>> = {
        postgres: async () => {
          const server = await startPostgres({ ...settings, port: postgres });
          stops.push(() => server.stop());
        },
        redis: async () => {
          const server = await startRedis({ ...settings, port: redis });
          stops.push(() => server.stop());
        },
        asterisk: async () => {
          const simulator = await startAsteriskSimulator({
            username: 'gateway',
            password: 'simulated',
            port: asterisk,
            speed: 10,
          });
          stops.push(() => simulator.close());
        },
        migrations: async () => {
          const setup = await startService('setup', {
            entry: pathOf('packages/accounts/dist/setup/main.js'),
            env: { ...common, SEED_ADMIN_PASSWORD: PASSWORD },
            log,
          });
          expect((await setup.exited).code, setup.lastLines().join('\n')).to.equal(0);
        },
      };

      try {
        running.push(
          await startService('api', {
            entry: pathOf('services/api/dist/main.js'),
            env: { ...common, HOST: '127.0.0.1', PORT: String(api), SECRET_KEY: randomBytes(32).toString('hex') },
            log,
            ready: (line) => line.includes('HTTP server listening'),
          }),
          await startService('ari-worker', {
            entry: pathOf('services/ari-worker/dist/main.js'),
            env: {
              ...common,
              ARI_HTTP_URL: `http://127.0.0.1:${String(asterisk)}/ari`,
              ARI_USERNAME: 'gateway',
              ARI_PASSWORD: 'simulated',
              DRAIN_SECONDS: '0',
            },
            log,
            // The worker looks at Redis first and goes on without it: from here on it waits for PostgreSQL.
            ready: (line) => line.includes('maxmemory-policy not known yet'),
          }),
        );
        for (const server of order) await bringUp[server]();

        const url = `http://127.0.0.1:${String(api)}/api/v2`;
        const token = await eventually(async () => {
          const body = new URLSearchParams({ username: 'admin', password: PASSWORD });
          const answer = await fetch(`${url}/token`, { method: 'POST', body });
          return answer.ok ? ((await answer.json()) as { access_token: string }).access_token : null;
        }, LONG_MS);
        const headers = { authorization: `Bearer ${token}` };
        const placed = await fetch(`${url}/interaction/%2B33100000486`, { method: 'POST', headers });
        expect(placed.status).to.equal(202);
        const { call_id: id } = (await placed.json()) as { call_id: string };
        await eventually(async () => {
          const view = (await (await fetch(`${url}/status/${id}`, { headers })).json()) as { status: string };
          return view.status === 'busy';
        }, LONG_MS);

        for (const service of running) expect(service.exit(), service.lastLines().join('\n')).to.equal(null);
        // One line per connection and outage, not one per try.
        expect(complaints.length, complaints.join('\n')).to.be.at.most(20);
        expect(complaints.filter((line) => line.includes('"level":"error"'))).to.deep.equal([]);
      } finally {
        for (const service of running) await service.stop();
        for (const stop of stops.reverse()) await stop();
        await rm(directory, { recursive: true, force: true });
      }
    });
  }
});
