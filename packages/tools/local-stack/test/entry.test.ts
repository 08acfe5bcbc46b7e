import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { buildSync } from 'esbuild';

const ENTRY = fileURLToPath(new URL('../entry.mjs', import.meta.url));

describe('what runs a service’s bundle', () => {
  let directory: string;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'dialgate-entry-'));
    const source = join(directory, 'source.ts');
    writeFileSync(source, `\n\nfunction fails(): never {\n  throw new Error(\`in \${__dirname}\`);\n}\nfails();\n`);
    buildSync({
      entryPoints: [source],
      outfile: join(directory, 'main.cjs'),
      format: 'iife',
      sourcemap: true,
      minify: true,
    });
    copyFileSync(ENTRY, join(directory, 'main.js'));
    writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  });
  after(() => rmSync(directory, { recursive: true }));

  function stackWith(options: string): string {
    const env = { PATH: process.env.PATH, NODE_OPTIONS: options };
    return spawnSync(process.execPath, [join(directory, 'main.js')], { env, encoding: 'utf8' }).stderr;
  }

  it('shows where it failed in the bundle', () => {
    expect(stackWith('')).to.include(`Error: in ${directory}`).and.include('main.cjs:1:');
  });

  it('shows where it failed in the sources, when Node is asked for that', () => {
    expect(stackWith('--enable-source-maps')).to.include(`Error: in ${directory}`).and.include('source.ts:4:9');
  });
});
