/** `pnpm mutants`: breaks the product in many small ways, one at a time, in copies of the checkout; a test must notice each. */
import { mkdtemp, chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createStack, LocalStackError, measureSlowness, runWithStack } from '@dialgate/local-stack';
import { MUTANTS } from './list/index.js';
import { runMutants } from './run-mutants.js';
import { select, UsageError } from './selection.js';
import { PURE, runStryker } from './stryker.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** How many mutants are tried at a time. */
const SIDE_BY_SIDE = 2;

const env = process.env;
const say = (line: string): void => console.log(line);
const stack = createStack({ log: say });

process.exitCode = await runWithStack(stack, mutants, sayError, {
  followParent: env.npm_lifecycle_event !== undefined,
});
process.exit();

async function mutants(): Promise<number> {
  const chosen = select(process.argv.slice(2), MUTANTS, PURE);
  const directory = await mkdtemp(join(tmpdir(), 'dialgate-mutants-'));
  stack.onStop('the copies', () => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o755); // Root's PostgreSQL runs as somebody else, who must be able to enter.
  const { parts } = chosen;
  if (parts !== null) return runStryker({ root: ROOT, directory, parts, stack, log: say });
  const slowness = await measureSlowness(SIDE_BY_SIDE);
  return runMutants({
    root: ROOT,
    directory,
    mutants: chosen.mutants,
    sideBySide: SIDE_BY_SIDE,
    slowness,
    stack,
    log: say,
  });
}

function sayError(error: unknown): void {
  const expected = error instanceof LocalStackError || error instanceof UsageError;
  say(expected ? error.message : String(error instanceof Error ? error.stack : error));
}
