import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Result } from './run-fault.js';

/** The results that former runs have left in a file, none when there is no such file yet. */
export function resultsIn(file: string): Result[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Result[]) : [];
}

/** Puts a result into the file, in the place of an older one of the same fault, in the catalogue's order. */
export function addToFile(file: string, result: Result): void {
  const others = resultsIn(file).filter(({ id }) => id !== result.id);
  writeFileSync(file, JSON.stringify([...others, result].toSorted((a, b) => a.id.localeCompare(b.id))));
}
