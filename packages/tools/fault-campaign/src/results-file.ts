import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Result } from './run-fault.js';
import { findings, measured, table } from './table.js';

/** One result as a line of a file of results. Nothing is ever taken out of such a file. */
export interface ResultLine {
  /** When its run began (ISO 8601): all that one command played. */
  readonly run: string;
  readonly seed: number;
  /** What was checked out when it was played, and whether anything was changed beside it. */
  readonly commit: string;
  readonly dirty: boolean;
  readonly result: Result;
}

/** All results that a file keeps, in the order in which they came; none when there is no such file yet. */
export function resultLines(file: string): ResultLine[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as ResultLine);
}

/** Adds a result to the file, which is made if there is none. */
export function appendResult(file: string, line: ResultLine): void {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/**
 * One table of one run on one commit, and below it what was found in any run. Pure.
 *
 * @param run the run of the table; the last one when undefined.
 * @param all every fault that a whole campaign plays.
 * @returns the text, or why there can be no such table.
 */
export function publishedTable(
  lines: readonly ResultLine[],
  run: string | undefined,
  all: readonly string[],
): { readonly text: string } | { readonly refused: string } {
  const wanted = run ?? lines.at(-1)?.run;
  const chosen = lines.filter((line) => line.run === wanted);
  const [first] = chosen;
  if (first === undefined) return { refused: `there is no run ${wanted ?? 'at all'}` };
  const commits = [...new Set(chosen.map(({ commit }) => commit))];
  if (commits.length > 1) return { refused: `run ${first.run} is of several commits: ${commits.join(', ')}` };
  if (chosen.some(({ dirty }) => dirty)) {
    return { refused: `run ${first.run} is of ${first.commit} with changes that nobody has committed` };
  }
  const results = chosen.map(({ result }) => result).sort((a, b) => a.id.localeCompare(b.id));
  const played = results.map(({ id }) => id);
  const twice = played.filter((id, n) => played.indexOf(id) !== n);
  if (twice.length > 0) return { refused: `run ${first.run} has ${twice.join(', ')} more than once` };
  const missing = all.filter((id) => !played.includes(id));
  const head = `Run of ${first.run}, commit ${first.commit}, seed ${String(first.seed)}.`;
  return {
    text: [
      missing.length === 0 ? head : `${head} Not whole: without ${missing.join(', ')}.`,
      '',
      table(results),
      '',
      ...measured(results).map((line) => `- ${line}`),
      '',
      ...foundInAll(lines),
    ].join('\n'),
  };
}

/** Every finding of every run, whichever of them is shown. */
function foundInAll(lines: readonly ResultLine[]): string[] {
  const found = lines.flatMap(({ run, commit, dirty, result }) =>
    findings([result]).map((finding) => `${run} ${commit.slice(0, 7)}${dirty ? ' (changed)' : ''} ${finding}`),
  );
  const runs = new Set(lines.map(({ run }) => run)).size;
  return found.length === 0
    ? [`No findings in ${String(runs)} runs.`]
    : [`Findings in ${String(runs)} runs:`, '', ...found.map((line) => `- ${line}`)];
}
