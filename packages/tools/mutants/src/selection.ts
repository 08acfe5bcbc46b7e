import type { Mutant } from './mutant.js';
import type { PurePart } from './stryker.js';

/** What `pnpm mutants …` asks for. */
export interface Selection {
  readonly mutants: readonly Mutant[];
  /** What StrykerJS is to change instead of what the list says; null where it is not asked for. */
  readonly parts: readonly PurePart[] | null;
}

/**
 * Reads the arguments: names of areas, `--grep` with a text that the promise or the file holds, `--stryker`, where `--grep` goes
 * by the name of a part; without any, the whole list.
 *
 * @throws UsageError for anything else, and when nothing is chosen.
 */
export function select(args: readonly string[], all: readonly Mutant[], pure: readonly PurePart[]): Selection {
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
  if (stryker) {
    const parts = pure.filter(({ name }) => name.includes(text));
    if (parts.length === 0)
      throw new UsageError(`no part is called so; there are: ${pure.map(({ name }) => name).join('; ')}`);
    return { mutants: [], parts };
  }
  const mutants = all.filter(
    ({ area, breaks, file }) => (areas.size === 0 || areas.has(area)) && `${breaks}\n${file}`.includes(text),
  );
  if (mutants.length === 0) throw new UsageError('no mutant is like that');
  return { mutants, parts: null };
}

/** The command was called in a wrong way. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
