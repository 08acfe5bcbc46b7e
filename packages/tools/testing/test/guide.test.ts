import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAILURE_REASONS, RETRY_CAUSES, retryCauseOf, type FailureReason } from '@dialgate/domain';
import { expect } from 'chai';
import { documentedCode, documentedSettings } from '../src/index.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const guide = readFileSync(join(ROOT, 'docs/production-deployment.md'), 'utf8');
const runbooks = readFileSync(join(ROOT, 'docs/runbooks.md'), 'utf8');
const composeText = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');

const PAGES = ['docs/production-deployment.md', 'docs/runbooks.md'];

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'shell', 'console']);

/** Everything the product can say, in one text. */
const source = ['packages', 'services']
  .flatMap((top) => readdirSync(join(ROOT, top)).map((name) => join(ROOT, top, name, 'src')))
  .filter((directory) => existsSync(directory) && !directory.includes('asterisk-simulator'))
  .flatMap((directory) =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((file) => join(directory, file)),
  )
  .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

describe('the guide to production', () => {
  it('quotes no message that the code does not say, and neither do the runbooks', () => {
    for (const [text, atLeast] of [
      [guide, 40],
      [runbooks, 20],
    ] as const) {
      const quoted = [...text.matchAll(/`"([^"`]+)"`/g)].map(([, words = '']) => words);
      expect(quoted.length).to.be.greaterThan(atLeast);
      const unknown = quoted.filter((words) => !words.split('…').every((piece) => source.includes(piece)));
      expect(unknown).to.deep.equal([]);
    }
  });

  it('has no command that is run by no script, and neither have the runbooks', () => {
    const commands = PAGES.flatMap(documentedCode).filter(({ language }) => SHELLS.has(language));
    const marked = commands.map(({ mark, heading }) =>
      mark?.kind === 'run' ? mark.says : `no mark, under “${heading}”`,
    );
    expect(marked.length).to.be.greaterThan(60);

    const [inContainers, onBareMetal] = ['.ci/containers', '.ci/bare-metal'].map((script) => {
      const text = ['', '-runbooks'].map((part) => join(ROOT, script + part)).filter((file) => existsSync(file));
      const read = text.map((file) => readFileSync(file, 'utf8')).join('\n');
      return new Set([...read.matchAll(/\b(?:guide|look|change) ([a-z-]+)/g)].map(([, name = '']) => name));
    });
    const isRun = (name: string) =>
      name.startsWith('containers-')
        ? inContainers?.has(name.replace('containers-', '')) === true
        : onBareMetal?.has(name) === true;
    expect(marked.filter((name) => !isRun(name))).to.deep.equal([]);
    expect(marked.length, 'each mark has a block').to.equal([...(guide + runbooks).matchAll(/<!-- run: /g)].length);
    expect(marked.length, 'and a name of its own').to.equal(new Set(marked).size);
  });

  it('is followed by scripts that fail when a block of theirs was not run', () => {
    for (const [script, words] of [
      ['.ci/containers', 'nobody ran the block containers-$block'],
      ['.ci/bare-metal', 'nobody ran the blocks $left'],
    ] as const) {
      expect(readFileSync(join(ROOT, script), 'utf8'))
        .to.include(words)
        .and.to.include(PAGES.join(' '));
    }
  });

  it('asks for the HTTP status only of paths that can answer 503', () => {
    const answers = new Map(
      [...guide.matchAll(/^\| `(\/health\S*)` +\| ([^|]+) \|/gm)].map(([, path, when]) => [path, when]),
    );
    const asked = [...guide.matchAll(/^\| `(\/health\S*)`: HTTP status /gm)].map(([, path]) => path);
    expect(asked).to.deep.equal(['/health/ready', '/health/strict']);
    for (const path of asked)
      expect(answers.get(path), path)
        .to.be.a('string')
        .and.not.match(/^never/);
  });

  it('says which Asterisk it takes, and so does the README', () => {
    const takes = guide.slice(guide.indexOf('## What it takes'), guide.indexOf('## Secrets'));
    const judged = readFileSync(join(ROOT, 'services/ari-worker/src/slots/asterisk-version.ts'), 'utf8');
    const [, first = ''] = /FIRST_SERVED[^{]*\{ ([^}]+) \}/.exec(judged) ?? [];
    const versions = first.split(', ').map((one) => one.replace(': ', '.'));
    expect(versions.length).to.be.greaterThan(1);
    for (const text of [takes, readFileSync(join(ROOT, 'README.md'), 'utf8')]) {
      for (const version of versions) expect(text).to.include(`${version} or a later`);
    }
  });

  it('has runbooks that speak of reasons, fields and settings that exist', () => {
    const words = [...runbooks.matchAll(/`([a-z]+(?:_[a-z]+)+|[A-Z]+(?:_[A-Z]+)+)`/g)].map(([, word = '']) => word);
    expect(words.length).to.be.greaterThan(15);
    expect(words.filter((word) => !source.includes(word) && !composeText.includes(word))).to.deep.equal([]);
  });

  it('explains reasons of failure that exist', () => {
    const table = guide.slice(guide.indexOf('| `failure_reason`'), guide.indexOf('### No ringing'));
    const explained = [...table.matchAll(/^\| (`[^|]+) \|/gm)]
      .flatMap(([, cell = '']) => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, reason]) => reason))
      .filter((reason) => reason !== 'failure_reason');
    expect(explained.length).to.be.greaterThan(7);
    expect(Object.keys(FAILURE_REASONS)).to.include.members(explained);
  });

  it('has a page on orders that names the reasons which count as unreachable, as the API does', () => {
    const counted = (Object.keys(FAILURE_REASONS) as FailureReason[]).filter(
      (failureReason) => retryCauseOf({ status: 'failed', failureReason }) === 'unreachable',
    );
    const orders = readFileSync(join(ROOT, 'docs/orders.md'), 'utf8');
    const [, inPage = ''] = /`unreachable` is the status `failed` with one of the reasons ([^:]+):/.exec(orders) ?? [];
    const [, inApi = ''] = /status `failed` with reason ([^.]+)\./.exec(RETRY_CAUSES.unreachable) ?? [];
    for (const text of [inPage, inApi]) {
      expect([...text.matchAll(/`(\w+)`/g)].map(([, reason]) => reason)).to.have.members(counted);
    }
  });

  it('names no variable that is not documented', () => {
    const documented = documentedSettings([
      'Both services',
      'API',
      'ari-worker',
      'webhook-worker',
      'Setting up the database',
      'The compose file only',
    ]);
    const assigned = [...guide.matchAll(/\b([A-Z]+(?:_[A-Z]+)+)=/g)].map(([, name = '']) => name);
    const ownOfTheCommands = [
      'DATABASE_PASSWORD',
      'MIGRATION_PASSWORD',
      'ADMIN_PASSWORD',
      'ON_ERROR_STOP',
      'NODE_OPTIONS',
    ];
    const isDocumented = (name: string) => documented.has(name.replace(/_FILE$/, '')); // A secret from a file.
    expect(assigned.filter((name) => !isDocumented(name) && !ownOfTheCommands.includes(name))).to.deep.equal([]);
  });

  it('has units that start what the build makes, with the settings it writes', () => {
    const units = join(ROOT, 'docker/systemd');
    for (const file of readdirSync(units)) {
      const unit = readFileSync(join(units, file), 'utf8');
      if (file === 'dialgate-backup.timer') {
        expect(units).to.satisfy((directory: string) =>
          existsSync(join(directory, file.replace('.timer', '.service'))),
        );
        continue;
      }
      if (file === 'dialgate-backup.service') {
        expect(unit).to.include('ExecStart=/usr/local/sbin/dialgate-backup turn\n');
        expect(guide).to.include('install -m 0755 docker/postgres/backup.sh /usr/local/sbin/dialgate-backup\n');
        continue;
      }
      const entry = /^ExecStart=\/usr\/bin\/node (\S+)$/m.exec(unit)?.[1] ?? '';
      expect(existsSync(join(ROOT, entry.replace('/dist/', '/src/').replace(/\.js$/, '.ts'))), entry).to.equal(true);
      expect(guide).to.include(dirname(dirname(entry)));
      for (const [, settings = ''] of unit.matchAll(/^EnvironmentFile=(\/\S+)$/gm)) {
        expect(guide).to.include(`cat > ${settings} <<`);
      }
    }
  });

  it('has scripts that a shell can read', () => {
    const scripts = [
      'new-env',
      'new-secret',
      'replace-workers',
      'upgrade',
      'user',
      'dnc',
      'doctor',
      'asterisk/run.sh',
      'postgres/roles.sh',
      'postgres/backup.sh',
      'sipp/run.sh',
    ];
    for (const file of scripts.map((name) => `docker/${name}`)) {
      execFileSync('sh', ['-n', join(ROOT, file)]);
    }
    for (const file of readdirSync(join(ROOT, '.ci'))) {
      const [program, check] = file.endsWith('.mjs') ? [process.execPath, '--check'] : ['bash', '-n'];
      execFileSync(program, [check, join(ROOT, '.ci', file)]);
    }
  });
});
