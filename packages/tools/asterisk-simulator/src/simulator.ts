import { applicationRoutes } from './application-routes.js';
import { createApplications } from './applications.js';
import { asteriskRoutes } from './asterisk-routes.js';
import { authenticator } from './authentication.js';
import { createCalls } from './calls.js';
import { channelRoutes } from './channel-routes.js';
import { asteriskTime, realClock } from './clock.js';
import { createConditions } from './conditions.js';
import type { Dialplan } from './dialplan.js';
import { DEFAULT_DIALPLAN } from './dialplan.js';
import type { LocalContextKind, TrunkKind } from './endpoints.js';
import { createEventFaults } from './event-faults.js';
import { createEventSockets } from './event-sockets.js';
import type { Faults } from './faults.js';
import { createFaults } from './faults.js';
import { createRouter } from './http-routes.js';
import { createHttpServer } from './http-server.js';
import type { Ledger } from './ledger.js';
import { createLedger } from './ledger.js';
import { seededRandom } from './random.js';
import { createRequestFaults } from './request-faults.js';
import type { RestartKind } from './restart.js';
import { restartSequence } from './restart.js';

/** What the simulated Asterisk is like. */
export interface SimulatorOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  readonly username: string;
  readonly password: string;
  /** How many times faster than real telephones everything happens. Default 1. */
  readonly speed?: number;
  /** Which contexts, extensions and priorities exist, and what they do. Default: that of the recordings. */
  readonly dialplan?: Dialplan;
  /** PJSIP endpoints, added to `trunk`, `trunk-load` (work), `trunk-dead` (closed port) and `trunk-nocontact`. */
  readonly trunks?: Readonly<Record<string, TrunkKind>>;
  /** What `Local/<x>@<context>` leads to, added to `test` (the recordings') and `from-internal` (on to a trunk). */
  readonly localContexts?: Readonly<Record<string, LocalContextKind>>;
  /** SIP timer B: how long silence is tried before a 408, in seconds of the simulated time. Default 32. */
  readonly timerBSeconds?: number;
  /** Seed of everything that varies (orders that are not fixed, friendly callees, chances of faults). Default 1. */
  readonly seed?: number;
  /** Which Asterisk it is: the `asterisk_id` of the events, the `entity_id` of its info. */
  readonly asteriskId?: string;
  /** Default 22.10.1, that of the recordings. */
  readonly version?: string;
  /** Hears one line for each start, restart, end, and failure of the simulator itself. */
  readonly log?: (line: string) => void;
}

/** A running simulator. */
export interface AsteriskSimulator {
  /** What a worker takes as ARI_HTTP_URL: `http://127.0.0.1:PORT/ari`. */
  readonly ariUrl: string;
  readonly port: number;
  /** What really happened, whatever was heard of it. */
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** How many channels are alive. */
  liveChannels(): number;
  /**
   * Restarts Asterisk on the same port; resolves when ARI works again, after about 2.4 s of simulated time.
   * `graceful`: every call is hung up with events, then 503, sockets cut, refused, HTML 404, 503; `kill`: no events.
   */
  restart(kind: RestartKind): Promise<void>;
  /** Ends everything, running calls included, without a word to anybody. */
  close(): Promise<void>;
}

/**
 * Starts an ARI server over real HTTP and WebSocket that a worker cannot tell from the Asterisk 22.10.1 the recordings
 * are of: same replies, same events in the same order, same traps.
 */
export async function startAsteriskSimulator(options: SimulatorOptions): Promise<AsteriskSimulator> {
  const { host = '127.0.0.1', speed = 1, dialplan = DEFAULT_DIALPLAN, timerBSeconds = 32, seed = 1 } = options;
  const { asteriskId = '02:fc:00:00:00:01', version = '22.10.1', log = () => undefined } = options;
  const clock = realClock(speed);
  const random = seededRandom(seed);
  const conditions = createConditions();
  const eventFaults = createEventFaults(random);
  const requestFaults = createRequestFaults(random);
  const ledger = createLedger(() => clock.now());
  let startedAt = clock.now();

  const applications = createApplications({
    timestamp: () => asteriskTime(clock.now()),
    asteriskId,
    eventFaults,
  });
  const calls = createCalls({
    clock,
    random,
    dialplan,
    applications,
    ledger,
    directory: {
      trunks: { ...DEFAULT_TRUNKS, ...options.trunks },
      localContexts: { ...DEFAULT_LOCAL_CONTEXTS, ...options.localContexts },
      timerBMs: timerBSeconds * 1_000,
      random,
    },
  });

  const eventSockets = createEventSockets({ applications, conditions });
  const server = createHttpServer({
    host,
    authenticate: authenticator(options),
    conditions,
    faults: requestFaults,
    eventSockets,
    log,
    route: createRouter([
      ...channelRoutes({ calls, dialplan }),
      ...applicationRoutes({ calls, applications }),
      ...asteriskRoutes({ asteriskId, version, startedAt: () => startedAt, now: () => clock.now() }),
    ]),
  });
  const port = await server.listen(options.port ?? 0);
  const faults = createFaults({ requestFaults, eventFaults, eventSockets, conditions, server, port: () => port });
  const ariUrl = `http://${host}:${port}/ari`;
  log(`asterisk simulator listening on ${ariUrl}`);

  return {
    ariUrl,
    port,
    ledger,
    faults,
    liveChannels: () => calls.count(),
    async restart(kind) {
      log(`asterisk simulator restarting (${kind})`);
      await restartSequence(kind, {
        clock,
        conditions,
        calls,
        applications,
        server,
        port,
        started: () => (startedAt = clock.now()),
      });
      log('asterisk simulator ready again');
    },
    close() {
      conditions.generation += 1;
      calls.dropAll();
      applications.forgetAll();
      server.stopListening();
      server.cutConnections();
      conditions.thaw();
      log('asterisk simulator closed');
      return Promise.resolve();
    },
  };
}

const DEFAULT_TRUNKS: Readonly<Record<string, TrunkKind>> = {
  trunk: 'works',
  'trunk-load': 'works',
  'trunk-dead': 'dead',
  'trunk-nocontact': 'no-contact',
};

const DEFAULT_LOCAL_CONTEXTS: Readonly<Record<string, LocalContextKind>> = { test: 'test', 'from-internal': 'trunk' };
