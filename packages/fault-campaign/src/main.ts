/**
 * `pnpm faults`: the whole campaign, a table, and every finding; exit code 1 when there is one.
 * `pnpm faults R01 real`: only these. `--seed 7`: other moments. FAULTS_LOG=1: everything the processes say.
 */
import { parseArgs } from 'node:util';
import { createStack, runWithStack } from '@dialgate/local-stack';
import { CATALOGUE } from './catalogue.js';
import { runRealRound } from './real-round.js';
import { runFault, type Result } from './run-fault.js';
import { startServers } from './servers.js';
import { findings, table } from './table.js';

/** Of the findings of one fault. */
const SHOWN = 10;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' } },
});
const say = (line: string): void => console.log(line);
const stack = createStack({ log: say });

process.exitCode = await runWithStack(stack, campaign, (error) => say(String(error)), {
  followParent: process.env.npm_lifecycle_event !== undefined,
});
process.exit();

async function campaign(): Promise<number> {
  const ids = [...CATALOGUE.map(({ id }) => id), 'real'];
  const unknown = positionals.filter((id) => !ids.includes(id));
  if (unknown.length > 0) {
    say(`There is no ${unknown.join(', ')}. There are: ${ids.join(' ')}`);
    return 1;
  }
  const isChosen = (id: string): boolean => positionals.length === 0 || positionals.includes(id);
  const servers = stack.add('servers', await startServers(say));
  const log = process.env.FAULTS_LOG === undefined ? (): void => undefined : say;
  const results: Result[] = [];
  const seed = Number(values.seed);
  for (const fault of CATALOGUE.filter(({ id }) => isChosen(id))) {
    const why = fault.unavailable?.() ?? null;
    if (why !== null) say(`${fault.id} ${fault.title}: not played, ${why}`);
    else results.push(reported(await runFault(fault, fault.whole, { servers, seed, log })));
  }
  const real = isChosen('real') ? await runRealRound({ servers, seed, log, say }) : null;
  if (real !== null) results.push(reported(real));
  say(`\n${table(results)}\n`);
  return findings(results).length === 0 ? 0 : 1;
}

function reported(result: Result): Result {
  const found = findings([result]);
  const { id, title, calls, seconds } = result;
  say(`${id} ${title}: ${String(calls)} calls in ${seconds.toFixed(0)} s, ${said(found.length)}`);
  for (const finding of found.slice(0, SHOWN)) say(`    ${finding}`);
  return result;
}

function said(found: number): string {
  return found === 0 ? 'all as promised' : `${String(found)} findings`;
}
