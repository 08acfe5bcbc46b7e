import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { MUTANTS } from './mutants.js';

const SEEDS = new URL('mutant-seeds.json', import.meta.url);
const DOCUMENT = new URL('../../../docs/reliability.md', import.meta.url);

/** From the head of the table to the first line that is none of it. */
const TABLE = /^\| +seed \| law .*\n(?:\|.*\n)+/m;

/** The seed that shows each mutant, by its name. Found by `pnpm simulate --mutants --write`. */
export const MUTANT_SEEDS = JSON.parse(readFileSync(SEEDS, 'utf8')) as Readonly<Record<string, number>>;

/** Keeps the seeds for the tests and for readers. */
export async function documentSeeds(seeds: Readonly<Record<string, number>>): Promise<void> {
  await writeFile(SEEDS, `${JSON.stringify(seeds, null, 2)}\n`);
  await writeFile(DOCUMENT, (await readFile(DOCUMENT, 'utf8')).replace(TABLE, mutantTable(seeds)));
}

/** Whether the document's table is that of these mutants and seeds. */
export async function isDocumented(): Promise<boolean> {
  return TABLE.exec(await readFile(DOCUMENT, 'utf8'))?.[0] === mutantTable(MUTANT_SEEDS);
}

/** The table of mutants in Markdown, its columns as wide as their longest cell. */
function mutantTable(seeds: Readonly<Record<string, number>>): string {
  const rows = MUTANTS.map(({ name, law, breaks }) => [String(seeds[name] ?? 'never'), law, name, breaks]);
  const all = [['seed', 'law', 'mutant', 'the rule that it breaks'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, n) => (n === 0 ? cell.padStart(widths[n] ?? 0) : cell.padEnd(widths[n] ?? 0))).join(' | ')} |\n`;
  const rule = `| ${widths.map((width, n) => (n === 0 ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |\n`;
  return [line(all[0] ?? []), rule, ...all.slice(1).map(line)].join('');
}
