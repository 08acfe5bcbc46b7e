/** A one-line change that breaks a promise of the product, and the test that must notice it. */
export interface Mutant {
  /** What it belongs to, as `pnpm mutants <area>` chooses it. */
  readonly area: string;
  /** The promise that it breaks, in a few words. */
  readonly breaks: string;
  /** The file it changes, from the root of the checkout. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** The file of the test that notices, from the root of the checkout. */
  readonly test: string;
  /** A part of that test's full title, as it stands in its file. */
  readonly title: string;
  /** Whether the test runs the programs as they are built; they are then built with the change. */
  readonly built?: boolean;
}

/** The file's text with the change. @throws StaleMutantError when its place is not there exactly once. */
export function mutated(text: string, { find, replace, ...mutant }: Pick<Mutant, 'file' | 'find' | 'replace'>): string {
  const times = text.split(find).length - 1;
  if (times !== 1) throw new StaleMutantError(`${JSON.stringify(find)} occurs ${times} times in ${mutant.file}`);
  // By a function: a $ in the replacement stands for itself.
  return text.replace(find, () => replace);
}

/** The code has moved on under a mutant: its place or its test is not there any more, or not once. */
export class StaleMutantError extends Error {
  override readonly name = 'StaleMutantError';
}

/**
 * What is wrong with a list of mutants: a place or a title that is not there exactly once or not at all, a change that
 * changes nothing or more than a line, a promise that is broken twice.
 *
 * @param read the text of a file, or null where there is none.
 */
export function listProblems(mutants: readonly Mutant[], read: (file: string) => string | null): string[] {
  const promises = new Set<string>();
  return mutants.flatMap((mutant) => {
    const problems = problemsOf(mutant, read);
    const { area, breaks } = mutant;
    if (promises.has(breaks)) problems.push('another mutant has the same words');
    promises.add(breaks);
    return problems.map((problem) => `${area}: ${breaks}: ${problem}`);
  });
}

function problemsOf(mutant: Mutant, read: (file: string) => string | null): string[] {
  const problems: string[] = [];
  const { file, find, replace, test, title } = mutant;
  if (find === replace) problems.push('it changes nothing');
  try {
    const before = (read(file) ?? '').split('\n');
    const after = mutated(before.join('\n'), mutant).split('\n');
    const changed = before.filter((line, n) => line !== after[n]).length;
    if (changed > 1 || before.length !== after.length) problems.push('it changes more than a line');
  } catch (error) {
    if (!(error instanceof StaleMutantError)) throw error;
    problems.push(error.message);
  }
  if (read(test)?.includes(title) !== true) problems.push(`${test} does not hold the title ${JSON.stringify(title)}`);
  return problems;
}

/** The changed line, before and after, with its number. */
export function diffOf(text: string, mutant: Mutant): string {
  const before = text.split('\n');
  const after = mutated(text, mutant).split('\n');
  const at = before.findIndex((line, n) => line !== after[n]);
  return `${mutant.file}:${at + 1}\n  - ${before[at]?.trim() ?? ''}\n  + ${after[at]?.trim() ?? ''}`;
}
