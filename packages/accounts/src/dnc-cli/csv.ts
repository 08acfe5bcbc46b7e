import type { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import type { DoNotCallEntry } from '@dialgate/database';
import { inertCell, textOfCell } from '@dialgate/service-kit';
import { CONTROL, REASON_MAX_LENGTH } from './arguments.js';

/** An entry as a line of a file says it; without a time it is added now. */
export type NewEntry = Omit<DoNotCallEntry, 'addedAt'> & { readonly addedAt: Date | null };

/** A line that is no entry, and why. Never repeats what stands there: it may be anything. */
export interface BadLine {
  readonly line: number;
  readonly problem: string;
}

export const COLUMNS = ['number', 'reason', 'added_at', 'source'] as const;

const SOURCE_MAX_LENGTH = 80;

/** Longer lines are something else; in characters. */
const MAX_LINE_LENGTH = 10_000;

/**
 * Reads a list line by line: each is an entry of its own, so that what is wrong with one costs the others nothing.
 *
 * @param source of entries that name none.
 * @param canonical brings a number into the form in which numbers are compared; null for what is no number.
 */
export async function* readCsv(
  input: Readable,
  source: string,
  canonical: (text: string) => string | null,
): AsyncGenerator<NewEntry | BadLine> {
  let columns: readonly string[] = COLUMNS;
  let line = 0;
  let isFirst = true;
  for await (const text of linesOf(input)) {
    line++;
    const cells = cellsOf(line === 1 ? text.replace(/^\uFEFF/, '') : text);
    if (cells === null) yield { line, problem: 'is no CSV' };
    if (cells === null || cells.every((cell) => cell === '')) continue;
    const heading: readonly string[] = isFirst ? cells.map((cell) => cell.toLowerCase()) : [];
    isFirst = false;
    if (heading.includes('number')) columns = heading;
    else yield entryOf(new Map(columns.map((column, n) => [column, cells[n] ?? ''])), line, source, canonical);
  }
}

async function* linesOf(input: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of input.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** The cells of one line (RFC 4180); null when it cannot be one. */
function cellsOf(text: string): string[] | null {
  if (text.length > MAX_LINE_LENGTH) return null;
  if (!text.includes('"')) return text.split(',').map((cell) => cell.trim());
  try {
    return parse(text.trim(), { relax_column_count: true, trim: true })[0] ?? null;
  } catch {
    return null;
  }
}

function entryOf(
  cells: ReadonlyMap<string, string>,
  line: number,
  source: string,
  canonical: (text: string) => string | null,
): NewEntry | BadLine {
  const of = (column: (typeof COLUMNS)[number]): string => textOfCell(cells.get(column) ?? '');
  const number = canonical(of('number'));
  if (number === null) return { line, problem: 'is no number' };
  if (CONTROL.test([...cells.values()].join(''))) return { line, problem: 'has control characters' };
  if (of('reason').length > REASON_MAX_LENGTH || of('source').length > SOURCE_MAX_LENGTH) {
    return {
      line,
      problem: `has a reason of over ${REASON_MAX_LENGTH} or a source of over ${SOURCE_MAX_LENGTH} characters`,
    };
  }
  const addedAt = of('added_at') === '' ? null : new Date(of('added_at'));
  if (addedAt !== null && Number.isNaN(addedAt.getTime())) return { line, problem: 'has no date in added_at' };
  return {
    number,
    reason: of('reason') === '' ? null : of('reason'),
    addedAt,
    source: of('source') === '' ? source.slice(-SOURCE_MAX_LENGTH) : of('source'),
  };
}

/** One line of a list, with its end (RFC 4180). */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
}

/** An entry as a line of a list. Reasons and sources come from lists of others, and people open this one in a spreadsheet. */
export function entryLine({ number, reason, addedAt, source }: DoNotCallEntry): string {
  return csvLine([number, inertCell(reason ?? ''), addedAt.toISOString(), inertCell(source)]);
}
