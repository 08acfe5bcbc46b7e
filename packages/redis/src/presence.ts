import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { every, THIS_BUILD, type Logger, type Part } from '@dialgate/service-kit';
import type { WorkerReports } from './worker-reports.js';

/** What is said is believed for 10 s. */
const SAY_EVERY_MS = 3_000;

/** Parts that say over Redis, as long as they run, that this process is there and what it is built from. For /health. */
export function createPresence(
  service: string,
  reports: Pick<WorkerReports, 'sayProcess' | 'takeBackProcess'>,
  log: Logger,
): Part[] {
  const id = randomUUID();
  const report = { service, holder: `${hostname()}:${process.pid}`, build: THIS_BUILD };

  function notSaid(error: unknown): void {
    log.debug({ error }, 'Presence not said'); // The next one will do; the connection says that Redis is away.
  }

  return [
    { name: 'presence of this process', stop: () => reports.takeBackProcess(id).catch(notSaid) },
    every('presence', SAY_EVERY_MS, () => reports.sayProcess(id, report).catch(notSaid), log),
  ];
}
