// What every test file runs under: limits that know how slow the machine is, and nothing left open at its end.
import { performance } from 'node:perf_hooks';

/** How many times slower than a quiet machine this one is, as `npm test` measured it. */
const SLOWNESS = Math.max(1, Number(process.env.TEST_SLOWNESS) || 1);

/** How long a file may take to close what it opened when its last test is done, in milliseconds. */
const LINGER_MS = 10_000 * SLOWNESS;

let openBefore = new Map();

export const mochaHooks = {
  beforeAll() {
    stretch(this.test.parent);
    openBefore = counted(process.getActiveResourcesInfo());
  },
  async afterAll() {
    this.timeout(LINGER_MS + 60_000);
    const deadline = performance.now() + LINGER_MS;
    let left = leftOpen();
    while (left.length > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      left = leftOpen();
    }
    if (left.length > 0) {
      const file = this.test.parent.suites[0]?.file ?? 'this file';
      throw new Error(`the tests of ${file} are done, but what they opened is still open: ${left.join(', ')}`);
    }
  },
};

/** Limits are there against hanging, not for speed: on a slow machine they are that much longer. */
function stretch(suite) {
  const hooks = ['_beforeAll', '_beforeEach', '_afterAll', '_afterEach'].flatMap((kind) => suite[kind] ?? []);
  // Not the suite's own: setting that would set those of all within it.
  for (const one of [...suite.tests, ...hooks]) one.timeout(one.timeout() * SLOWNESS);
  for (const inner of suite.suites) stretch(inner);
}

/** What keeps the process alive now and did not when the file began. A look itself waits for a timer. */
function leftOpen() {
  return [...counted(process.getActiveResourcesInfo())]
    .filter(([kind, count]) => count > (openBefore.get(kind) ?? 0) + (kind === 'Timeout' ? 1 : 0))
    .map(([kind]) => kind);
}

function counted(kinds) {
  const counts = new Map();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
