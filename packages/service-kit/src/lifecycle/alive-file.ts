import { rm, writeFile } from 'node:fs/promises';
import type { Logger } from '../logging/logger.js';
import { every } from './every.js';
import type { Part } from './run-service.js';

const TOUCH_EVERY_MS = 5_000;

/**
 * Writes the time into a file again and again for as long as the process runs and its event loop turns; the file's age is
 * what a container's health check looks at. It says nothing of Asterisk or PostgreSQL on purpose: a worker that waits for
 * one of them is well, and restarting it would only drop what it follows. Their state stands in the API's /health.
 *
 * Goes first among the parts: then it covers the start and the draining, too.
 */
export function createAliveFile(path: string | undefined, log: Logger): Part[] {
  if (path === undefined) return [];
  const touching = every('alive file', TOUCH_EVERY_MS, () => writeFile(path, `${new Date().toISOString()}\n`), log);
  return [
    {
      ...touching,
      stop: async () => {
        await touching.stop?.();
        await rm(path, { force: true });
      },
    },
  ];
}
