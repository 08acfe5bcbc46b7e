/** The tiers of tests, in the order they run: cheap and sharp first. */
export const TIERS = ['unit', 'recordings', 'integration', 'e2e'] as const;

/** A tier of tests. */
export type Tier = (typeof TIERS)[number];

/** How long one test of a tier may take. The machine may be slow and busy: this is against hanging, not for speed. */
export const TEST_TIMEOUT_MS: Record<Tier, number> = {
  unit: 10_000,
  recordings: 20_000,
  integration: 60_000,
  e2e: 180_000,
};

/** What `npm test -- …` asks for. */
export interface TestPlan {
  checks: boolean;
  tiers: Tier[];
  /** Handed on to Mocha: --grep, --bail … and single files. */
  mochaArguments: string[];
  /** A selection may leave a tier without tests; a whole run may not. */
  whole: boolean;
}

/**
 * Reads the arguments: none is everything; `check`, `unit`, `recordings`, `integration`, `e2e` choose; anything else goes to Mocha,
 * and the checks are then left out.
 */
export function planTests(args: string[]): TestPlan {
  const isName = (arg: string): boolean => arg === 'check' || (TIERS as readonly string[]).includes(arg);
  const firstOther = args.findIndex((arg) => !isName(arg));
  const names = firstOther === -1 ? args : args.slice(0, firstOther);
  const mochaArguments = firstOther === -1 ? [] : args.slice(firstOther);
  const tiers = TIERS.filter((tier) => names.includes(tier));
  return {
    checks: names.includes('check') || args.length === 0,
    tiers: names.length === 0 ? [...TIERS] : tiers,
    mochaArguments,
    whole: args.length === 0,
  };
}

/** The tier of a test file, told by its name. */
export function tierOf(file: string): Tier {
  return TIERS.find((tier) => file.endsWith(`.${tier}.test.ts`)) ?? 'unit';
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
  seconds: number;
  note?: string | undefined;
}

/** The table at the end, and the closing line that a machine reads. */
export function summary(results: Result[]): string {
  const sum = (pick: (result: Result) => number): number => results.reduce((total, result) => total + pick(result), 0);
  const width = Math.max(4, ...results.map(({ name }) => name.length));
  const row = (name: string, ...columns: string[]): string =>
    `${name.padEnd(width)}  ${columns.map((column) => column.padStart(8)).join('')}`;
  const skipped = sum((result) => result.skipped);
  return [
    '',
    row('tier', 'passed', 'failed', 'skipped', 'seconds'),
    ...results.map((r) => {
      const columns = row(r.name, String(r.passed), String(r.failed), String(r.skipped), r.seconds.toFixed(1));
      return r.note === undefined ? columns : `${columns}  ${r.note}`;
    }),
    '',
    `${String(sum((r) => r.passed))} passed, ${String(sum((r) => r.failed))} failed${skipped > 0 ? `, ${String(skipped)} skipped` : ''}`,
  ].join('\n');
}
