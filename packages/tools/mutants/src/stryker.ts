import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalStackError, type Stack } from '@dialgate/local-stack';
import { copyCheckout, filesOf } from './checkout-copy.js';

/** Code that decides and does nothing else, with the tests that must notice whatever StrykerJS changes in it. */
export interface PurePart {
  readonly name: string;
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
}

export const PURE: readonly PurePart[] = [
  { name: 'domain', mutate: ['packages/domain/src/*.ts'], tests: ['packages/domain/test/*.test.ts'] },
  {
    name: 'decisions of the worker',
    mutate: ['reconcile/decisions', 'events/translate', 'ari/replies', 'ari/lateness', 'slots/slot-mode'].map(
      (name) => `services/ari-worker/src/${name}.ts`,
    ),
    tests: ['reconcile-decisions', 'translate', 'ari-client', 'lateness', 'slot-mode'].map(
      (name) => `services/ari-worker/test/${name}.test.ts`,
    ),
  },
  {
    name: 'decisions of the API',
    mutate: ['auth/lockout', 'calls/idempotency'].map((name) => `services/api/src/${name}.ts`),
    tests: ['lockout', 'idempotency'].map((name) => `services/api/test/${name}.test.ts`),
  },
  {
    name: 'which calls may be placed',
    // The sources of the short numbers and of the time zones are one long text each.
    mutate: ['packages/domain/src/admission/*.ts', '!packages/domain/src/admission/*-source.ts'],
    tests: [
      'packages/service-kit/test/number-*.test.ts',
      'packages/service-kit/test/admission.test.ts',
      'packages/domain/test/calling-window.test.ts',
      'packages/domain/test/allowed-variables.test.ts',
    ],
  },
  {
    name: 'orders, limits, webhooks and the audit trail',
    mutate: ['orders', 'limits', 'webhooks', 'audit'].map((room) => `packages/domain/src/${room}/*.ts`),
    tests: [
      ...['audit', 'call-limits', 'next-of-order', 'order-view', 'webhook-events', 'webhook-hosts'].map(
        (name) => `packages/domain/test/${name}.test.ts`,
      ),
      'services/webhook-worker/test/payload.test.ts',
    ],
  },
];

/** So many in a hundred of the changes must be noticed. */
const LEAST_SCORE = 90;

/** Where StrykerJS's own packages are named and locked: 230 of them, which nothing else needs. */
const TOOL = 'packages/tools/mutants/stryker';

/**
 * Has StrykerJS change pure parts of a copy of the checkout in all the ways it knows. It is installed for this run only, next
 * to the copy.
 *
 * @returns the exit code: 0 when every part has the score it must have.
 */
export async function runStryker(options: {
  readonly root: string;
  readonly directory: string;
  readonly parts: readonly PurePart[];
  readonly stack: Stack;
  readonly log: (line: string) => void;
}): Promise<number> {
  const { root, directory, parts, stack, log } = options;
  const run = (command: string, args: readonly string[], cwd: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
      stack.onStop(command, () => void child.kill('SIGTERM'));
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });

  const tool = join(directory, 'stryker');
  mkdirSync(tool);
  for (const file of ['package.json', 'pnpm-lock.yaml']) copyFileSync(join(root, TOOL, file), join(tool, file));
  const install = ['install', '--frozen-lockfile', '--ignore-scripts', '--ignore-workspace', '--prefer-offline'];
  if ((await run('npx', ['--yes', '--prefer-offline', packageManager(root), ...install], tool)) !== 0) {
    throw new LocalStackError('StrykerJS could not be installed.');
  }
  const copy = join(directory, 'copy');
  await copyCheckout(root, await filesOf(root), copy);

  let worst = 0;
  for (const { name, mutate, tests } of parts) {
    log(`\nStrykerJS: ${name}`);
    writeFileSync(join(copy, 'stryker.config.json'), JSON.stringify(configOf(tool, mutate, tests)));
    const program = join(tool, 'node_modules/@stryker-mutator/core/bin/stryker.js');
    worst = Math.max(worst, await run(process.execPath, [program, 'run'], copy));
  }
  return worst;
}

function packageManager(root: string): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { packageManager: string }).packageManager;
}

function configOf(tool: string, mutate: readonly string[], spec: readonly string[]): object {
  return {
    mutate,
    testRunner: 'mocha',
    plugins: [join(tool, 'node_modules/@stryker-mutator/mocha-runner/dist/src/index.js')],
    testRunnerNodeArgs: ['--import', 'tsx'],
    mochaOptions: { spec },
    coverageAnalysis: 'perTest',
    concurrency: 2,
    // The copy is there to be changed.
    inPlace: true,
    reporters: ['clear-text', 'progress-append-only'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
    allowConsoleColors: false,
    thresholds: { high: 100, low: LEAST_SCORE, break: LEAST_SCORE },
  };
}
