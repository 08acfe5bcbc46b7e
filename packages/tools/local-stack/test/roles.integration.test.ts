import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundled } from '@dialgate/testing';
import { expect } from 'chai';
import pg from 'pg';
import { startPostgres, type Postgres } from '../src/index.js';
import { scratch } from './helpers.js';

const pathOf = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const run = promisify(execFile);

const MIGRATION = { POSTGRES_PASSWORD: 'migration1234' };
const APPLICATION = { POSTGRES_APPLICATION_PASSWORD: 'application1234' };

describe('the roles of the compose file’s PostgreSQL', function () {
  this.timeout(120_000);
  const here = scratch();
  let server: Postgres;
  before(async function () {
    await run('psql', ['--version']).catch(() => this.skip());
    server = await startPostgres({ dir: here.directory, log: () => undefined, ephemeral: true });
  });
  after(async () => {
    await (server as Postgres | undefined)?.stop();
    here.remove();
  });

  function urlOf(role: string, password: string): string {
    const url = new URL(server.url);
    url.username = role;
    url.password = password;
    return url.href;
  }

  /** What the image's entry point does, as a superuser who has a password here: there is no socket. */
  async function makeRoles(superuser: string, more: Record<string, string> = { ...MIGRATION, ...APPLICATION }) {
    const { hostname, port, password } = new URL(server.url);
    const libpq = { PGHOST: hostname, PGPORT: port, PGPASSWORD: password };
    const env = { PATH: process.env.PATH, POSTGRES_USER: superuser, POSTGRES_DB: 'dialgate', ...libpq, ...more };
    return run('sh', [pathOf('docker/postgres/roles.sh')], { env });
  }

  /** The same server, behind one that is down. */
  function withAnother<Urls extends Readonly<Record<string, string>>>(urls: Urls): Record<keyof Urls, string> {
    const { host } = new URL(server.url);
    const entries = Object.entries(urls).map(([name, url]) => [
      name,
      `${url.replace(host, `127.0.0.1:1,${host}`)}?target_session_attrs=read-write`,
    ]);
    return Object.fromEntries(entries) as Record<keyof Urls, string>;
  }

  async function prepare(env: Record<string, string>): Promise<string> {
    const given = { PATH: process.env.PATH, SEED_ADMIN_PASSWORD: 'four tins of apricots', ...env };
    const main = await bundled(new URL('../../../accounts/src/setup/main.ts', import.meta.url));
    return (await run(process.execPath, [main], { env: given })).stdout;
  }

  async function ask(url: string, sql: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<pg.QueryResultRow>(sql)).rows;
    } catch (error) {
      return [(error as pg.DatabaseError).code];
    } finally {
      await client.end();
    }
  }

  it('are made on a database that one superuser had made alone, as often as one likes, and are enough', async () => {
    await prepare({ DATABASE_URL: server.url });
    const password = new URL(server.url).password;
    for (const other of ['another', 'third']) {
      await ask(server.url, `CREATE ROLE ${other} SUPERUSER LOGIN PASSWORD '${password}'`);
    }
    await makeRoles('dialgate');
    await makeRoles('another');

    const environment = {
      DATABASE_URL: urlOf('dialgate_application', 'application1234'),
      MIGRATION_DATABASE_URL: urlOf('dialgate_migration', 'migration1234'),
    };
    const said = [await prepare(environment), await prepare(environment), await prepare(withAnother(environment))];
    for (const each of said) {
      expect(each)
        .to.include('The role dialgate_application has the privileges of the services.')
        .and.include('The user admin is there already');
    }

    const application = environment.DATABASE_URL;
    expect(await ask(application, 'SELECT username FROM users')).to.deep.equal([{ username: 'admin' }]);
    expect(await ask(application, 'SELECT event, source, subject FROM audit_entries')).to.deep.equal([
      { event: 'user_created', source: 'setup', subject: 'admin' },
    ]);
    for (const sql of ['DELETE FROM audit_entries', 'DROP TABLE calls', 'CREATE TABLE anything ()']) {
      expect(await ask(application, sql), sql).to.deep.equal(['42501']);
    }
    expect(await ask(environment.MIGRATION_DATABASE_URL, 'CREATE TABLE anything (); DROP TABLE anything')).to.equal(
      undefined,
    );
    const roles = `SELECT count(*)::int AS n FROM pg_roles WHERE rolname LIKE 'dialgate\\__%' AND (rolsuper OR rolcreaterole OR rolcreatedb)`;
    expect(await ask(application, roles)).to.deep.equal([{ n: 0 }]);
    // The services of the version before come in as the superuser until they are replaced.
    expect(await ask(server.url, 'SELECT 1 AS one')).to.deep.equal([{ one: 1 }]);

    await ask(server.url, 'CREATE DATABASE fresh');
    await makeRoles('another', { ...MIGRATION, ...APPLICATION, POSTGRES_DB: 'fresh' });
    const refused = await ask(urlOf('another', password), 'SELECT 1').catch(
      (error: unknown) => (error as pg.DatabaseError).code,
    );
    expect(refused).to.equal('28P01');
  });

  it('need a password each, which may lie in a file', async () => {
    const refusalOf = (env: Record<string, string>) =>
      makeRoles('third', env).then(
        () => '',
        (error: unknown) => (error as { stderr: string }).stderr,
      );
    expect(await refusalOf(MIGRATION)).to.equal('POSTGRES_APPLICATION_PASSWORD is not set\n');
    expect(await refusalOf({ ...APPLICATION, POSTGRES_PASSWORD: 'postgres' })).to.match(
      /^POSTGRES_PASSWORD has fewer than 12 characters/,
    );
    const file = here.script('secret', 'application5678\n');
    await makeRoles('third', { ...MIGRATION, POSTGRES_APPLICATION_PASSWORD_FILE: file });
    const url = urlOf('dialgate_application', 'application5678');
    expect(await ask(url, 'SELECT count(*)::int AS n FROM users')).to.deep.equal([{ n: 1 }]);
  });
});
