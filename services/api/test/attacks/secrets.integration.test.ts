import { randomBytes } from 'node:crypto';
import {
  API_PROGRAM,
  createTestDatabase,
  eventually,
  portOf,
  runProgram,
  testRedis,
  type Program,
  type TestDatabase,
} from '@dialgate/testing';
import { hashPassword } from '@dialgate/accounts';
import { expect } from 'chai';
import { exchange } from '../api.js';

const PASSWORD = 'seven quiet rivers ran';

/**
 * The secrets that are refused at the start (a default one, a short one, one that is an example) are in `config.test.ts`, and the
 * redaction of fields is in the tests of service-kit.
 */
describe('the secrets of an installation', function () {
  this.timeout(120_000);
  let tables: TestDatabase;
  let api: Program;
  let port: number;
  let secrets: Record<string, string>;
  const secretKey = randomBytes(32).toString('hex');
  const answers: string[] = [];
  before(async () => {
    tables = await createTestDatabase();
    await tables.database.users.save({ username: 'admin', passwordHash: await hashPassword(PASSWORD), role: 'admin' });
    const redis = testRedis();
    const passwordIn = (url: string) => decodeURIComponent(new URL(url).password);
    secrets = {
      SECRET_KEY: secretKey,
      database: passwordIn(tables.url),
      redis: passwordIn(redis.url),
      login: PASSWORD,
    };
    api = runProgram(API_PROGRAM, {
      DATABASE_URL: tables.url,
      REDIS_URL: redis.url,
      QUEUE_PREFIX: redis.prefix,
      SECRET_KEY: secretKey,
      PORT: '0',
      LOG_LEVEL: 'debug',
    });
    port = await portOf(api);
  });
  after(async () => {
    api.child.kill('SIGKILL');
    await api.exitCode;
    await tables.drop();
  });

  async function send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    json?: unknown,
    raw?: string,
  ) {
    const answer = await exchange(port, method, path, {
      headers,
      ...(json === undefined ? {} : { json }),
      ...(raw === undefined ? {} : { raw }),
    });
    answers.push(JSON.stringify(answer.headers) + answer.text);
    return answer;
  }

  it('are in no answer and no line of its log, whatever is asked and whatever breaks (S18)', async () => {
    const login = { username: 'admin', password: PASSWORD };
    const { body } = await eventually(async () => {
      const answer = await exchange(port, 'POST', '/api/v2/token', { json: login });
      return answer.status === 200 && answer;
    }, 60_000);
    const token = String(body.access_token);
    secrets.token = token.slice(-20); // Its end is the signature.
    const [{ password_hash: hash } = { password_hash: '' }] = await tables.sql<{ password_hash: string }>(
      'SELECT password_hash FROM users',
    );
    secrets.hash = hash.slice(-20);

    const bearer = { authorization: `Bearer ${token}` };
    const basic = { authorization: `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}` };
    secrets.basic = basic.authorization.slice(6);
    const json = { 'content-type': 'application/json' };
    const call = '/api/v2/interaction/+33155500001';
    const everything = async (): Promise<void> => {
      for (const path of [
        '/',
        '/health',
        '/health/ready',
        '/openapi.json',
        '/docs',
        '/admin/queues',
        '/api/v2/status/x',
        '/metrics',
        '/.env',
      ]) {
        for (const headers of [{}, bearer, basic]) await send('GET', path, headers);
      }
      await send('POST', call, bearer);
      await send('POST', call, bearer, { variables: { DG_X: PASSWORD }, priority: 'x' });
      await send('POST', '/api/v2/token', json, undefined, JSON.stringify(login).slice(0, -1));
      await send('POST', '/api/v2/token', {}, { ...login, username: PASSWORD });
      await send('POST', `/api/v2/token?password=${encodeURIComponent(PASSWORD)}`, {}, { password: 1 });
      await send('GET', '/nothing', { authorization: `Bearer ${token}x`, cookie: `token=${token}` });
    };
    await everything();
    await tables.sql('ALTER TABLE users RENAME TO users_gone');
    await everything();
    expect(
      answers.some((text) => text.includes('"code":"internal"') || text.includes('"code":"database_unavailable"')),
    ).to.equal(true);
    await tables.sql('ALTER TABLE users_gone RENAME TO users');

    const [told, said] = [answers.join('\n'), api.said()];
    expect(said).to.include('Request turned away');
    const hits = Object.entries(secrets).flatMap(([name, secret]) => [
      ...(told.includes(secret) ? [`${name} in an answer`] : []),
      ...(said.includes(secret) ? [`${name} in the log`] : []),
    ]);
    console.log(
      `      S18: ${Object.keys(secrets).length} secrets in ${answers.length} answers and ${said.length} bytes of log: ${hits.length} hits; goal 0`,
    );
    for (const secret of Object.values(secrets)) expect(secret.length).to.be.greaterThan(8);
    expect(hits).to.deep.equal([]);
  });

  it('do not open a metrics page or any other that nobody has logged in for', async () => {
    for (const path of ['/metrics', '/admin', '/debug', '/.env', '/server-status', '/api/v2/users']) {
      expect((await send('GET', path)).status, path).to.equal(404);
    }
    expect((await send('GET', '/admin/queues')).status).to.equal(401);
  });
});
