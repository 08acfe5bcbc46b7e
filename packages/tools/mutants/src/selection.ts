import type { Mutant } from './mutant.js';

/** What `pnpm mutants …` asks for. */
export interface Selection {
  readonly mutants: readonly Mutant[];
  /** Whether StrykerJS is asked for instead of the list. */
  readonly stryker: boolean;
}

/**
 * Reads the arguments: names of areas, `--grep` with a text that the promise or the file holds, `--stryker`; without any, the
 * whole list.
 *
 * @throws UsageError for anything else, and when nothing is chosen.
 */
export function select(args: readonly string[], all: readonly Mutant[]): Selection {
  const areas = new Set<string>();
  let text = '';
  let stryker = false;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--stryker') stryker = true;
    else if (arg === '--grep') text = args[++at] ?? '';
    else if (all.some(({ area }) => area === arg)) areas.add(arg);
    else throw new UsageError(`${arg} is no area; there are: ${[...new Set(all.map(({ area }) => area))].join(', ')}`);
  }
  const mutants = all.filter(
    ({ area, breaks, file }) => (areas.size === 0 || areas.has(area)) && `${breaks}\n${file}`.includes(text),
  );
  if (mutants.length === 0) throw new UsageError('no mutant is like that');
  return { mutants, stryker };
}

/** The command was called in a wrong way. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
