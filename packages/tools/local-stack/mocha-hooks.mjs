// What every test file runs under: limits that know how slow the machine is, nothing rejected unseen, nothing left open at
// its end, and its cost written down.
import { appendFileSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { performance } from 'node:perf_hooks';

/** How many times slower than a quiet machine this one is, as `npm test` measured it. */
const SLOWNESS = Math.max(1, Number(process.env.TEST_SLOWNESS) || 1);

/** How long a file may take to close what it opened when its last test is done, in milliseconds. */
const LINGER_MS = 10_000 * SLOWNESS;

/**
 * mocha passes on to nobody that a promise was rejected and nothing waits for it. Thrown, it fails the test that is under way: what
 * it waits for would never come, and the reason be hidden.
 */
const failWith = (reason) => {
  throw reason;
};

let openBefore = new Map();
let [startedAt, cpuBefore] = [0, 0];

export const mochaHooks = {
  beforeAll() {
    startedAt = performance.now();
    process.on('unhandledRejection', failWith);
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
    process.off('unhandledRejection', failWith);
    writeCost(this.test.parent.suites);
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

/** Appends to the file TEST_COSTS what these suites took, loading included. Files that share a process count as one. */
function writeCost(suites) {
  if (process.env.TEST_COSTS === undefined) return;
  const files = [...new Set(suites.map(({ file = '' }) => relative(process.cwd(), file)))];
  const name = files.length > 1 ? `${files[0]} and ${files.length - 1} more` : files[0];
  const [cpu, seconds] = [cpuSeconds(), (performance.now() - startedAt) / 1000];
  appendFileSync(process.env.TEST_COSTS, `${JSON.stringify({ name, seconds, cpuSeconds: cpu - cpuBefore })}\n`);
  cpuBefore = cpu;
}

/** Of this process and the children that have ended; Linux counts in hundredths of a second. Elsewhere without the children. */
function cpuSeconds() {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }
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
