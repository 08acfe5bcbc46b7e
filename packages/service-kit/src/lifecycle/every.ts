import type { Logger } from '../logging/logger.js';
import type { Part } from './run-service.js';

/**
 * A part that runs a task, rests for so many milliseconds, and runs it again; never two runs at once. What a run throws is
 * logged and changes nothing: as an error, or quietly while the database is away, which its own users say already. Its
 * stop waits for the run under way.
 */
export function every(name: string, restMs: number, task: () => Promise<unknown>, log: Logger): Part {
  let timer: NodeJS.Timeout | undefined;
  let run: Promise<void> = Promise.resolve();
  let stopped = false;

  async function runAndRest(): Promise<void> {
    try {
      await task();
    } catch (error) {
      const away = (error as { code?: unknown }).code === 'database_unavailable';
      log[away ? 'debug' : 'error']({ loop: name, error }, 'Loop run failed');
    }
    if (stopped) return;
    timer = setTimeout(() => {
      run = runAndRest();
    }, restMs);
  }

  return {
    name,
    start: () => {
      run = runAndRest();
      return Promise.resolve();
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return run;
    },
  };
}
