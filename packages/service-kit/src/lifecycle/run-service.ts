import type { Logger } from '../logging/logger.js';
import { THIS_BUILD } from '../this-build.js';
import { inTime } from './in-time.js';

/** Something that runs for as long as the service does. */
export interface Part {
  readonly name: string;
  /** Resolves when it is up. A rejection stops the service. */
  readonly start?: () => Promise<void>;
  /** Resolves when it is down. Called at most once, and only after a successful start. */
  readonly stop?: () => Promise<void> | void;
  /** How long its stop may take, in milliseconds; it is left behind then. Default 5,000. */
  readonly stopWithinMs?: number;
}

const DEFAULT_STOP_WITHIN_MS = 5_000;

/**
 * Starts the parts in order and, on SIGTERM, SIGINT or a failed start, stops those that are up in reverse order, once.
 * Then the process ends: with exit code 0 after a signal, 1 after a failure. A second signal changes nothing.
 */
export async function runService(
  parts: readonly Part[],
  log: Logger,
  host: Pick<NodeJS.Process, 'once' | 'on' | 'exit'> = process,
): Promise<void> {
  const up: Part[] = [];
  let stopping: Promise<void> | undefined;

  function stop(exitCode: number): Promise<void> {
    stopping ??= (async () => {
      for (const part of up.reverse()) await stopPart(part, log);
      log.info({ exitCode }, 'Service stopped');
      host.exit(exitCode);
    })();
    return stopping;
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    host.on(signal, () => {
      log.info({ signal }, 'Service stopping');
      void stop(0);
    });
  }
  host.on('uncaughtException', (error: Error) => {
    log.error({ error, stack: error.stack }, 'Uncaught exception');
    void stop(1);
  });
  host.on('unhandledRejection', (error: unknown) => {
    log.error({ error, stack: error instanceof Error ? error.stack : undefined }, 'Unhandled rejection');
    void stop(1);
  });

  for (const part of parts) {
    if (stopping !== undefined) return stopping;
    try {
      await part.start?.();
      up.push(part);
    } catch (error) {
      log.error({ part: part.name, error }, 'Service could not start');
      return stop(1);
    }
  }
  log.info({ ...THIS_BUILD }, 'Service started');
}

async function stopPart(part: Part, log: Logger): Promise<void> {
  const withinMs = part.stopWithinMs ?? DEFAULT_STOP_WITHIN_MS;
  try {
    const ended = await inTime(Promise.resolve(part.stop?.()), withinMs);
    if (ended === 'late') log.warn({ part: part.name, withinMs }, 'Part left behind');
  } catch (error) {
    log.error({ part: part.name, error }, 'Part failed to stop');
  }
}
