import { setTimeout as sleep } from 'node:timers/promises';
import { POLITE_STOP, quote, said, startChild, type Child } from './child.js';
import { LocalStackError } from './errors.js';

/** What startService needs. */
export interface ServiceOptions {
  /** The JavaScript file to run; under a TypeScript loader (tests) a .ts file will do. */
  entry: string;
  args?: string[] | undefined;
  /** The whole environment of the service. */
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
  cwd?: string | undefined;
  /** True for the line that shows the service is at work. */
  ready?: ((line: string) => boolean) | undefined;
  /** Asked every 100 ms, in place of or besides `ready`: is the service at work? */
  poll?: (() => Promise<boolean>) | undefined;
  readyWithinMs?: number | undefined;
  /** Flags for node itself, such as a loader. */
  nodeFlags?: string[] | undefined;
  recordIn?: string | undefined;
  stopWithinMs?: number | undefined;
}

/** One of our services, as a separate Node process. */
export type Service = Child;

/** Starts a service and waits until it is at work. `stop()` is SIGTERM, and SIGKILL ten seconds later; its exit is reported. */
export async function startService(name: string, options: ServiceOptions): Promise<Service> {
  const { poll, readyWithinMs = 30_000, stopWithinMs = 10_000 } = options;
  const service = await startChild({
    name,
    command: process.execPath,
    args: [...(options.nodeFlags ?? []), options.entry, ...(options.args ?? [])],
    env: options.env,
    cwd: options.cwd,
    onLine: options.log,
    ready: options.ready,
    readyWithinMs,
    recordIn: options.recordIn,
    stopSteps: [{ signal: 'SIGTERM', waitMs: stopWithinMs }, ...POLITE_STOP.slice(1)],
  });
  if (poll === undefined) return service;

  const deadline = performance.now() + readyWithinMs;
  while (!(await poll())) {
    const exit = service.exit();
    if (exit !== null) {
      await service.exited; // All it wrote has been read then.
      throw new LocalStackError(`${said(name, exit)}${quote(service.lastLines())}`);
    }
    if (performance.now() > deadline) {
      await service.stop();
      throw new LocalStackError(
        `${name} was not ready within ${String(Math.round(readyWithinMs / 1000))} s${quote(service.lastLines())}`,
      );
    }
    await sleep(100);
  }
  return service;
}
