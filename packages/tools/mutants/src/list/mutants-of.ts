import type { Mutant } from '../mutant.js';

/** A mutant whose paths may begin with `src/` or `test/`: those of the area's own package. */
type Entry = Omit<Mutant, 'area'>;

/** The mutants of an area. @param home its package, from the root of the checkout. */
export function mutantsOf(area: string, home: string, entries: readonly Entry[]): Mutant[] {
  const path = (file: string): string => (/^(?:src|test)\//.test(file) ? `${home}/${file}` : file);
  return entries.map((entry) => ({ ...entry, area, file: path(entry.file), test: path(entry.test) }));
}
