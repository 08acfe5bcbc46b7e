/** `pnpm simulate`: one seed with its trace, or many seeds in search of one that breaks a promise. */
import { parseArgs } from 'node:util';
import { MUTANTS } from './mutants.js';
import { runSeed } from './run.js';
import { documentSeeds } from './mutant-seeds.js';
import { firstToBreak, runSeeds } from './run-seeds.js';

const HELP = `pnpm simulate --seed N               run one seed and print what happened
pnpm simulate --seeds 1000000        run so many seeds, print those that fail
         [--from N]                  beginning with this one (default 1)
         [--mutant NAME]             on a deliberately broken product
         [--keep-going]              past the first failing seed
pnpm simulate --mutants              the first seed that shows each mutant to break its law
         [--write]                   into mutant-seeds.json and docs/reliability.md, where the tests look
mutants: ${MUTANTS.map(({ name }) => name).join(' ')}
`;

/** A mutant that lives so long is not noticed. */
const MUTANT_SEEDS = 30_000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    mutant: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

// Whoever reads the beginning only (`| head`) has seen enough.
process.stdout.on('error', () => process.exit());
process.exitCode = await main();

async function main(): Promise<number> {
  const mutant = MUTANTS.find(({ name }) => name === values.mutant);
  if (values.mutant !== undefined && mutant === undefined) return complain(`no mutant is called ${values.mutant}`);
  const changes = mutant?.changes ?? {};
  const suffix = mutant === undefined ? '' : ` --mutant ${mutant.name}`;

  if (values.seed !== undefined) {
    const seed = wholeNumber(values.seed);
    if (seed === null) return complain('--seed wants a whole number');
    const result = await runSeed(seed, { traced: true, changes });
    say(result.trace.join('\n'));
    say(`\nended as: ${result.statuses.join(', ')}; INVITEs sent: ${result.invites}`);
    for (const violation of result.violations) say(`VIOLATED ${violation}`);
    return result.violations.length === 0 ? 0 : 1;
  }

  if (values.mutants) return noticeMutants(values.write);

  const count = wholeNumber(values.seeds ?? '');
  const from = wholeNumber(values.from);
  if (values.help || count === null || from === null) {
    say(HELP);
    return values.help ? 0 : 2;
  }

  const summary = await runSeeds({
    from,
    count,
    changes,
    keepGoing: values['keep-going'],
    onFailure: ({ seed, violations }) => {
      say(`seed ${seed}: ${violations.join('; ')}\n  replay: pnpm simulate --seed ${seed}${suffix}`);
    },
    onProgress: (done, perSecond) => say(`${done} seeds, ${perSecond.toFixed(0)} a second`),
  });
  say(
    `${summary.seeds} seeds in ${summary.seconds.toFixed(1)} s (${(summary.seeds / summary.seconds).toFixed(0)} a second), ` +
      `${summary.failed.length} failed; ${summary.calls} calls, ${summary.invites} INVITEs, ` +
      `${(summary.virtualMs / 3_600_000).toFixed(1)} hours of virtual time`,
  );
  say(
    Object.entries(summary.statuses)
      .sort(([, a], [, b]) => b - a)
      .map(([status, n]) => `${String(n).padStart(9)}  ${status}`)
      .join('\n'),
  );
  return summary.failed.length === 0 ? 0 : 1;
}

/** @returns 1 when there is a mutant that so many seeds do not show to break its law. */
async function noticeMutants(write: boolean): Promise<number> {
  const seeds: Record<string, number> = {};
  for (const { name, law, breaks, changes } of MUTANTS) {
    const seed = await firstToBreak(law, changes, MUTANT_SEEDS);
    if (seed !== null) seeds[name] = seed;
    say(`${String(seed ?? 'never').padStart(6)}  ${law}  ${name}: ${breaks}`);
  }
  if (write) await documentSeeds(seeds);
  return Object.keys(seeds).length === MUTANTS.length ? 0 : 1;
}

function wholeNumber(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function complain(what: string): number {
  process.stderr.write(`${what}\n${HELP}`);
  return 2;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
