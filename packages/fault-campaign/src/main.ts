/**
 * `pnpm faults`: the whole campaign, a table, and every finding; exit code 1 when there is one.
 * `pnpm faults R01 real`: only these. `--seed 7`: other moments. `--into results.json`: keeps the results; the table shows
 * those of former runs, too. `pnpm faults R32 --minutes 60`: the soak, which is played only when it is named. FAULTS_LOG=1:
 * everything the processes say.
 */
import { parseArgs } from 'node:util';
import { createStack, runWithStack } from '@dialgate/local-stack';
import { CATALOGUE } from './catalogue.js';
import type { Fault } from './fault.js';
import { SOAK_ID, SOAK_MINUTES, soak } from './faults/soak.js';
import { runRealRound } from './real-round.js';
import { runFault, type Result } from './run-fault.js';
import { addToFile, resultsIn } from './results-file.js';
import { startServers } from './servers.js';
import { findings, table } from './table.js';

/** Of the findings of one fault. */
const SHOWN = 10;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    into: { type: 'string' },
    minutes: { type: 'string', default: '60' },
  },
});
const say = (line: string): void => console.log(line);
const stack = createStack({ log: say });

process.exitCode = await runWithStack(stack, campaign, (error) => say(String(error)), {
  followParent: process.env.npm_lifecycle_event !== undefined,
});
process.exit();

async function campaign(): Promise<number> {
  const ids = [...CATALOGUE.map(({ id }) => id), SOAK_ID, 'real'];
  const unknown = positionals.filter((id) => !ids.includes(id));
  if (unknown.length > 0) {
    say(`There is no ${unknown.join(', ')}. There are: ${ids.join(' ')}`);
    return 1;
  }
  const minutes = Number(values.minutes);
  if (!Number.isInteger(minutes) || minutes < SOAK_MINUTES.least || minutes > SOAK_MINUTES.most) {
    say(`--minutes is a whole number from ${String(SOAK_MINUTES.least)} to ${String(SOAK_MINUTES.most)}`);
    return 1;
  }
  const isChosen = (id: string): boolean => positionals.length === 0 || positionals.includes(id);
  const log = process.env.FAULTS_LOG === undefined ? (): void => undefined : say;
  const servers = stack.add('servers', await startServers(say, log));
  const results: Result[] = [];
  const broken: string[] = [];
  const keep = (result: Result): void => {
    report(result);
    results.push(result);
    if (values.into !== undefined) addToFile(values.into, result);
  };
  const seed = Number(values.seed);
  const faults: readonly Fault[] = [
    ...CATALOGUE.filter(({ id }) => isChosen(id)),
    ...(positionals.includes(SOAK_ID) ? [soak({ minutes, say })] : []),
  ];
  for (const fault of faults) {
    const why = fault.unavailable?.() ?? null;
    if (why !== null) {
      say(`${fault.id} ${fault.title}: not played, ${why}`);
      continue;
    }
    try {
      keep(await runFault(fault, fault.whole, { servers, seed, log }));
    } catch (error) {
      broken.push(fault.id);
      say(`${fault.id} ${fault.title}: broke off, ${String(error)}`);
    }
  }
  const real = isChosen('real') ? await runRealRound({ servers, seed, log, say }) : null;
  if (real !== null) keep(real);
  say(`\n${table(values.into === undefined ? results : resultsIn(values.into))}\n`);
  return findings(results).length === 0 && broken.length === 0 ? 0 : 1;
}

function report(result: Result): void {
  const found = findings([result]);
  const { id, title, calls, seconds } = result;
  say(`${id} ${title}: ${String(calls)} calls in ${seconds.toFixed(0)} s, ${said(found.length)}`);
  for (const finding of found.slice(0, SHOWN)) say(`    ${finding}`);
}

function said(found: number): string {
  return found === 0 ? 'all as promised' : `${String(found)} findings`;
}
