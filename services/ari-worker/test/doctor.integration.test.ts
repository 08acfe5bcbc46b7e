import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { startAsteriskSimulator, type AsteriskSimulator, type SimulatorOptions } from '@dialgate/asterisk-simulator';
import type { Lease } from '@dialgate/database';
import type { SlotConnection } from '@dialgate/domain';
import { askRedis, startThrowawayRedis, type Redis } from '@dialgate/local-stack';
import { openWorkerReports, type WorkerReport, type WorkerReports } from '@dialgate/redis';
import { silentLog } from '@dialgate/service-kit';
import { createTestDatabase, eventually, FOLLOWING, OPEN_POLICY, patience, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { examine } from '../src/doctor/examine.js';
import type { Finding } from '../src/doctor/finding.js';

/** As operators run it: built, beside services that are. */
const MAIN = fileURLToPath(new URL('../dist/doctor/main.js', import.meta.url));

/** No service stands beside it: the settings of services are looked at in tests of their own, as that takes seconds. */
const ALONE = 'file:///nowhere/service/src/doctor/main.ts';

/** Within which an answer comes that comes at all. */
const ANSWER_MS = 5_000;

const SECRETS = {
  ARI_PASSWORD: 'simulator-5e1cad',
  SECRET_KEY: 'Zk7w0Qv2mT9xLr4bNc8yHs1dJf6gPa3e',
};

const NOT_FOUND = { kind: 'answer', status: 404, body: { message: 'Resource not found' } } as const;

describe('doctor', function () {
  this.timeout(60_000);
  let tables: TestDatabase;
  let redis: Redis;
  let simulator: AsteriskSimulator;
  let reports: WorkerReports;
  let lease: Lease;
  /** What the running workers say of themselves. */
  const running = new Map<string, WorkerReport>();

  before(async () => {
    tables = await createTestDatabase();
    redis = await startThrowawayRedis();
    reports = openWorkerReports({ redisUrl: redis.url, prefix: 'doctor', log: silentLog });
  });
  after(async () => {
    reports.close();
    await redis.stop();
    await tables.drop();
  });

  beforeEach(async () => {
    simulator = await startSimulator();
    await tables.sql('UPDATE worker_slots SET lease_until = NULL, owner = NULL');
    lease = await tables.database.slots.acquire({
      asterisk: 'pbx-7:8088',
      appPrefix: 'cc',
      owner: randomUUID(),
      holder: 'host-1',
    });
    await workerIs('connected');
    running.clear();
    running.set('one', report('host-1'));
    await eventually(() => reports.takeBack('nobody').then(() => true));
  });
  afterEach(async () => {
    for (const worker of running.keys()) await reports.takeBack(worker);
    expect(simulator.liveChannels(), 'channels left behind').to.equal(0);
    expect(simulator.ledger.invites().total, 'phones rung').to.equal(0);
    await simulator.close();
  });

  function startSimulator(options: Partial<SimulatorOptions> = {}): Promise<AsteriskSimulator> {
    return startAsteriskSimulator({ username: 'gateway', password: SECRETS.ARI_PASSWORD, speed: 1, ...options });
  }

  /** As a holder renews it, but for an hour: a slow machine may need longer than a lease lasts. */
  async function workerIs(connection: SlotConnection): Promise<void> {
    await tables.database.slots.renew(lease, { ...FOLLOWING, connection });
    await tables.sql(
      `UPDATE worker_slots SET lease_until = now() + interval '1 hour', followed_at = now() + interval '1 hour',
         steady_since = now() - interval '1 hour' WHERE owner IS NOT NULL`,
    );
  }

  function report(holder: string, limits = { maxConcurrentCalls: 30, originatePerSecond: 5 }): WorkerReport {
    const facts = { waiting: 0, oldestSeconds: null, dropped: 0, lastDroppedSecondsAgo: null };
    return { holder, asterisk: 'pbx-7:8088', facts, limits, refusals: null };
  }

  const environment = (): Record<string, string> => ({
    ...OPEN_POLICY,
    ALLOWED_COUNTRIES: 'FR',
    ...SECRETS,
    DATABASE_URL: tables.url,
    REDIS_URL: redis.url,
    QUEUE_PREFIX: 'doctor',
    ARI_HTTP_URL: simulator.ariUrl,
    ARI_USERNAME: 'gateway',
  });

  async function looksAt(wrong: Record<string, string | undefined> = {}, withinMs = ANSWER_MS): Promise<Finding[]> {
    for (const [worker, said] of running) await reports.say(worker, said);
    const given = { ...environment(), ...wrong };
    const findings = await examine(given, ALONE, patience(withinMs));
    const text = JSON.stringify(findings);
    for (const secret of secretsOf(given)) expect(text).not.to.include(secret);
    return findings;
  }

  function secretsOf(given: Record<string, string | undefined>): string[] {
    const inUrls = [given.DATABASE_URL, given.REDIS_URL].flatMap((url) => (url ? new URL(url).password : []));
    return [...inUrls, given.ARI_PASSWORD ?? '', SECRETS.SECRET_KEY].filter((secret) => secret !== '');
  }

  const wrongOf = (findings: readonly Finding[]) =>
    findings.filter(({ verdict }) => verdict === 'wrong').map(({ code }) => code);

  async function finds(wrong: Record<string, string | undefined> = {}, withinMs?: number): Promise<string[]> {
    return wrongOf(await looksAt(wrong, withinMs));
  }

  it('finds nothing wrong where nothing is', async () => {
    const findings = await looksAt();
    expect(findings.filter(({ verdict }) => verdict !== 'ok')).to.deep.equal([]);
    expect(findings.map(({ code }) => code)).to.include.members([
      'database',
      'database_tables',
      'database_privileges',
      'redis_policy',
      'redis_keys',
      'asterisk',
      'asterisk_rights',
      'asterisk_events',
      'dialplan',
      'trunk',
      'clock_asterisk',
      'clock_postgresql',
      'worker',
    ]);
  });

  it('is a program that says it in lines and by its exit code, shows no secret, and has each service check its settings', async () => {
    const weak = 'too-weak-a-key';
    const [good, bad] = await Promise.all([
      runProgram({ ...environment() }),
      runProgram({ ...environment(), SECRET_KEY: weak, ALLOWED_CONTEXTS: 'sales', DIAL_ENDPOINT: 'nonsense' }),
    ]);
    for (const { said } of [good, bad]) {
      for (const secret of [...secretsOf(environment()), weak]) expect(said).not.to.include(secret);
    }
    for (const service of ['api', 'ari-worker', 'webhook-worker']) {
      expect(good.said).to.include(`ok     The settings of ${service} are in order.`);
    }
    expect(bad.exitCode).to.equal(1);
    expect(bad.said)
      .to.match(/^WRONG {2}A setting of api: SECRET_KEY .*\n {7}→ /m)
      .and.match(/^WRONG {2}A setting of ari-worker: ALLOWED_CONTEXTS must contain DEFAULT_CONTEXT/m)
      .and.match(/^WRONG {2}A setting of ari-worker: DIAL_ENDPOINT must look like PJSIP/m)
      .and.match(/^ok {5}PostgreSQL/m);
    expect(good.exitCode, good.said).to.equal(0);
  }).timeout(300_000);

  describe('names what was planted in PostgreSQL:', () => {
    it('nobody answers there', async () => {
      expect(await finds({ DATABASE_URL: 'postgresql://somebody:some-4711@127.0.0.1:1/dialgate' })).to.deep.equal([
        'database_unreachable',
      ]);
    });

    it('another user', async () => {
      const url = new URL(tables.url);
      url.username = `nobody_${randomUUID().slice(0, 8)}`;
      expect(await finds({ DATABASE_URL: url.href })).to.deep.equal(['database_wrong_password']);
    });

    it('no such database', async () => {
      const url = new URL(tables.url);
      url.pathname = `/nothing_${randomUUID().slice(0, 8)}`;
      expect(await finds({ DATABASE_URL: url.href })).to.deep.equal(['database_no_such_database']);
    });

    it('no tables', async () => {
      const url = new URL(tables.url);
      url.pathname = '/postgres';
      expect(await finds({ DATABASE_URL: url.href })).to.deep.equal(['database_no_tables']);
    });

    it('tables of a former version', async () => {
      await tables.sql('ALTER TABLE webhook_attempts DROP COLUMN error');
      expect(await finds()).to.deep.equal(['database_old_tables']);
      await tables.sql('ALTER TABLE webhook_attempts ADD COLUMN error varchar(40)');
    });

    it('a role that lacks a privilege', async () => {
      const role = decodeURIComponent(new URL(tables.url).username);
      await tables.sql(`REVOKE INSERT ON webhook_attempts FROM ${role}`);
      const findings = await looksAt();
      expect(wrongOf(findings)).to.deep.equal(['database_privileges']);
      expect(JSON.stringify(findings)).to.include('INSERT on webhook_attempts');
      await tables.sql(`GRANT INSERT ON webhook_attempts TO ${role}`);
    });

    it('a role that may do anything, which works', async () => {
      const findings = await looksAt({ DATABASE_URL: tables.ownerUrl });
      expect(
        findings.filter(({ verdict }) => verdict !== 'ok').map(({ code, verdict }) => [code, verdict]),
      ).to.deep.equal([['database_owner', 'note']]);
    });
  });

  describe('names what was planted in Redis:', () => {
    it('nobody answers there', async () => {
      expect(await finds({ REDIS_URL: 'redis://127.0.0.1:1' })).to.deep.equal(['redis_unreachable']);
    });

    it('another password', async () => {
      const url = new URL(redis.url);
      url.password = 'another-4711';
      expect(await finds({ REDIS_URL: url.href })).to.deep.equal(['redis_wrong_password']);
    });

    it('a policy that throws away queued calls', async () => {
      await askRedis(redis.url, 'CONFIG SET maxmemory-policy allkeys-lru');
      expect(await finds()).to.deep.equal(['redis_evicts']);
      await askRedis(redis.url, 'CONFIG SET maxmemory-policy noeviction');
    });

    it('a user for another QUEUE_PREFIX', async () => {
      await askRedis(redis.url, 'ACL SETUSER other on >other-4711 ~{other}:* &{other}:* +@all');
      const url = new URL(redis.url);
      [url.username, url.password] = ['other', 'other-4711'];
      expect(await finds({ REDIS_URL: url.href })).to.deep.equal(['redis_keys']);
    });
  });

  describe('names what was planted in Asterisk:', () => {
    it('nobody answers there', async () => {
      expect(await finds({ ARI_HTTP_URL: 'http://127.0.0.1:1/ari' })).to.deep.equal(['asterisk_unreachable']);
    });

    it('another password', async () => {
      expect(await finds({ ARI_PASSWORD: 'another-4711' })).to.deep.equal(['asterisk_unauthorized']);
    });

    it('an address without /ari', async () => {
      const url = simulator.ariUrl.replace(/\/ari$/, '');
      expect(await finds({ ARI_HTTP_URL: url })).to.deep.equal(['asterisk_not_ari']);
    });

    it('a user who may only read', async () => {
      const fault = { kind: 'answer', status: 403, body: { message: 'Write access denied' } } as const;
      simulator.faults.onRequest({ fault, when: ({ method }) => method !== 'GET', times: Infinity });
      expect(await finds()).to.include('asterisk_read_only');
    });

    for (const [module, requests, code] of [
      ['res_ari_applications', ['set-event-filter', 'list-applications'], 'asterisk_no_ari_applications'],
      ['res_ari_asterisk', ['info'], 'asterisk_no_ari_asterisk'],
      ['res_ari_events', ['open-events'], 'asterisk_no_ari_events'],
      ['res_ari_channels', ['create'], 'asterisk_no_ari_channels'],
    ] as const) {
      it(`without ${module}.so`, async () => {
        for (const request of requests) simulator.faults.onRequest({ request, fault: NOT_FOUND, times: Infinity });
        const findings = await looksAt();
        expect(wrongOf(findings)).to.deep.equal([code]);
        expect(JSON.stringify(findings)).to.include(`${module}.so is not loaded`);
      });
    }

    it('HTTP and WebSocket that lead to different ones', async () => {
      simulator.faults.onRequest({ request: 'set-event-filter', fault: NOT_FOUND, times: Infinity });
      expect(await finds()).to.deep.equal(['asterisk_foreign_application']);
    });

    it('a version that says too little', async () => {
      await simulator.close();
      simulator = await startSimulator({ version: '20.9.3' });
      expect(await finds()).to.deep.equal(['asterisk_too_old']);
    });

    it('a way on which events get lost', async () => {
      simulator.faults.onEvent({ fault: { kind: 'drop' }, times: Infinity });
      expect(await finds({}, 1_000)).to.deep.equal(['asterisk_no_events']);
    });

    it('a WebSocket that is not let through', async () => {
      const fault = { kind: 'answer', status: 400, html: '<html></html>' } as const;
      simulator.faults.onRequest({ request: 'open-events', fault, times: Infinity });
      expect(await finds({}, 1_000)).to.deep.equal(['asterisk_no_socket']);
    });

    it('a trunk that it does not know', async () => {
      expect(await finds({ DIAL_ENDPOINT: 'PJSIP/{number}@trunk-elsewhere' })).to.deep.equal(['trunk_unavailable']);
    });

    it('a trunk without a contact', async () => {
      expect(await finds({ DIAL_ENDPOINT: 'PJSIP/{digits}@trunk-nocontact' })).to.deep.equal(['trunk_unavailable']);
    });

    it('a dialplan without a place for the answered call', async () => {
      expect(await finds({ DEFAULT_CONTEXT: 'elsewhere' })).to.deep.equal(['dialplan_missing']);
    });

    it('a clock that goes wrong', async () => {
      const body = { id: 'x', name: 'x', state: 'Down', creationtime: '2020-01-01T00:00:00.000+0000' };
      simulator.faults.onRequest({ request: 'create', fault: { kind: 'answer', status: 200, body }, times: Infinity });
      expect(await finds({}, 1_000)).to.include('clock_asterisk');
    });
  });

  describe('names what is wrong with the workers:', () => {
    it('none runs', async () => {
      await tables.database.slots.release(lease);
      expect(await finds()).to.deep.equal(['no_worker']);
    });

    it('one is turned away by its Asterisk', async () => {
      await workerIs('unauthorized');
      expect(await finds()).to.deep.equal(['worker_unauthorized']);
    });

    it('two have different limits', async () => {
      running.set('two', report('host-2', { maxConcurrentCalls: 60, originatePerSecond: 5 }));
      expect(await finds()).to.deep.equal(['workers_limits']);
    });

    it('the last channels of one were refused', async () => {
      const refusals = { inARow: 5, why: 'trunk_unavailable', lastSecondsAgo: 1 };
      running.set('one', { ...report('host-1'), refusals });
      expect(await finds()).to.deep.equal(['worker_refused']);
    });
  });

  it('says what it could not look at where there is nothing to look at, and hides nothing else', async () => {
    const findings = await looksAt({ DATABASE_URL: undefined, ARI_PASSWORD: undefined });
    const unseen = findings.filter(({ verdict }) => verdict === 'unseen').map(({ code }) => code);
    expect(unseen).to.include.members(['database', 'asterisk', 'workers']);
    expect(findings.map(({ code }) => code)).to.include('redis_policy');
  });

  function runProgram(env: Record<string, string>): Promise<{ exitCode: number; said: string }> {
    return new Promise((resolve) => {
      const options = { env: { PATH: process.env.PATH, ...env } };
      execFile(process.execPath, [MAIN], options, (error, said, complaints) => {
        const exitCode = error === null ? 0 : Number(error.code);
        resolve({ exitCode, said: said + complaints });
      });
    });
  }
});
