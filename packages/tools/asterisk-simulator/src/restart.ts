import type { Applications } from './applications.js';
import type { Calls } from './calls.js';
import type { Clock } from './clock.js';
import type { Conditions } from './conditions.js';
import type { HttpServer } from './http-server.js';

/** `graceful` is `core restart now`; `kill` is kill -9 and a supervisor that starts Asterisk again. */
export type RestartKind = 'graceful' | 'kill';

/** What is seen of a restart from outside, step by step, lasting about 2.4 s of simulated time as measured. */
export async function restartSequence(
  kind: RestartKind,
  {
    clock,
    conditions,
    calls,
    applications,
    server,
    port,
    started,
  }: {
    clock: Clock;
    conditions: Conditions;
    calls: Calls;
    applications: Applications;
    server: HttpServer;
    port: number;
    started: () => void;
  },
): Promise<void> {
  const pause = (simulatedMs: number) => new Promise<void>((resolve) => void clock.after(simulatedMs, resolve));

  if (kind === 'graceful') {
    calls.hangUpAll();
    conditions.phase = 'not-booted';
    await pause(STEP_MS.shuttingDown);
  }
  conditions.generation += 1;
  calls.dropAll();
  applications.forgetAll();
  server.stopListening();
  server.cutConnections();
  conditions.phase = 'starting';

  await pause(STEP_MS.refused);
  started();
  await server.listen(port);
  await pause(STEP_MS.htmlNotFound);
  conditions.phase = 'not-booted';
  await pause(STEP_MS.notBooted);
  conditions.phase = 'ready';
}

const STEP_MS = { shuttingDown: 100, refused: 1_200, htmlNotFound: 600, notBooted: 500 };
