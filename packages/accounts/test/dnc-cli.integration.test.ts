import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { canonicalNumbers } from '@dialgate/service-kit';
import { createTestDatabase, DNC_PROGRAM, runProgram, type TestDatabase } from '@dialgate/testing';
import { expect } from 'chai';
import { NotDoneError, UsageError } from '../src/cli-errors.js';
import { readArguments } from '../src/dnc-cli/arguments.js';
import { runCommand } from '../src/dnc-cli/run-command.js';

describe('the do-not-call list on the command line', () => {
  let tables: TestDatabase;
  let directory: string;
  before(async () => {
    tables = await createTestDatabase();
    directory = mkdtempSync(join(tmpdir(), 'dialgate-dnc-'));
  });
  after(async () => {
    rmSync(directory, { recursive: true });
    await tables.drop();
  });
  beforeEach(() => tables.sql('DELETE FROM do_not_call'));

  /** Runs the real process. */
  async function dnc(args: string[], environment: Record<string, string> = {}) {
    const { exitCode, out, err } = runProgram(DNC_PROGRAM, { DATABASE_URL: tables.url, ...environment }, { args });
    return { code: await exitCode, out: out(), err: err() };
  }

  /** The same without a process of its own. */
  async function does(args: string[], { stdin = '', homeCountry = null as string | null } = {}) {
    const command = readArguments(args);
    if (command.name === 'help') throw new Error('no command');
    let [out, err] = ['', ''];
    let problem: string | null = null;
    await runCommand(command, {
      doNotCall: tables.database.doNotCall,
      canonical: await canonicalNumbers(homeCountry),
      stdin: Readable.from([stdin]),
      write: (text) => Promise.resolve(void (out += text)),
      complain: (line) => (err += `${line}\n`),
    }).catch((error: unknown) => {
      if (!(error instanceof NotDoneError)) throw error;
      problem = error.message;
    });
    return { out, err, problem };
  }

  const numbers = async () =>
    (await tables.sql<{ number: string }>('SELECT number FROM do_not_call ORDER BY number')).map(
      ({ number }) => number,
    );

  function file(text: string | Buffer): string {
    const path = join(directory, 'list.csv');
    writeFileSync(path, text);
    return path;
  }

  it('is filled from a file, shown, written out again, and emptied', async () => {
    const path = file('number,reason\n+33 1 00 00 00 01,"said ""never"", twice"\n+33100000002,\n');
    expect(await dnc(['import', path])).to.deep.equal({
      code: 0,
      out: '2 added, 0 on the list already, 0 not understood.\n',
      err: '',
    });
    expect((await dnc(['count'])).out).to.equal('2\n');
    expect((await dnc(['add', '0612345678', '--reason', 'by letter'], { HOME_COUNTRY: 'FR' })).out).to.equal(
      '+33612345678 is on the list now.\n',
    );
    expect((await dnc(['list'])).out).to.match(/^\+33100000001 {2}\S{10} {2}said "never", twice\n.*\n.*by letter\n$/);

    const exported = (await dnc(['export'])).out;
    const [heading, first, , third] = exported.split('\n');
    expect(heading).to.equal('number,reason,added_at,source');
    expect(first).to.match(/^\+33100000001,"said ""never"", twice",\d{4}-\d\d-\d\dT[\d:.]+Z,list\.csv$/);
    expect(third).to.match(/^\+33612345678,by letter,\S+,command line$/);

    expect((await dnc(['remove', '+33612345678'])).code).to.equal(0);
    expect(await dnc(['remove', '+33612345678'])).to.deep.equal({
      code: 1,
      out: '',
      err: '+33612345678 is not on the list.\n',
    });
    const entries = await tables.sql<{ detail: object }>(
      `SELECT detail FROM audit_entries WHERE event = 'do_not_call_changed' AND source = 'cli' ORDER BY id`,
    );
    expect(entries.map(({ detail }) => detail)).to.deep.equal([
      { added: 2, removed: 0 },
      { added: 1, removed: 0 },
      { added: 0, removed: 1 },
    ]);
    await tables.sql('DELETE FROM do_not_call');
    expect((await dnc(['import', file(exported)])).out).to.include('3 added');
    expect((await dnc(['export'])).out).to.equal(exported);
  });

  it('holds no formula when it is written out, and is the same when it is read again', async () => {
    const texts = ['=1+1', '+cmd', '-2', '@SUM(A1)', "'=quoted", "'tis", 'a=b'];
    const lines = texts.map((text, n) => `+3310000000${n},"${text}",,"${text}"`);
    expect((await does(['import', file(`number,reason,added_at,source\n${lines.join('\n')}\n`)])).out).to.include(
      '7 added',
    );
    const before = await tables.sql('SELECT * FROM do_not_call ORDER BY number');
    const { out } = await does(['export']);
    const cells = out
      .split('\n')
      .slice(1, -1)
      .flatMap((line) => [line.split(',')[1], line.split(',')[3]]);
    expect(cells).to.have.length(2 * texts.length);
    for (const cell of cells) expect(cell).not.to.match(/^[=+\-@]/);
    await tables.sql('DELETE FROM do_not_call');
    await does(['import', file(out)]);
    expect(await tables.sql('SELECT * FROM do_not_call ORDER BY number')).to.deep.equal(before);
  });

  it('may be filled again and again: what is there stays as it is', async () => {
    await does(['add', '+33100000001', '--reason', 'first']);
    expect((await does(['add', '+33100000001', '--reason', 'second'])).out).to.include('already');
    const path = file('+33100000001,third\n+33100000002\n+33100000002,twice\n');
    expect((await does(['import', path])).out).to.equal('1 added, 2 on the list already, 0 not understood.\n');
    expect((await does(['import', path])).out).to.equal('0 added, 3 on the list already, 0 not understood.\n');
    expect(await tables.sql('SELECT reason FROM do_not_call ORDER BY number')).to.deep.equal([
      { reason: 'first' },
      { reason: null },
    ]);
  });

  it('loses nothing to bad lines, and names each by where it stands', async () => {
    const path = file(
      [
        '\uFEFFsource,number,added_at',
        'a,+33100000001,2020-01-02',
        'a,nobody,',
        'a,+33100000002,yesterday',
        '',
        'a,"+331000"00003",',
        `${'x'.repeat(81)},+33100000004,`,
        'a,+33100000005,,and,more',
        'a',
        '"a,+33100000007,',
        'a,+33100000006,',
        'a,+33100000008,\t\u0007',
        `a,+33100000009,${'x'.repeat(10_000)}`,
      ].join('\r\n'),
    );
    const { out, err, problem } = await does(['import', path]);
    expect(out).to.equal('3 added, 0 on the list already, 8 not understood.\n');
    expect(err.split('\n').filter(Boolean)).to.deep.equal([
      'Line 3 is no number.',
      'Line 4 has no date in added_at.',
      'Line 6 is no CSV.',
      'Line 7 has a reason of over 200 or a source of over 80 characters.',
      'Line 9 is no number.',
      'Line 10 is no CSV.',
      'Line 12 has control characters.',
      'Line 13 is no CSV.',
    ]);
    expect(problem).to.include('left out');
    expect(await numbers()).to.deep.equal(['+33100000001', '+33100000005', '+33100000006']);
    const [row] = await tables.sql<{ added_at: Date }>(
      `SELECT added_at FROM do_not_call WHERE number = '+33100000001'`,
    );
    expect(row?.added_at.toISOString()).to.equal('2020-01-02T00:00:00.000Z');
  });

  it('names fifty bad lines, and says how many more there are', async () => {
    const { err } = await does(['import', file('x\n'.repeat(60))]);
    expect(err.split('\n').filter(Boolean)).to.have.lengthOf(51);
    expect(err).to.include('And 10 lines more.');
  });

  it('is written and read in portions, from standard input too', async () => {
    const many = Array.from({ length: 2_500 }, (_, n) => `+3310${String(n).padStart(7, '0')}\n`);
    const given = does(['import', '-'], { stdin: many.join('') });
    expect((await given).out).to.equal('2500 added, 0 on the list already, 0 not understood.\n');
    const { out } = await does(['export']);
    expect(
      out
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => `${line.split(',')[0] ?? ''}\n`),
    ).to.deep.equal(many);
    expect((await does(['list'])).out).to.include('and 2400 more');
  });

  it('takes numbers as they are dialled at home only where a home country is set', async () => {
    await does(['import', '-'], { stdin: '0612345678\n1001\n', homeCountry: 'FR' });
    await does(['import', '-'], { stdin: '0612345678\n' });
    expect(await numbers()).to.deep.equal(['+33612345678', '0612345678', '1001']);
  });

  it('that cannot be read or changed: exit 1 and say why', async () => {
    expect(await dnc(['import', join(directory, 'nowhere.csv')])).to.deep.equal({
      code: 1,
      out: '',
      err: 'nowhere.csv cannot be read (ENOENT).\n',
    });
    expect((await does(['import', directory])).problem).to.include('EISDIR');
    expect((await does(['add', 'nobody'])).problem).to.include('no number');
    const away = await dnc(['count'], { DATABASE_URL: 'postgresql://dialgate:hunter2@127.0.0.1:1/x' });
    expect(away.code).to.equal(1);
    expect(away.err).to.include('cannot be reached').and.not.to.include('hunter2');
    expect((await dnc(['count'], { DATABASE_URL: process.env.TEST_DATABASE_URL ?? '' })).err).to.include('no tables');
  });

  it('asked for wrongly: exit 2 and show how', async () => {
    const { code, err } = await dnc(['forget', '+33100000001']);
    expect(code).to.equal(2);
    expect(err).to.include('Usage:');
    for (const args of [
      [],
      ['import'],
      ['add'],
      ['remove'],
      ['import', 'a', 'b'],
      ['list', 'a'],
      ['count', '--reason', 'x'],
      ['remove', '+33100000001', '--reason', 'x'],
      ['add', '+33100000001', '--reason', 'x'.repeat(201)],
      ['add', '+33100000001', '--reason', 'a\nb'],
      ['add', '+33100000001', '--why'],
    ]) {
      expect(() => readArguments(args), args.join(' ')).to.throw(UsageError);
    }
    expect((await dnc(['--help'])).code).to.equal(0);
  });
});
