import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const RELEASE = join(ROOT, 'packages/tools/local-stack/release.mjs');
const KUBERNETES = 'docker/kubernetes/kustomization.yaml';
const MANIFESTS = ['', 'packages', 'packages/tools', 'services']
  .flatMap((directory) => readdirSync(join(ROOT, directory)).map((name) => join(directory, name, 'package.json')))
  .concat('package.json')
  .filter((file) => !file.includes('node_modules') && existsSync(join(ROOT, file)));

describe('a release', () => {
  let copy: string;

  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'dialgate-release-'));
    for (const file of [...MANIFESTS, 'docker-compose.yml', KUBERNETES, 'docs/CHANGELOG.md']) {
      cpSync(join(ROOT, file), join(copy, dirname(file), file.split('/').at(-1) ?? ''), { recursive: true });
    }
  });
  afterEach(() => rmSync(copy, { recursive: true }));

  const read = (file: string): string => readFileSync(join(copy, file), 'utf8');
  const release = (version: string): string => {
    try {
      return execFileSync(process.execPath, [RELEASE, version], { cwd: copy, encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      return (error as { stderr: string }).stderr;
    }
  };

  it('sets the version in every package, in the compose file and in the changelog', () => {
    expect(release('9.8.7')).to.include('is 9.8.7 now');
    expect(MANIFESTS.length).to.be.greaterThan(12);
    const versions = MANIFESTS.map((file) => (JSON.parse(read(file)) as { version: string }).version);
    expect(new Set(versions)).to.deep.equal(new Set(['9.8.7']));
    expect(new Set(read('docker-compose.yml').match(/DIALGATE_VERSION:-[\d.]+/g))).to.deep.equal(
      new Set(['DIALGATE_VERSION:-9.8.7']),
    );
    expect(read(KUBERNETES).match(/newTag: [\d.]+/g)).to.deep.equal(Array.from({ length: 4 }, () => 'newTag: 9.8.7'));
    expect(read('docs/CHANGELOG.md')).to.match(/^## Unreleased\n\n## 9\.8\.7 \(\d{4}-\d\d-\d\d\)\n/m);
  });

  it('is no step back, and no other word', () => {
    const before = read('package.json');
    expect(release('0.0.9')).to.include('is not later than');
    expect(release('next')).to.include('usage');
    expect(read('package.json')).to.equal(before);
  });
});
