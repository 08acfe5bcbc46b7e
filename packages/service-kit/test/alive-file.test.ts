import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { createAliveFile, openLog } from '../src/index.js';

describe('the alive file', () => {
  const log = openLog({ service: 'test', level: 'error', fullNumbers: false });
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'dialgate-alive-'))));
  afterEach(() => rmSync(home, { recursive: true }));

  it('is there from the start of the worker to its end, and says when it was touched', async () => {
    const path = join(home, 'alive');
    const [part] = createAliveFile(path, log);
    await part?.start?.();
    await eventually(() => existsSync(path) && readFileSync(path, 'utf8').length > 0);
    expect(Math.abs(Date.now() - Date.parse(readFileSync(path, 'utf8').trim()))).to.be.lessThan(patience(5_000));

    await part?.stop?.();
    expect(existsSync(path)).to.equal(false);
  });

  it('is not kept unless asked for', () => {
    expect(createAliveFile(undefined, log)).to.deep.equal([]);
  });
});
