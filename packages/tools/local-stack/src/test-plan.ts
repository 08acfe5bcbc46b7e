import type { Cost } from './mocha-run.js';

/** The tiers of tests, cheap and sharp first. */
export const TIERS = ['unit', 'recordings', 'integration', 'e2e'] as const;

/** A tier of tests. */
export type Tier = (typeof TIERS)[number];

/** How far the searches among the tests go: seeds of the simulation, minutes of the fault campaign, size of the load. */
export type Depth = 'quick' | 'deep';

/** How long a test may take on a quiet machine, in milliseconds: against hanging, not for speed. */
export const TEST_TIMEOUT_MS = 180_000;

/** What `npm test -- …` asks for. */
export interface TestPlan {
  checks: boolean;
  tiers: Tier[];
  depth: Depth;
  /** The only files to be run; none are all files of the tiers. */
  files: string[];
  /** Whether it is said at the end which files took most. */
  slowest: boolean;
  /** Handed on to Mocha: --grep, --bail … */
  mochaArguments: string[];
  /** A selection may leave a tier without tests; a whole run may not. */
  whole: boolean;
}

const SLOWEST = '--slowest';

/**
 * Reads the arguments: none is everything; `check`, `unit`, `recordings`, `integration`, `e2e` choose; `--deep` and `--quick` say
 * how far searches go (deep by itself where CI is "true"); `--slowest` shows the costs; files of tests are run alone; anything else
 * goes to Mocha, and the checks are then left out.
 */
export function planTests(args: string[], env: { CI?: string | undefined } = {}): TestPlan {
  const isDepth = (arg: string): boolean => arg === '--deep' || arg === '--quick';
  const depths = args.filter(isDepth);
  const isFile = (arg: string, at: number, all: string[]): boolean =>
    arg.endsWith('.test.ts') && all[at - 1] !== '--grep';
  const files = args.filter(isFile);
  const rest = args.filter((arg, at, all) => !isDepth(arg) && arg !== SLOWEST && !isFile(arg, at, all));
  const isName = (arg: string): boolean => arg === 'check' || (TIERS as readonly string[]).includes(arg);
  const firstOther = rest.findIndex((arg) => !isName(arg));
  const names = firstOther === -1 ? rest : rest.slice(0, firstOther);
  const asked = names.length > 0 ? names : files.length > 0 ? files.map(tierOf) : TIERS;
  const nothing = rest.length === 0 && files.length === 0;
  return {
    checks: names.includes('check') || nothing,
    tiers: TIERS.filter((tier) => asked.some((name) => name === tier)),
    depth: (depths.at(-1) ?? (env.CI === 'true' ? '--deep' : '--quick')) === '--deep' ? 'deep' : 'quick',
    files,
    slowest: args.includes(SLOWEST),
    mochaArguments: firstOther === -1 ? [] : rest.slice(firstOther),
    whole: nothing,
  };
}

/** The tier of a test file, told by its name. */
export function tierOf(file: string): Tier {
  return TIERS.find((tier) => file.endsWith(`.${tier}.test.ts`)) ?? 'unit';
}

/** A deep run on a machine slower than this would take hours. */
const TOO_SLOW_FOR_DEEP = 2;

/** How far the searches go on this machine. On a slow one they are less deep; which behaviours are tested stays as it is. */
export function depthOn(slowness: number, asked: Depth): Depth {
  return slowness > TOO_SLOW_FOR_DEEP ? 'quick' : asked;
}

/** What a reader must know about the machine before they believe or compare the counts; null on an ordinary one. */
export function speedNote(slowness: number, asked: Depth): string | null {
  if (slowness < 1.5) return null;
  const times = `This machine is now ${slowness.toFixed(1)} times slower than a quiet one with two cores`;
  return depthOn(slowness, asked) === asked
    ? `${times}: limits against hanging were that much longer.`
    : `${times}: every behaviour was tested, but searches were quick instead of deep.`;
}

/** The files that take longest, as `--slowest` shows: they start first, so that no process is left alone with one at the end. */
const LONG = [
  /\/fault-campaign\/.*integration/,
  /\/ari-worker\/.*integration/,
  /(redis-sets|npm-start|floods|streams|list-calls|browser|killed)\.integration/,
  /simulation\.test/,
  /integration/,
];

/** Files in the order in which they are handed out. */
export function longestFirst(files: string[]): string[] {
  const rank = (file: string): number => {
    const index = LONG.findIndex((pattern) => pattern.test(file));
    return index === -1 ? LONG.length : index;
  };
  return files.toSorted((a, b) => rank(a) - rank(b));
}

/** So many of the files are shown that take most. */
const SHOWN = 25;

/** The files that took most of the processors, and what all took together. */
export function costTable(costs: readonly Cost[]): string {
  const row = (cpu: string, seconds: string, name: string): string =>
    `${cpu.padStart(9)} ${seconds.padStart(8)}  ${name}`;
  const dearest = costs.toSorted((a, b) => b.cpuSeconds - a.cpuSeconds).slice(0, SHOWN);
  const total = costs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  return [
    '',
    row('processor', 'seconds', 'file'),
    ...dearest.map(({ name, seconds, cpuSeconds }) => row(cpuSeconds.toFixed(1), seconds.toFixed(1), name)),
    row(total.toFixed(1), '', `all ${String(costs.length)}, without the servers they share`),
  ].join('\n');
}

/** The steps of `pnpm check`, as package.json spells them: adding one there is enough to have it run here. */
export function checkSteps(scripts: Record<string, string>): string[] {
  return [...(scripts.check ?? '').matchAll(/\brun ([\w:-]+)/g)].map(([, name = '']) => name);
}

/** How one step or tier went. */
export interface Result {
  name: string;
  passed: number;
  failed: number;
  skipped: number;
  /** How long it took; null where several ran side by side. */
  seconds: number | null;
  note?: string | undefined;
}

/**
 * What becomes of the end-to-end tests without an Asterisk. Where none can be had they are skipped, unless it is required
 * (REQUIRE_ASTERISK=1, as in CI); one that is there and does not come up is a failure in any case.
 */
export function withoutAsterisk(why: { unavailable: string } | { broken: string }, { required = false } = {}): Result {
  const result = { name: 'e2e', passed: 0, failed: 0, skipped: 0, seconds: 0 };
  if ('broken' in why) return { ...result, failed: 1, note: `Asterisk does not come up: ${why.broken}` };
  if (required) return { ...result, failed: 1, note: `REQUIRE_ASTERISK is set, and there is ${why.unavailable}` };
  return { ...result, skipped: 1, note: `skipped: ${why.unavailable}` };
}

/** The table at the end, what must be known about the machine, and the closing line that a program reads. */
export function summary(results: Result[], note: string | null = null): string {
  const sum = (pick: (result: Result) => number): number => results.reduce((total, result) => total + pick(result), 0);
  const width = Math.max(4, ...results.map(({ name }) => name.length));
  const row = (name: string, ...columns: string[]): string =>
    `${name.padEnd(width)}  ${columns.map((column) => column.padStart(8)).join('')}`;
  const skipped = sum((result) => result.skipped);
  return [
    '',
    row('tier', 'passed', 'failed', 'skipped', 'seconds'),
    ...results.map((r) => {
      const columns = row(r.name, String(r.passed), String(r.failed), String(r.skipped), r.seconds?.toFixed(1) ?? '');
      return r.note === undefined ? columns : `${columns}  ${r.note}`;
    }),
    '',
    ...(note === null ? [] : [note]),
    `${String(sum((r) => r.passed))} passed, ${String(sum((r) => r.failed))} failed${skipped > 0 ? `, ${String(skipped)} skipped` : ''}`,
  ].join('\n');
}
