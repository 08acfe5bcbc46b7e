import type { Random } from './random.js';
import type { Action, Scheduler, SimProcess } from './scheduler.js';

/** What `setTimeout` gives back here: as much of Node's Timeout as anybody uses. */
interface Timer {
  action: Action | null;
  readonly unref: () => Timer;
  readonly ref: () => Timer;
}

/**
 * Puts virtual time and seeded chance in the place of the process's own while a simulation runs: the worker's code asks
 * the globals, and is to be simulated as it is. A timer belongs to the process whose code set it.
 *
 * @returns a function that puts everything back.
 */
export function installFakeClock(scheduler: Scheduler, random: Random): () => void {
  const real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setInterval: globalThis.setInterval,
    clearInterval: globalThis.clearInterval,
    setImmediate: globalThis.setImmediate,
    clearImmediate: globalThis.clearImmediate,
  };
  const realRandom = Math.random;

  function owner(): SimProcess {
    const process = scheduler.current();
    if (process === null) throw new Error('a timer was set outside every simulated process');
    return process;
  }

  function timer(): Timer {
    const made: Timer = { action: null, unref: () => made, ref: () => made };
    return made;
  }

  function setTimeoutHere(run: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]): Timer {
    const made = timer();
    made.action = scheduler.after(Math.max(1, delayMs), owner(), () => run(...args));
    return made;
  }

  function setIntervalHere(run: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]): Timer {
    const made = timer();
    const process = owner();
    const again = (): void => {
      made.action = scheduler.after(Math.max(1, delayMs), process, () => {
        again();
        run(...args);
      });
    };
    again();
    return made;
  }

  function setImmediateHere(run: (...args: unknown[]) => void, ...args: unknown[]): Timer {
    const made = timer();
    made.action = scheduler.after(0, owner(), () => run(...args));
    return made;
  }

  function clear(made: Timer | undefined): void {
    if (made?.action) made.action.run = null;
  }

  Object.assign(globalThis, {
    setTimeout: setTimeoutHere,
    clearTimeout: clear,
    setInterval: setIntervalHere,
    clearInterval: clear,
    setImmediate: setImmediateHere,
    clearImmediate: clear,
  });
  // An own property hides the prototype's method and is deleted afterwards.
  Object.defineProperty(performance, 'now', { value: scheduler.now, configurable: true, writable: true });
  Math.random = random;

  return () => {
    Object.assign(globalThis, real);
    Reflect.deleteProperty(performance, 'now');
    Math.random = realRandom;
  };
}
