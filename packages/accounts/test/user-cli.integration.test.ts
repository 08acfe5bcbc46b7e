import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPassword } from '@dialgate/accounts';
import { createTestDatabase, runProgram, type TestDatabase, USER_PROGRAM } from '@dialgate/testing';
import { expect } from 'chai';
import { NotDoneError, UsageError } from '../src/cli-errors.js';
import { readArguments } from '../src/user-cli/arguments.js';
import { runCommand } from '../src/user-cli/run-command.js';

const PASSWORD = 'eleven green trams rang';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('users on the command line', () => {
  let tables: TestDatabase;
  before(async () => (tables = await createTestDatabase()));
  after(() => tables.drop());
  beforeEach(() => tables.sql('DELETE FROM users'));

  /** Runs the real process. Its standard input stays open, as a terminal's or a pipe's may. */
  async function user(
    args: string[],
    { input, environment = {} }: { input?: string; environment?: Record<string, string> } = {},
  ): Promise<Ended> {
    const given = { args, ...(input === undefined ? {} : { input }) };
    const { exitCode, out, err } = runProgram(USER_PROGRAM, { DATABASE_URL: tables.url, ...environment }, given);
    const code = await exitCode;
    expect(out() + err()).not.to.include(PASSWORD);
    return { code, out: out(), err: err() };
  }
  /** The same without a process of its own: for what a command answers, not for how it is started. */
  const does = async (args: string[], password = PASSWORD) => {
    const command = readArguments(args);
    if (command.name === 'help') throw new Error('no command');
    const { users, keys } = tables.database;
    return runCommand(command, { users, keys, password: () => Promise.resolve(password) });
  };
  const fromStdin = { input: `${PASSWORD}\n` };
  const row = async (username: string) =>
    (
      await tables.sql<{ role: string; hash: string; disabled: boolean }>(
        `SELECT role::text, password_hash AS hash, disabled_at IS NOT NULL AS disabled FROM users WHERE username = $1`,
        [username],
      )
    )[0];

  it('are created, listed, switched off and on, and changed', async () => {
    const created = await user(['create', 'Alice', '--role', 'admin', '--password-stdin'], fromStdin);
    expect(created).to.deep.equal({ code: 0, out: 'The admin alice was created.\n', err: '' });
    expect(await isPassword(PASSWORD, (await row('alice'))!.hash)).to.equal(true);

    const bob = await user(['create', 'bob'], { environment: { USER_PASSWORD: PASSWORD } });
    expect(bob.code, bob.err).to.equal(0);
    expect(await row('bob')).to.include({ role: 'operator', disabled: false });

    expect((await user(['disable', 'bob'])).code).to.equal(0);
    expect(await row('bob')).to.include({ disabled: true });
    const table = await user(['list']);
    expect(table.out).to.match(
      /^NAME +ROLE +STATE +CREATED +OWN\nalice +admin +enabled +\S+\nbob +operator +disabled +\S+\n$/,
    );
    const json = JSON.parse((await user(['list', '--json'])).out) as { username: string; disabled: boolean }[];
    expect(json.map(({ username, disabled }) => [username, disabled])).to.deep.equal([
      ['alice', false],
      ['bob', true],
    ]);

    expect((await user(['enable', 'bob'])).code).to.equal(0);
    expect((await user(['set-role', 'bob', 'admin'])).code).to.equal(0);
    const changed = await user(['set-password', 'bob', '--password-stdin'], {
      input: 'twelve grey trams sang\r\nmore',
    });
    expect(changed.code, changed.err).to.equal(0);
    const after = (await row('bob'))!;
    expect(after).to.include({ role: 'admin', disabled: false });
    expect(await isPassword('twelve grey trams sang', after.hash)).to.equal(true);
  });

  it('are given limits of their own, and back those of the installation', async () => {
    await does(['create', 'bob']);
    const limits = async () =>
      (JSON.parse((await does(['list', '--json'])).say) as { limits: Record<string, number> }[])[0]?.limits;
    const limit = await user(['limit', 'Bob', '--concurrent', '50', '--per-minute', '0', '--new-countries', '9']);
    expect(limit).to.deep.equal({ code: 0, out: 'bob has the limits that were named.\n', err: '' });
    expect(await limits()).to.deep.equal({ user_open_calls: 50, user_calls_per_minute: 0, user_new_countries: 9 });
    await does(['limit', 'bob', '--per-day', '5000', '--concurrent', 'default']);
    expect(await limits()).to.deep.equal({
      user_calls_per_minute: 0,
      user_calls_per_day: 5_000,
      user_new_countries: 9,
    });
  });

  it('are shown when they are suspended, until that is lifted', async () => {
    await does(['create', 'bob']);
    const { users } = tables.database;
    await users.suspend((await users.findByUsername('bob'))!.id, 'tried too much');
    expect((await does(['list'])).say).to.match(/^bob +operator +suspended /m);
    expect((await does(['list', '--json'])).say).to.include('tried too much');
    expect(await user(['lift', 'bob'])).to.deep.equal({ code: 0, out: 'bob may place calls.\n', err: '' });
    expect((await does(['list'])).say).to.match(/^bob +operator +enabled /m);
  });

  it('are given lists of their own, one by one, and lose them again', async () => {
    await does(['create', 'alice']);
    const allowed = await user([
      'allow',
      'alice',
      '--contexts',
      'sales, support',
      '--priorities',
      '1,*',
      '--caller-ids',
      'none',
    ]);
    expect(allowed, allowed.err).to.include({ code: 0, err: '' });
    expect(allowed.out).to.equal(
      'alice: operator, enabled\n  contexts: sales, support\n  priorities: 1, *\n  caller-ids: none\n',
    );
    await does(['allow', 'alice', '--extensions', '*97', '--contexts', 'default', '--caller-ids', '+33123456789,1001']);
    expect((await user(['show', 'alice'])).out).to.equal(
      'alice: operator, enabled\n  extensions: *97\n  priorities: 1, *\n  caller-ids: +33123456789, 1001\n',
    );
    expect((await does(['list'])).say).to.match(/alice +operator +enabled +\S+ +extensions priorities caller-ids$/);
    const [json] = JSON.parse((await does(['list', '--json'])).say) as { own: object }[];
    expect(json?.own).to.deep.equal({
      extensions: ['*97'],
      priorities: ['1', '*'],
      'caller-ids': ['+33123456789', '1001'],
    });
    await does(['allow', 'alice', '--webhook-hosts', 'crm.example.com,*.example.org']);
    expect((await user(['show', 'alice'])).out).to.include('  webhook-hosts: crm.example.com, *.example.org\n');
    expect((await does(['allow', 'alice', '--webhook-hosts', 'none'])).say).to.include('  webhook-hosts: none');
    expect((await does(['allow', 'alice', '--default'])).say).to.include('no lists of their own');
    const [row] = await tables.sql(
      'SELECT allowed_contexts, allowed_extensions, allowed_priorities, allowed_caller_ids, allowed_webhook_hosts FROM users',
    );
    expect(Object.values(row ?? {})).to.deep.equal([null, null, null, null, null]);
  });

  it('leave an entry in the audit trail for whatever is changed, and none for a look', async () => {
    await tables.sql('DELETE FROM audit_entries');
    for (const args of [
      ['create', 'carol', '--role', 'admin', '--password-stdin'],
      ['set-password', 'carol', '--password-stdin'],
      ['set-role', 'carol', 'operator'],
      ['disable', 'carol'],
      ['enable', 'carol'],
      ['lift', 'carol'],
      ['limit', 'carol', '--per-day', '9'],
      ['list'],
      ['disable', 'nobody'],
    ]) {
      await user(args, fromStdin);
    }
    const entries = await tables.sql<{ event: string }>(
      `SELECT event, detail->>'role' AS role FROM audit_entries WHERE source = 'cli' AND subject = 'carol' ORDER BY id`,
    );
    expect(entries).to.deep.equal([
      { event: 'user_created', role: 'admin' },
      { event: 'user_password_changed', role: null },
      { event: 'user_role_changed', role: 'operator' },
      { event: 'user_disabled', role: null },
      { event: 'user_enabled', role: null },
      { event: 'user_suspension_lifted', role: null },
      { event: 'user_limits_changed', role: null },
    ]);
    expect(await tables.sql('SELECT 1 FROM audit_entries')).to.have.lengthOf(7);

    await user(['key', 'create', 'carol', '--name', 'test', '--scopes', 'calls:read']);
    const [key] = await tables.sql<{ id: string; prefix: string }>('SELECT id, prefix FROM api_keys');
    await user(['key', 'revoke', key!.prefix]);
    const keys = await tables.sql<{ event: string; subject: string }>(
      `SELECT event, subject FROM audit_entries WHERE subject_kind = 'key' ORDER BY id`,
    );
    expect(keys).to.deep.equal([
      { event: 'key_created', subject: key!.id },
      { event: 'key_revoked', subject: key!.id },
    ]);
  }).timeout(120_000);

  it('are warned about when no admin is left', async () => {
    await does(['create', 'alice', '--role', 'admin']);
    const disabled = await user(['disable', 'alice']);
    expect(disabled.code).to.equal(0);
    expect(disabled.err).to.include('No admin is left');
    await does(['enable', 'alice']);
    expect((await does(['set-role', 'alice', 'operator'])).warn).to.include('No admin is left');
  });

  it('that cannot be: exit 1 and say why', async () => {
    const refused = await user(['disable', 'nobody']);
    expect(refused).to.deep.equal({ code: 1, out: '', err: 'There is no user nobody.\n' });
    await does(['create', 'alice']);
    const unasked = await user(['set-password', 'alice']);
    expect(unasked.code).to.equal(1);
    expect(unasked.err).to.include('no terminal').and.to.include('--password-stdin');
    const empty = await user(['set-password', 'alice', '--password-stdin'], { input: '\n' });
    expect(empty.code).to.equal(1);
    expect(empty.err).to.include('no password');
  });

  it('that cannot be are refused, changing nothing', async () => {
    await does(['create', 'alice']);
    const before = await row('alice');
    for (const [args, says] of [
      [['create', 'alice'], 'There is a user alice already.'],
      [['set-password', 'nobody'], 'There is no user nobody.'],
      [['set-role', 'nobody', 'admin'], 'There is no user nobody.'],
      [['disable', 'nobody'], 'There is no user nobody.'],
      [['show', 'nobody'], 'There is no user nobody.'],
      [['allow', 'nobody', '--default'], 'There is no user nobody.'],
      [['enable', 'nobody'], 'There is no user nobody.'],
      [['lift', 'nobody'], 'There is no user nobody.'],
      [['limit', 'nobody', '--per-day', '1'], 'There is no user nobody.'],
    ] as const) {
      const refused = await does([...args]).catch((error: unknown) => error);
      expect(refused, args.join(' ')).to.be.an.instanceOf(NotDoneError).and.to.include({ message: says });
    }
    for (const weak of ['short', 'password-2026!', 'abcdefghijklmnop']) {
      const refused = await does(['set-password', 'alice'], weak).catch((error: unknown) => error);
      expect(String(refused)).to.include('too weak').and.not.to.include(weak);
    }
    expect(await row('alice')).to.deep.equal(before);
  });

  it('asked for wrongly: exit 2 and show how, repeating nothing of it', async () => {
    const { code, out, err } = await user(['create', 'alice', `--password=${PASSWORD}`]);
    expect(code).to.equal(2);
    expect(out).to.equal('');
    expect(err).to.include('Usage:');
    for (const args of [
      [],
      ['make', 'alice'],
      ['create'],
      ['create', 'no spaces here'],
      ['create', 'alice', PASSWORD],
      ['create', 'alice', '--role', 'root'],
      ['disable', 'alice', '--role', 'admin'],
      ['list', 'alice'],
      ['set-role', 'alice'],
      ['limit', 'alice'],
      ['limit', 'alice', '--per-day', 'many'],
      ['limit', 'alice', '--per-day', '-1'],
      ['lift', 'alice', '--per-day', '1'],
      ['create', 'alice', '--concurrent', '1'],
      ['show'],
      ['allow', 'alice'],
      ['allow', 'alice', '--contexts', ''],
      ['allow', 'alice', '--contexts', '*'],
      ['allow', 'alice', '--contexts', 'none,a b'],
      ['allow', 'alice', '--extensions', '_X.'],
      ['allow', 'alice', '--priorities', '0'],
      ['allow', 'alice', '--caller-ids', 'Bank'],
      ['allow', 'alice', '--webhook-hosts', 'https://crm.example.com'],
      ['allow', 'alice', '--default', '--priorities', '1'],
      ['list', '--contexts', 'a'],
    ]) {
      expect(() => readArguments(args), args.join(' '))
        .to.throw(UsageError)
        .with.property('message')
        .that.does.not.include(PASSWORD);
    }
    expect(await tables.sql('SELECT 1 FROM users')).to.have.length(0);
    expect(await user(['--help'])).to.include({ code: 0, err: '' });
  });

  it('find the database by the address in a file', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'dialgate-user-'));
    try {
      writeFileSync(join(directory, 'url'), `${tables.url}\n`);
      const DATABASE_URL_FILE = join(directory, 'url');
      expect(await user(['list'], { environment: { DATABASE_URL: '', DATABASE_URL_FILE } })).to.include({ code: 0 });
      const both = await user(['list'], { environment: { DATABASE_URL_FILE } });
      expect(both.code).to.equal(1);
      expect(both.err).to.include('DATABASE_URL and DATABASE_URL_FILE are both set').and.not.include(tables.url);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('without a database: exit 1 and say so, without its password', async () => {
    const secret = 'postgresql://dialgate:hunter2@127.0.0.1:1/x';
    for (const [environment, says] of [
      [{ DATABASE_URL: secret }, 'cannot be reached'],
      [{ DATABASE_URL: '' }, 'DATABASE_URL'],
      [{ DATABASE_URL: process.env.TEST_DATABASE_URL ?? '' }, 'no tables'],
    ] as const) {
      const { code, err } = await user(['list'], { environment });
      expect(code).to.equal(1);
      expect(err).to.include(says).and.not.to.include('hunter2');
    }
  });

  describe('with API keys', () => {
    const READ = ['--name', 'crm', '--scopes', 'calls:read'];

    it('get them, see them and revoke them', async () => {
      await does(['create', 'alice', '--role', 'admin']);
      const args = ['key', 'create', 'Alice', '--name', 'nightly callbacks', '--scopes', 'calls:create,calls:read'];
      const created = await user([...args, '--expires', '30', '--from', '192.0.2.0/24, ::1']);
      expect(created.code, created.err).to.equal(0);
      const key = created.out.trimEnd().split('\n').at(-1)!;
      expect(key).to.match(/^dg_[0-9a-f]{12}_[0-9a-f]{64}$/);
      const prefix = key.slice(3, 15);
      const [row] = await tables.sql(
        `SELECT name, scopes, allowed_from, expires_at - created_at = interval '30 d' AS month FROM api_keys`,
      );
      expect(row).to.deep.equal({
        name: 'nightly callbacks',
        scopes: ['calls:create', 'calls:read'],
        allowed_from: ['192.0.2.0/24', '::1'],
        month: true,
      });

      const table = (await user(['key', 'list', 'alice'])).out;
      expect(table)
        .to.match(/^PREFIX +USER +NAME +SCOPES/)
        .and.include(prefix)
        .and.include('192.0.2.0/24');
      const json = (await user(['key', 'list', '--json'])).out;
      expect(JSON.parse(json)).to.have.length(1);
      for (const shown of [table, json]) expect(shown).not.to.include(key.slice(16));

      expect((await does(['key', 'revoke', `dg_${prefix}`])).say).to.equal(
        `The API key ${prefix} of alice is revoked.`,
      );
      expect((await does(['key', 'revoke', key])).say, 'a leaked one')
        .to.include(prefix)
        .and.not.include(key.slice(16));
      expect((await tables.sql('SELECT 1 FROM api_keys WHERE revoked_at IS NULL')).length).to.equal(0);
    });

    it('get none that could do more than their role, and none for nobody', async () => {
      await does(['create', 'bob']);
      for (const [args, says] of [
        [['key', 'create', 'bob', '--name', 'x', '--scopes', 'calls:read,admin'], 'may not have admin'],
        [['key', 'create', 'nobody', ...READ], 'There is no user nobody.'],
        [['key', 'list', 'nobody'], 'There is no user nobody.'],
        [['key', 'revoke', '0123456789ab'], 'There is no API key 0123456789ab.'],
      ] as const) {
        const refused = await does([...args]).catch((error: unknown) => error);
        expect(refused, args.join(' ')).to.be.an.instanceOf(NotDoneError);
        expect(String(refused)).to.include(says);
      }
      expect(await tables.sql('SELECT 1 FROM api_keys')).to.deep.equal([]);
    });

    it('asked for wrongly are told how', () => {
      for (const args of [
        ['key'],
        ['key', 'make'],
        ['key', 'create', 'alice'],
        ['key', 'create', ...READ],
        ['key', 'create', 'alice', '--name', 'x'],
        ['key', 'create', 'alice', '--scopes', 'calls:read'],
        ['key', 'create', 'alice', '--name', 'line\nbreak', '--scopes', 'calls:read'],
        ['key', 'create', 'alice', '--name', 'x', '--scopes', 'all'],
        ['key', 'create', 'alice', '--name', 'x', '--scopes', ','],
        ['key', 'create', 'alice', ...READ, '--expires', '0'],
        ['key', 'create', 'alice', ...READ, '--expires', '3651'],
        ['key', 'create', 'alice', ...READ, '--expires', 'never'],
        ['key', 'create', 'alice', ...READ, '--from', ''],
        ['key', 'create', 'alice', ...READ, '--from', '10.0.0.0/99'],
        ['key', 'create', 'alice', ...READ, '--role', 'admin'],
        ['key', 'list', 'alice', 'bob'],
        ['key', 'revoke'],
        ['key', 'revoke', 'nonsense'],
        ['list', '--scopes', 'admin'],
      ]) {
        expect(() => readArguments(args), args.join(' ')).to.throw(UsageError);
      }
    });
  });
});
