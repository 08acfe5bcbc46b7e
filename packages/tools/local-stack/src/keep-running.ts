import { EndedEarlyError, said, type Child, type Exit } from './child.js';
import { LocalStackError } from './errors.js';
import { afterEnd } from './restart-policy.js';

/** Something with a process of its own; without one (a server that was given) there is nothing to watch. */
export interface Running {
  readonly process: Child | null;
  stop(withinMs?: number): Promise<unknown>;
}

/** A process that is started again whenever it ends by itself. */
export interface Kept<R extends Running> {
  /** The first one. */
  readonly first: R;
  /** Ends what runs and starts nothing any more. */
  stop(withinMs?: number): Promise<void>;
}

/**
 * Starts something and keeps it running; see afterEnd for when and how often. Every end and every start after it is one line.
 *
 * @param start brings it up and settles when it is at work.
 * @throws what the first start failed with, when that was for good.
 */
export async function keepRunning<R extends Running>(options: {
  readonly name: string;
  readonly start: () => Promise<R>;
  readonly say: (line: string) => void;
  readonly isStopping: () => boolean;
  /** Shortens the pauses (tests). */
  readonly pauseFactor?: number;
}): Promise<Kept<R>> {
  const { name, say, pauseFactor = 1 } = options;
  let stopped = false;
  let pausing: NodeJS.Timeout | undefined;
  let running: R | null = null;
  let hasServed = false;
  let inARow = 0;
  const isOver = (): boolean => stopped || options.isStopping();

  /** Starts until it is at work; null when it was stopped meanwhile. */
  async function bringUp(): Promise<R | null> {
    while (!isOver()) {
      try {
        const up = await options.start();
        if (isOver()) await up.stop();
        else watch(up);
        return up;
      } catch (error) {
        if (isOver()) return null;
        const exit = error instanceof EndedEarlyError ? error.exit : null;
        const pauseMs = next(exit, 0);
        if (pauseMs === null) throw error;
        say(`${messageOf(error)}; starting ${name} again in ${inSeconds(pauseMs)}`);
        await pause(pauseMs);
      }
    }
    return null;
  }

  function watch(up: R): void {
    running = up;
    hasServed = true;
    const since = performance.now();
    void up.process?.exited.then(async (exit) => {
      if (isOver()) return;
      running = null;
      const pauseMs = next(exit, performance.now() - since) ?? 0;
      say(`${said(name, exit)}; starting it again in ${inSeconds(pauseMs)}`);
      await pause(pauseMs);
      // It has served: whatever it fails with from now on is tried again.
      if ((await bringUp()) !== null && !isOver()) say(`${name} is at work again`);
    });
  }

  function next(exit: Exit | null, servedMs: number): number | null {
    const decided = afterEnd(inARow, { exit, hasServed, servedMs });
    inARow = decided.inARow;
    return decided.afterMs;
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      pausing = setTimeout(resolve, ms * pauseFactor);
    });
  }

  const first = await bringUp();
  if (first === null) throw new LocalStackError(`${name} was stopped before it was at work`);
  return {
    first,
    stop: async (withinMs) => {
      stopped = true;
      clearTimeout(pausing);
      await running?.stop(withinMs);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function inSeconds(ms: number): string {
  return `${String(ms / 1_000)} s`;
}
