import type { ApiProcess } from './api-process.js';
import type { Server } from './servers.js';
import type { Troubles } from './spans.js';
import type { Line } from './lines.js';

/** How often is looked whether there is a worker, in milliseconds. */
const LOOK_EVERY_MS = 100;

/** The same network, with its bad weather noted down as trouble. */
export function notedLine(line: Line, troubles: Troubles): Line {
  const { broken, whole } = note(troubles);
  return {
    ...line,
    set: (weather, kind) => {
      line.set(weather, kind);
      if (weather.kind === 'fair') whole();
      else broken();
    },
    refuse: () => {
      broken();
      line.refuse();
    },
    accept: async () => {
      await line.accept();
      whole();
    },
    cut: (kind) => {
      troubles.begin()();
      return line.cut(kind);
    },
    forget: () => {
      troubles.begin()(); // New connections are as good as ever: how long nobody makes one is the product's own fault.
      return line.forget();
    },
    heal: async () => {
      await line.heal();
      whole();
    },
    close: () => {
      line.close();
      whole();
    },
  };
}

/** The same server, with its absences noted down as trouble. */
export function notedServer(server: Server, troubles: Troubles): Server {
  const { broken, whole } = note(troubles);
  return {
    ...server,
    kill: async (signal) => {
      broken();
      await server.kill(signal);
    },
    startAgain: async () => {
      await server.startAgain();
      whole();
    },
  };
}

/** The same API, with its absences noted down as trouble. */
export function notedApi(api: ApiProcess, troubles: Troubles): ApiProcess {
  const { broken, whole } = note(troubles);
  return {
    ...api,
    kill: async () => {
      broken();
      await api.kill();
    },
    stop: async () => {
      broken();
      await api.stop();
    },
    start: async (version) => {
      await api.start(version);
      whole();
    },
  };
}

/** While there is no worker that could originate, all calls wait. */
export function noteAbsence(troubles: Troubles, anybodyThere: () => boolean): NodeJS.Timeout {
  let end: (() => void) | null = null;
  return setInterval(() => {
    if (!anybodyThere()) {
      end ??= troubles.begin();
      return;
    }
    end?.();
    end = null;
  }, LOOK_EVERY_MS).unref();
}

function note(troubles: Troubles): { readonly broken: () => void; readonly whole: () => void } {
  let end = (): void => undefined;
  return {
    broken: () => {
      end();
      end = troubles.begin();
    },
    whole: () => end(),
  };
}
