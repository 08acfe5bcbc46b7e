import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type * as Bundled from '../src/bundled.js';

describe('a program that tests run in one file', () => {
  let home: string;
  let source: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'bundled-'));
    writeFileSync(join(home, 'package.json'), '{"type":"module"}');
    source = join(home, 'program.ts');
    writeFileSync(source, 'export const four: number = 4;');
  });
  afterEach(() => rmSync(home, { recursive: true }));

  let processes = 0;
  /** As another process does, of this run or of none. */
  async function anotherOf(run: string | undefined): Promise<() => Promise<string>> {
    const { TEST_RUN } = process.env;
    if (run === undefined) delete process.env.TEST_RUN;
    else process.env.TEST_RUN = run;
    try {
      const own = `../src/bundled.js?process=${String(++processes)}`;
      const { bundled } = (await import(own)) as typeof Bundled;
      return () => bundled(pathToFileURL(source));
    } finally {
      if (TEST_RUN === undefined) delete process.env.TEST_RUN;
      else process.env.TEST_RUN = TEST_RUN;
    }
  }

  const bundledIn = async (run: string | undefined): Promise<string> => (await anotherOf(run))();
  const kept = (): string[] => readdirSync(join(home, 'node_modules', '.bundled-for-tests'));

  it('is made once for all processes of a run, and anew for the next run', async () => {
    const run = `${String(process.pid)}-1`;
    const first = await bundledIn(run);
    writeFileSync(source, 'export const four: number = 5;');
    expect(await bundledIn(run)).to.equal(first);
    expect(await import(first)).to.include({ four: 4 });
    expect(await import(await bundledIn(`${String(process.pid)}-2`))).to.include({ four: 5 });
  });

  it('is waited for while another process makes it, and made when that one could not', async () => {
    const run = `${String(process.pid)}-3`;
    const directory = join(home, 'node_modules', '.bundled-for-tests');
    mkdirSync(directory, { recursive: true });
    const making = join(directory, `program.${run}.mjs.making`);
    writeFileSync(making, '');
    const coming = (await anotherOf(run))();
    rmSync(making);
    expect(existsSync(await coming)).to.equal(true);
    expect(kept()).to.deep.equal([`program.${run}.mjs`]);
  });

  it('of runs that are over is removed', async () => {
    const over = await bundledIn('999999999-1');
    const now = await bundledIn(undefined);
    expect(kept()).to.deep.equal([basename(now)]);
    expect(over).not.to.equal(now);
  });
});
