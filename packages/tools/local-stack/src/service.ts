import { POLITE_STOP, startChild, type Child, type ChildOptions } from './child.js';

/** What startService needs. */
export interface ServiceOptions extends Pick<
  ChildOptions,
  'cwd' | 'ready' | 'poll' | 'readyWithinMs' | 'recordIn' | 'say'
> {
  /** The JavaScript file to run; under a TypeScript loader (tests) a .ts file will do. */
  entry: string;
  args?: string[] | undefined;
  /** The whole environment of the service. */
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
  /** Flags for node itself, such as a loader. */
  nodeFlags?: string[] | undefined;
  stopWithinMs?: number | undefined;
}

/** One of our services, as a separate Node process. */
export type Service = Child;

/** Starts a service and waits until it is at work. `stop()` is SIGTERM, and SIGKILL ten seconds later; its exit is reported. */
export function startService(name: string, options: ServiceOptions): Promise<Service> {
  const { entry, args = [], nodeFlags = [], log, stopWithinMs = 10_000, ...child } = options;
  return startChild({
    ...child,
    name,
    command: process.execPath,
    args: [...nodeFlags, entry, ...args],
    onLine: log,
    stopSteps: [{ signal: 'SIGTERM', waitMs: stopWithinMs }, ...POLITE_STOP.slice(1)],
  });
}
