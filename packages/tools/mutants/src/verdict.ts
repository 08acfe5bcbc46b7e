/** What a test run has told so far. */
export interface Report {
  readonly passes: readonly { readonly fullTitle: string }[];
  readonly failures: readonly Failure[];
  /** Whether it came to its end. */
  readonly complete: boolean;
}

interface Failure {
  readonly fullTitle: string;
  readonly message: string;
  readonly stack: string;
}

/** How a test run ended. */
export interface TestRun {
  readonly report: Report;
  /** Whether it was ended because it took too long. */
  readonly cut: boolean;
  /** The end of what was said. */
  readonly output: string;
  readonly ms: number;
}

/** The report with one more line of Mocha's `json-stream` reporter; other lines tell nothing. */
export function heardOf(report: Report, line: string): Report {
  const [, kind, json = ''] = /^\["(pass|fail|end)",(\{.*\})\]$/.exec(line) ?? [];
  if (kind === undefined) return report;
  if (kind === 'end') return { ...report, complete: true };
  const { fullTitle, err, stack } = JSON.parse(json) as { fullTitle: string; err?: string; stack?: string | null };
  if (kind === 'pass') return { ...report, passes: [...report.passes, { fullTitle }] };
  const failure = { fullTitle, message: err ?? '', stack: stack ?? err ?? '' };
  return { ...report, failures: [...report.failures, failure] };
}

/** What became of a mutant. `invalid`: the program was broken, not its promise, and that says nothing of the test. */
export type Verdict =
  | { readonly kind: 'killed'; readonly by: string }
  | { readonly kind: 'survived' }
  | { readonly kind: 'invalid'; readonly why: string };

/**
 * Errors of a program that never ran as meant: JavaScript's own, the loader's, and PostgreSQL's class 42 (syntax, names, types).
 */
const NOT_EVEN_A_PROGRAM =
  /\b(?:SyntaxError|ReferenceError|ERR_MODULE_NOT_FOUND|TransformError)\b|does not provide an export|Code: `42\w{3}`/;

/** Judges a mutant by the run of its test. */
export function verdictOn({ report, cut, output }: TestRun): Verdict {
  const broken = report.failures.find(({ stack }) => NOT_EVEN_A_PROGRAM.test(stack));
  if (broken !== undefined) return { kind: 'invalid', why: lastLines(broken.stack) };
  const [failure] = report.failures;
  if (failure !== undefined) return { kind: 'killed', by: failure.fullTitle };
  if (cut) return { kind: 'killed', by: 'no end in sight' };
  if (!report.complete) return { kind: 'invalid', why: lastLines(output) };
  return report.passes.length > 0 ? { kind: 'survived' } : { kind: 'invalid', why: 'no test was run' };
}

/** Why a test says nothing of a mutant: it fails with nothing changed, or is not there. Null when it passes. */
export function unsoundness({ report, cut, output }: TestRun, title: string): string | null {
  const failed = report.failures.find(({ fullTitle }) => fullTitle.includes(title));
  if (failed !== undefined) return `its test fails with nothing changed: ${failed.message}`;
  if (report.passes.some(({ fullTitle }) => fullTitle.includes(title))) return null;
  if (cut) return 'its test takes too long with nothing changed';
  if (!report.complete) return `its test cannot be run: ${lastLines(output)}`;
  const [other] = report.failures; // A hook, most likely.
  return other === undefined ? 'no test has this title' : `its test was not run: ${other.message}`;
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-12).join('\n');
}
