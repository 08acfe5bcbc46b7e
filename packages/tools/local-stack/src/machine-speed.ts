import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** So many milliseconds does the work below take on one core of the machine that the limits of the tests were written on. */
const QUIET_MS = 500;

/**
 * Arithmetic, memory and text, in the mixture that a test run is made of; started in a process of its own, as all its parts are.
 */
const WORK = `
  const { createHash } = require('node:crypto');
  let text = '';
  for (let round = 0; round < 130; round += 1) {
    const rows = Array.from({ length: 700 }, (_, i) => ({ id: i * round, name: 'call ' + i, at: new Date(i).toISOString() }));
    text = createHash('sha256').update(JSON.stringify(JSON.parse(JSON.stringify(rows))) + text).digest('hex');
  }
`;

/**
 * Measures how fast this machine is for us now, everything else that runs on it included.
 *
 * @param processes so many work side by side, as the tests will.
 * @returns how many times slower it is than a quiet machine, at least 1.
 */
export async function measureSlowness(processes: number): Promise<number> {
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: processes }, () => promisify(execFile)(process.execPath, ['-e', WORK])));
  return Math.max(1, (performance.now() - startedAt) / QUIET_MS);
}
