import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const OURS = ['migrate', 'api', 'webhook-worker', 'ari-worker', 'ari-worker-second'];

/** Docker as the scripts see it: what is asked of it is written down, and workers are lines in a file. `fails` is a shell's pattern. */
const DOCKER = `#!/bin/sh
cd "$WORLD"
echo "$*" >> asked
case "$*" in
  'compose up '*--scale*) for n in 1 2; do echo "new-$n"; done >> running ;;
esac
case "$*" in $FAILS) echo 'docker says why' >&2; exit 1 ;; esac
case "$*" in
  'compose config --services') sed -n 's/^  \\([a-z-]*\\):$/\\1/p' config ;;
  'compose config') cat config ;;
  'image inspect '*) grep -qxF "$3" images ;;
  'pull '*) exit 1 ;;
  'compose ps --quiet --all ari-worker') cat running dead ;;
  'compose ps --quiet ari-worker') cat running ;;
  'compose rm '*) : > dead ;;
  'logs '*) echo "the last words of $4" ;;
  'stop '*) sed -i "/^$2$/d" running ;;
esac
`;

interface World {
  args?: string[];
  fails?: string;
  services?: string[];
  images?: string[];
  running?: string[];
  dead?: string[];
}

/** Runs docker/upgrade in a copy of the two scripts, and tells how it ended. */
function upgrade(world: World): { code: number | null; said: string; asked: string[]; running: string[] } {
  const { args = [], fails = '', services = OURS.slice(0, 4), running = ['old-1', 'old-2'], dead = [] } = world;
  const { images = services.map((name) => `dialgate-${name}:0.2.0`) } = world;
  const copy = mkdtempSync(join(tmpdir(), 'dialgate-upgrade-'));
  const lines = (of: string[]) => of.map((line) => `${line}\n`).join('');
  try {
    for (const script of ['upgrade', 'replace-workers']) {
      cpSync(join(ROOT, 'docker', script), join(copy, 'docker', script), { recursive: true });
    }
    mkdirSync(join(copy, 'bin'));
    writeFileSync(join(copy, 'bin/docker'), DOCKER, { mode: 0o755 });
    const described = [...services, 'redis'].map((name) => `  ${name}:\n    image: dialgate-${name}:0.2.0\n`);
    writeFileSync(
      join(copy, 'config'),
      `name: dialgate\nservices:\n${described.join('')}networks:\n  api:\n    image: no\n`,
    );
    writeFileSync(join(copy, 'images'), lines(images));
    writeFileSync(join(copy, 'running'), lines(running));
    writeFileSync(join(copy, 'dead'), lines(dead));
    writeFileSync(join(copy, 'asked'), '');
    const { status, stdout, stderr } = spawnSync(join(copy, 'docker/upgrade'), args, {
      env: { PATH: `${join(copy, 'bin')}:${process.env.PATH}`, WORLD: copy, FAILS: fails },
      encoding: 'utf8',
    });
    const read = (file: string) => readFileSync(join(copy, file), 'utf8').split('\n').filter(Boolean);
    return { code: status, said: stdout + stderr, asked: read('asked'), running: read('running') };
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Whatever changes something that runs. */
const changes = (asked: string[]) => asked.filter((line) => /^(compose (up|run|rm)|stop|rm) /.test(line));
const MIGRATE = 'compose run --rm --no-deps --no-TTY migrate';
const SERVICES = 'compose up --detach --wait --wait-timeout 300 --no-deps --no-build api webhook-worker';
const MORE_WORKERS =
  'compose up --detach --wait --wait-timeout 300 --no-deps --no-build --no-recreate --scale ari-worker=4 ari-worker';

describe('docker/upgrade', () => {
  it('migrates, then replaces the API, then the workers one after the other', () => {
    const { code, asked, running } = upgrade({});
    expect(code).to.equal(0);
    expect(changes(asked)).to.deep.equal([
      ...[MIGRATE, SERVICES, 'compose rm --force ari-worker', MORE_WORKERS],
      ...['stop old-1', 'rm old-1', 'stop old-2', 'rm old-2'],
    ]);
    expect(running).to.deep.equal(['new-1', 'new-2']);
  });

  it('leaves the database as it is on the way back', () => {
    const { code, asked } = upgrade({
      args: ['--back'],
      images: OURS.slice(1).map((name) => `dialgate-${name}:0.2.0`),
    });
    expect(code).to.equal(0);
    expect(asked).not.to.include(MIGRATE);
    expect(changes(asked)[0]).to.equal(SERVICES);
  });

  it('replaces a worker that had ended, too', () => {
    const { asked } = upgrade({ running: ['old-1'], dead: ['old-2'] });
    expect(changes(asked)).to.include(MORE_WORKERS.replace('=4', '=3')).and.not.to.include('stop old-2');
  });

  it('changes nothing when an image was not built, and says which and what to do', () => {
    for (const args of [[], ['--back']]) {
      for (const missing of ['api', 'ari-worker']) {
        const images = OURS.filter((name) => name !== missing).map((name) => `dialgate-${name}:0.2.0`);
        const { code, said, asked } = upgrade({ args, images });
        expect(code).to.equal(1);
        expect(changes(asked)).to.deep.equal([]);
        expect(said)
          .to.include(`Nothing was changed: there is no image dialgate-${missing}:0.2.0.`)
          .and.to.include('docker compose build');
      }
    }
  });

  it('looks for the images of a second Asterisk’s workers, too', () => {
    const { code, asked } = upgrade({
      services: OURS,
      images: OURS.slice(0, 4).map((name) => `dialgate-${name}:0.2.0`),
    });
    expect(code).to.equal(1);
    expect(changes(asked)).to.deep.equal([]);
  });

  it('changes nothing when compose cannot read its file', () => {
    for (const fails of ['compose config', 'compose config --services']) {
      const { code, said, asked } = upgrade({ fails });
      expect(code).to.equal(1);
      expect(changes(asked)).to.deep.equal([]);
      expect(said).to.match(/docker says why\nNothing was changed: .*\.env/);
    }
  });

  it('replaces nothing when migrate fails', () => {
    const { code, said, asked } = upgrade({ fails: 'compose run *' });
    expect(code).to.equal(1);
    expect(changes(asked)).to.deep.equal([MIGRATE]);
    expect(said).to.match(/docker says why\nNo service was replaced: migrate failed/);
  });

  it('replaces no worker when the API does not become healthy', () => {
    const { code, said, asked } = upgrade({ fails: 'compose up * api *' });
    expect(code).to.equal(1);
    expect(changes(asked)).to.deep.equal([MIGRATE, SERVICES]);
    expect(said).to.match(/No worker was replaced: .*docker compose logs api.*docker\/upgrade --back/);
  });

  it('stops no worker when a new one does not become healthy, and leaves no new one behind', () => {
    const { code, said, asked, running } = upgrade({ services: OURS, fails: 'compose up *--scale ari-worker=*' });
    expect(code).to.equal(1);
    expect(running).to.deep.equal(['old-1', 'old-2']);
    expect(asked.filter((line) => line.endsWith('ari-worker-second') && line.startsWith('compose'))).to.deep.equal([]);
    expect(said).to.match(/the last words of new-1[\s\S]*The former ones run on.[\s\S]*docker\/upgrade --back/);
  });

  it('stops no further worker when one cannot be stopped', () => {
    const { code, said, asked } = upgrade({ fails: 'stop old-1' });
    expect(code).to.equal(1);
    expect(asked.filter((line) => line.startsWith('stop '))).to.deep.equal(['stop old-1']);
    expect(asked.filter((line) => line.startsWith('rm '))).to.deep.equal([]);
    expect(said).to.match(/old-1 could not be stopped.*docker stop old-1/);
  });

  it('takes no answer about the workers for no workers', () => {
    const { code, asked } = upgrade({ fails: 'compose ps *' });
    expect(code).to.equal(1);
    expect(changes(asked)).to.deep.equal([MIGRATE, SERVICES]);
  });

  it('does nothing for a word that it does not know', () => {
    const { code, said, asked } = upgrade({ args: ['back'] });
    expect(code).to.equal(2);
    expect(asked).to.deep.equal([]);
    expect(said).to.equal('usage: docker/upgrade [--back]\n');
  });
});
