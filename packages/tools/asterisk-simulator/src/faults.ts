import type { Conditions, Phase } from './conditions.js';
import type { DepartingEvent, EventFault, EventFaults } from './event-faults.js';
import type { EventSockets } from './event-sockets.js';
import type { FaultRule, LaidFault } from './fault-rules.js';
import type { HttpServer } from './http-server.js';
import type { RequestFaultRule, RequestFaults } from './request-faults.js';

/** Everything that can be made to go wrong, at any time, for tests and fault campaigns. */
export interface Faults {
  /** Makes HTTP requests go wrong. */
  onRequest(rule: RequestFaultRule): LaidFault;
  /** Makes events go wrong on their way to a socket. */
  onEvent(rule: FaultRule<DepartingEvent, EventFault>): LaidFault;
  /** Cuts the WebSockets (of one application, if named) without a close frame: the reader sees 1006. */
  cutSockets(application?: string): number;
  /** Cuts every TCP connection, keep-alive HTTP connections included. */
  cutConnections(): number;
  /** Like a network that swallows everything: no reply, no event, no pong, until `thaw`; then all of it arrives. */
  freeze(): void;
  thaw(): void;
  /** ECONNREFUSED for new connections until `acceptConnections`; WebSockets and requests under way stay. */
  refuseConnections(): void;
  acceptConnections(): Promise<void>;
  /** HTML 404 (`starting`) or 503 "Asterisk not booted" for every request, until `ready`. */
  setPhase(phase: Phase): void;
  /** Takes every fault away: rules, frost, phase, refusal. */
  clear(): Promise<void>;
}

/** The levers of one simulator. */
export function createFaults({
  requestFaults,
  eventFaults,
  eventSockets,
  conditions,
  server,
  port,
}: {
  requestFaults: RequestFaults;
  eventFaults: EventFaults;
  eventSockets: EventSockets;
  conditions: Conditions;
  server: HttpServer;
  port: () => number;
}): Faults {
  let refusing = false;

  async function acceptConnections(): Promise<void> {
    if (!refusing) return;
    refusing = false;
    await server.listen(port());
  }

  return {
    onRequest: (rule) => requestFaults.lay(rule),
    onEvent: (rule) => eventFaults.lay(rule),
    cutSockets: (application) => eventSockets.cut(application),
    cutConnections: () => server.cutConnections(),
    freeze: () => conditions.freeze(),
    thaw: () => conditions.thaw(),
    refuseConnections() {
      refusing = true;
      server.stopListening();
    },
    acceptConnections,
    setPhase(phase) {
      conditions.phase = phase;
    },
    async clear() {
      requestFaults.clear();
      eventFaults.clear();
      conditions.thaw();
      conditions.phase = 'ready';
      await acceptConnections();
    },
  };
}
