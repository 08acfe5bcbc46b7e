/** `npm start`: the whole gateway on one machine, from nothing, until Ctrl-C. */
import { fileURLToPath } from 'node:url';
import { ConfigError, withSecretFiles } from '@dialgate/service-kit';
import { LocalStackError } from './errors.js';
import { runGateway } from './run-gateway.js';
import { createStack, runWithStack } from './stack.js';

const { env } = process;
const local = fileURLToPath(new URL('../../../../.local', import.meta.url));
const say = (line: string): void => console.log(line);
const stack = createStack({ log: say });

process.exitCode = await runWithStack(
  stack,
  (stopped) => runGateway({ env: withSecretFiles(env), local, stack, say, stopped }),
  sayError,
  { followParent: env.npm_lifecycle_event !== undefined },
);
// Whatever a library still holds open (a pool, a timer) must not keep a stopped gateway in the terminal.
process.exit();

function sayError(error: unknown): void {
  const expected = error instanceof LocalStackError || error instanceof ConfigError || !(error instanceof Error);
  say(`\n${expected ? String(error instanceof Error ? error.message : error) : (error.stack ?? error.message)}`);
}
