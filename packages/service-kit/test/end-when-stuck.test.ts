import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bundled, patience } from '@dialgate/testing';
import { expect } from 'chai';

const PROGRAM = new URL('stuck-program.ts', import.meta.url);

/** Runs the program of a service that does this when it is up. @returns its exit code and the signal that has ended it. */
async function ended(deed: 'hangs' | 'works on'): Promise<unknown[]> {
  const program = spawn(process.execPath, [await bundled(PROGRAM), deed], { stdio: 'ignore' });
  try {
    return (await once(program, 'exit')) as unknown[];
  } finally {
    program.kill('SIGKILL');
  }
}

describe('a process', function () {
  this.timeout(patience(60_000));

  it('whose event loop stands still is ended', async () => {
    expect(await ended('hangs')).to.deep.equal([null, 'SIGALRM']);
  });

  it('whose event loop turns is not, however long it works, and ends as it wants to', async () => {
    expect(await ended('works on')).to.deep.equal([0, null]);
  });
});
