/** `npm start` as a process of its own, with its data in the directory that is named. */
import { createStack, runWithStack } from '../src/index.js';
import { runGateway } from '../src/run-gateway.js';

const [, , local = ''] = process.argv;
const say = (line: unknown): void => console.log(String(line));
const stack = createStack({ log: say });
const { env } = process;
process.exit(await runWithStack(stack, (stopped) => runGateway({ env, local, stack, say, stopped }), say));
