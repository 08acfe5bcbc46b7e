import { eventually } from './eventually.js';
import type { Program } from './programs.js';

/** Against hanging only. */
const ANSWER_WITHIN_MS = 60_000;

/**
 * What a program gets as NODE_OPTIONS that is to measure its own live memory.
 *
 * @param code JavaScript that runs before the program, with a function `collect`, which collects the garbage at once, and
 *   `liveBytes`, which says what is held then: JavaScript's heap and the buffers outside of it.
 */
export function withCollector(code: string): string {
  return `--import=data:text/javascript,${encodeURIComponent(`
    import { setFlagsFromString } from 'node:v8';
    import { runInNewContext } from 'node:vm';
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    const liveBytes = () => { const { heapUsed, external } = process.memoryUsage(); return heapUsed + external; };
    ${code}
  `)}`;
}

/**
 * What a program that is to be asked for its live memory gets as NODE_OPTIONS. Resident memory tells nothing of a leak below some
 * ten megabytes: V8 collects when it likes, and gives back to the system when it likes.
 */
export const TELLS_LIVE_MEMORY = withCollector(`
  let told = 0;
  process.on('SIGUSR2', async () => {
    // What a finalizer lets go of is garbage only afterwards.
    for (let round = 0; round < 3; round++) { collect(); await new Promise(setImmediate); }
    process.stderr.write('live memory ' + ++told + ': ' + liveBytes() + ' bytes\\n');
  });
`);

/** @returns what the program holds after its garbage was collected, in bytes: JavaScript's heap and the buffers outside of it. */
export async function liveBytes({ child, err }: Program): Promise<number> {
  const answers = () => [...err().matchAll(/^live memory \d+: (\d+) bytes$/gm)];
  const before = answers().length;
  child.kill('SIGUSR2');
  const answer = await eventually(() => answers()[before], ANSWER_WITHIN_MS);
  return Number(answer[1]);
}
