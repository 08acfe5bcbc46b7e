import { said } from './measures.js';
import type { Result } from './run-fault.js';

/**
 * The campaign's results in Markdown: a table with a row per fault and the sum, narrow enough to be read in a terminal, and
 * below it what each fault is.
 */
export function table(results: readonly Result[]): string {
  const rows = results.map((result) => [
    result.id,
    number(result.calls),
    kills(result),
    number(result.lost.length),
    number(result.twice.length),
    number(result.wrong.length),
    number(result.unseen),
    number(result.notRung),
    `${number(result.upAtDeath.seen)} / ${number(result.upAtDeath.unseen)}`,
    times(result.delays),
    times(result.adoptions),
    number(result.problems.length),
  ]);
  const sum = (pick: (result: Result) => number): string =>
    number(results.reduce((total, result) => total + pick(result), 0));
  const total = [
    'all',
    sum(({ calls }) => calls),
    `${sum((result) => result.kills)} (${sum(({ killsWithCalls }) => killsWithCalls)})`,
    sum(({ lost }) => lost.length),
    sum(({ twice }) => twice.length),
    sum(({ wrong }) => wrong.length),
    sum(({ unseen }) => unseen),
    sum(({ notRung }) => notRung),
    `${sum(({ upAtDeath }) => upAtDeath.seen)} / ${sum(({ upAtDeath }) => upAtDeath.unseen)}`,
    times(results.flatMap(({ delays }) => delays).sort((a, b) => a - b)),
    times(results.flatMap(({ adoptions }) => adoptions).sort((a, b) => a - b)),
    sum(({ problems }) => problems.length),
  ];
  return [aligned([HEAD, ...rows, total]), '', ...results.map(({ id, title }) => `- ${id}: ${title}`)].join('\n');
}

/** What was measured beside that, one line each. */
export function measured(results: readonly Result[]): string[] {
  return results.flatMap(({ id, measures }) => measures.map((measure) => `${id} ${said(measure)}`));
}

/** Everything that is not as it should be, one line each; empty when all is well. */
export function findings(results: readonly Result[]): string[] {
  return results.flatMap(({ id, lost, twice, wrong, problems }) =>
    [...lost, ...twice, ...wrong, ...problems].map((finding) => `${id}: ${finding}`),
  );
}

/** docs/reliability.md says what each column counts. */
const HEAD = [
  'fault',
  'calls',
  'killed (busy)',
  'lost',
  'twice',
  'wrong',
  'unseen',
  'not rung',
  'up at a kill',
  'right after, s',
  'adopted after, s',
  'findings',
];

/** Sorted milliseconds as seconds: median, 99th percentile, longest. */
function times(sorted: readonly number[]): string {
  const at = (share: number): string => {
    const ms = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return (ms / 1_000).toFixed(1);
  };
  return sorted.length === 0 ? '–' : `${at(0.5)} / ${at(0.99)} / ${at(1)}`;
}

function kills({ kills: all, killsWithCalls }: Result): string {
  return all === 0 ? '0' : `${number(all)} (${number(killsWithCalls)})`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

/** Columns of one width; all but the first to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const padded = rows.map((row) =>
    line(
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))),
    ),
  );
  const rule = line(widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)));
  return [padded[0], rule, ...padded.slice(1)].join('\n');
}
