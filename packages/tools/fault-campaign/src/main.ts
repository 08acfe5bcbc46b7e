/**
 * `pnpm faults`: the whole campaign, a table, and every finding; exit code 1 when there is one.
 * `pnpm faults R01 real`: only these. `--seed 7`: other moments. `--into results.jsonl`: adds the results to a file, with commit,
 * seed and date, and keeps the logs of what was found beside it. `pnpm faults table results.jsonl`: the table of the last run in
 * it, or of `--run 2026-…`. `pnpm faults R32 --minutes 60`: the soak, which is played only when it is named, as is the upgrade:
 * `pnpm faults upgrade --former v1.2.0`, from whatever git calls the former version. FAULTS_LOG=1: everything the processes say.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createStack, runWithStack } from '@dialgate/local-stack';
import { CATALOGUE } from './catalogue.js';
import { checkout } from './checkout.js';
import type { Fault } from './fault.js';
import { openFaultLogs } from './fault-log.js';
import { SOAK_ID, SOAK_MINUTES, soak } from './faults/soak.js';
import { runRealRound } from './real-round.js';
import { appendResult, publishedTable, resultLines } from './results-file.js';
import { brokenOff, installationOf, runFault, type Result } from './run-fault.js';
import { startServers, type Servers } from './servers.js';
import { UPGRADE_ID, upgrade } from './faults/upgrade.js';
import { buildVersion } from './version.js';
import { findings, measured, table } from './table.js';

/** Of the findings of one fault. */
const SHOWN = 10;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    into: { type: 'string' },
    run: { type: 'string' },
    minutes: { type: 'string', default: '60' },
    former: { type: 'string' },
  },
});
const say = (line: string): void => console.log(line);
const WHOLE = [...CATALOGUE.map(({ id }) => id), 'real'];
/** When this run began: its name. */
const RUN = new Date().toISOString();

if (positionals[0] === 'table') {
  process.exit(showTable(positionals[1]));
}
const stack = createStack({ log: say });
process.exitCode = await runWithStack(stack, campaign, (error) => say(String(error)), {
  followParent: process.env.npm_lifecycle_event !== undefined,
});
process.exit();

function showTable(file: string | undefined): number {
  if (file === undefined) {
    say('Of which file? pnpm faults table results.jsonl');
    return 1;
  }
  const shown = publishedTable(resultLines(file), values.run, WHOLE);
  say('text' in shown ? shown.text : `No table: ${shown.refused}.`);
  return 'text' in shown ? 0 : 1;
}

async function campaign(): Promise<number> {
  const wrongly = problemOf();
  if (wrongly !== null) {
    say(wrongly);
    return 1;
  }
  const isChosen = (id: string): boolean => positionals.length === 0 || positionals.includes(id);
  const into = values.into === undefined ? null : resolve(values.into);
  const seed = Number(values.seed);
  const logs = openFaultLogs(
    into === null ? null : `${into}.logs/${RUN.replaceAll(':', '-')}`,
    process.env.FAULTS_LOG === undefined ? () => undefined : say,
  );
  const servers = stack.add('servers', await startServers(say, logs.line));
  const results: Result[] = [];
  const play = async (
    { id, title }: Pick<Fault, 'id' | 'title'>,
    work: () => Promise<Result | null>,
  ): Promise<void> => {
    logs.begin(id);
    const result = await work().catch((error: unknown) => brokenOff(id, title, error));
    const found = result === null ? 0 : findings([result]).length;
    const log = logs.end(found > 0);
    if (result === null) return;
    report(result);
    if (log !== null) say(`    all that was said: ${log}`);
    results.push(result);
    if (into !== null) appendResult(into, { run: RUN, seed, ...checkout(into), result });
  };

  const soaked = positionals.includes(SOAK_ID) ? [soak({ minutes: Number(values.minutes), say })] : [];
  const named = [...soaked, ...(await upgraded())];
  for (const fault of [...CATALOGUE.filter(({ id }) => isChosen(id)), ...named]) {
    const why = fault.unavailable?.() ?? null;
    if (why === null) await play(fault, () => playOn(fault, servers, { seed, log: logs.line }));
    else say(`${fault.id} ${fault.title}: not played, ${why}`);
  }
  if (isChosen('real')) {
    await play({ id: 'real', title: 'a real Asterisk' }, () => runRealRound({ servers, seed, log: logs.line, say }));
  }
  say(`\n${table(results)}\n`);
  return findings(results).length === 0 ? 0 : 1;
}

async function playOn(
  fault: Fault,
  common: Servers,
  options: { readonly seed: number; readonly log: (line: string) => void },
): Promise<Result> {
  if (fault.servers === undefined) return runFault(fault, fault.whole, { servers: common, ...options });
  const servers = await startServers(() => undefined, options.log, fault.servers, installationOf(fault));
  const part = stack.add(`servers of ${fault.id}`, servers);
  try {
    return await runFault(fault, fault.whole, { servers: part, ...options });
  } finally {
    await part.stop();
  }
}

/** The upgrade, with its former version built, when it was asked for. */
async function upgraded(): Promise<Fault[]> {
  if (!positionals.includes(UPGRADE_ID) || values.former === undefined) return [];
  const former = stack.add('the former version', await buildVersion(values.former, say));
  return [upgrade({ former, say })];
}

/** What is wrong with what was asked for, or null. */
function problemOf(): string | null {
  const ids = [...WHOLE, SOAK_ID, UPGRADE_ID];
  const unknown = positionals.filter((id) => !ids.includes(id));
  if (unknown.length > 0) return `There is no ${unknown.join(', ')}. There are: ${ids.join(' ')}`;
  if (positionals.includes(UPGRADE_ID) !== (values.former !== undefined)) return 'upgrade goes with --former COMMIT';
  const minutes = Number(values.minutes);
  return !Number.isInteger(minutes) || minutes < SOAK_MINUTES.least || minutes > SOAK_MINUTES.most
    ? `--minutes is a whole number from ${String(SOAK_MINUTES.least)} to ${String(SOAK_MINUTES.most)}`
    : null;
}

function report(result: Result): void {
  const found = findings([result]);
  const { id, title, calls, seconds, slowness } = result;
  const slow = slowness > 1 ? `, ${slowness.toFixed(1)} times slower than a quiet machine` : '';
  say(`${id} ${title}: ${String(calls)} calls in ${seconds.toFixed(0)} s${slow}, ${said(found.length)}`);
  for (const finding of found.slice(0, SHOWN)) say(`    ${finding}`);
  for (const line of measured([result])) say(`    ${line}`);
}

function said(found: number): string {
  return found === 0 ? 'all as promised' : `${String(found)} findings`;
}
