import { setTimeout as sleep } from 'node:timers/promises';
import { endLivingChildren } from './child.js';
import { endPrograms } from './watchdog.js';

/** Something that was started and must be stopped; `withinMs` is the time it has for it. */
export interface Part {
  name: string;
  stop(withinMs: number): Promise<unknown>;
}

/** Everything started so far, ended together. */
export interface Stack {
  add<P>(name: string, part: P & { stop(withinMs?: number): Promise<unknown> }): P;
  onStop(name: string, stop: () => unknown): void;
  /** Stops every part, the last one first. Calling it again waits for the first call. */
  stop(): Promise<void>;
  isStopping(): boolean;
}

/** The least that the last part of a slow shutdown still gets. */
const LEAST_MS = 300;

/** What a program in the middle of its work (initdb, apt-get) gets for tidying up. */
const LAST_WORDS_MS = 1_000;

/** All parts together get `withinMs` to stop: what the first ones leave unused, the later ones have. */
export function createStack({ withinMs = 9_000, log }: { withinMs?: number; log: (line: string) => void }): Stack {
  const parts: Part[] = [];
  let stopping: Promise<void> | null = null;

  const keep = (part: Part): void => {
    // Started while we were already stopping (a signal in the middle of a start): it has missed its turn.
    if (stopping !== null) void stopAll([part], LEAST_MS, log);
    else parts.push(part);
  };

  return {
    add(name, part) {
      keep({ name, stop: (ms) => part.stop(ms) });
      return part;
    },
    onStop(name, stop) {
      keep({ name, stop: () => Promise.resolve(stop()) });
    },
    stop() {
      stopping ??= stopAll(parts, withinMs, log);
      return stopping;
    },
    isStopping: () => stopping !== null,
  };
}

async function stopAll(parts: Part[], withinMs: number, log: (line: string) => void): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const left = deadline - performance.now() - parts.length * LEAST_MS;
    try {
      await part.stop(Math.max(left, LEAST_MS));
    } catch (error) {
      // The others must be stopped all the same; this one is named.
      log(`${part.name} did not stop: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

const PARENT_CHECK_MS = 250;

/**
 * Settles with the name of the first signal that asks us to stop; later ones are ignored, so that the order of the end is kept.
 * `followParent`: the end of our parent counts as SIGTERM. A SIGTERM sent to `npm start` ends npm and its shell, which do not
 * hand it on to us.
 */
export function stopSignal({ followParent = false } = {}): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, resolve);
    if (!followParent) return;
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      resolve('SIGTERM');
    }, PARENT_CHECK_MS);
    timer.unref();
  });
}

/**
 * Runs `story` and stops the stack however it ends: by itself, by an error, by a signal in the middle of it, or by an error nobody
 * caught. Settles with the exit code.
 */
export async function runWithStack(
  stack: Stack,
  story: (stopped: Promise<NodeJS.Signals>) => Promise<number>,
  sayError: (error: unknown) => void,
  options: { followParent?: boolean } = {},
): Promise<number> {
  // A terminal or pipe that has gone away must not keep us from stopping things: saying so would only fail again.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const stopped = stopSignal(options);
  const uncaught = new Promise<number>((resolve) => {
    const fail = (error: unknown): void => {
      sayError(error);
      resolve(1);
    };
    process.on('uncaughtException', fail);
    process.on('unhandledRejection', fail);
  });
  const told = story(stopped).catch((error: unknown) => {
    // What was being started when everything was stopped has ended, of course.
    if (!stack.isStopping()) sayError(error);
    return 1;
  });
  // A story that listens to the signal itself ends a moment after it, with a code of its own choosing.
  const interrupted = stopped.then(async (signal) => {
    await sleep(200);
    return signal === 'SIGINT' ? 130 : 143;
  });
  const code = await Promise.race([told, uncaught, interrupted]);
  await stack.stop();
  await Promise.all([endLivingChildren(LEAST_MS), endPrograms(LAST_WORDS_MS)]);
  return code;
}
