import { createEndOverdue, every, type Logger, type Part } from '@dialgate/service-kit';
import { createInTimeAt, createLateness } from './ari/lateness.js';
import { asteriskName, limitsOf, type WorkerConfig } from './config.js';
import { createApplyEvent } from './events/apply-event.js';
import { createContinueCall } from './events/continue-call.js';
import { createFollowEvents } from './events/follow-events.js';
import { createFollowedCalls } from './events/followed-calls.js';
import { createKeepResults } from './events/keep-results.js';
import { createLostDials } from './events/lost-dials.js';
import { createPendingWrites } from './events/pending-writes.js';
import { createRestoreDials } from './events/restore-dials.js';
import { createSerializeByKey } from './events/serialize-by-key.js';
import { createBreaker } from './originate/breaker.js';
import { createOriginateCall } from './originate/originate-call.js';
import { createOriginateRoom } from './originate/room.js';
import type { WorkerPorts } from './ports.js';
import { createHangUpCalls } from './reconcile/hang-up-calls.js';
import { createReconcile } from './reconcile/reconcile.js';
import { createSweepLostJobs } from './reconcile/sweep.js';
import { createHeldSlots } from './slots/held-slots.js';
import { openSlotSession, type SlotSession } from './slots/slot-session.js';
import { createWorkerSlots } from './slots/worker-slots.js';

const CANCEL_REQUESTS_EVERY_MS = 1_000;
const REPORT_EVERY_MS = 2_000;

/** How long the originations under way at a stop may take. */
const LAST_JOBS_MS = 6_000;

/**
 * Puts a worker together. Each part is made after the parts it uses.
 *
 * @param make the parts that the simulation replaces by broken ones, to see that it notices.
 * @returns its parts, in the order in which they start; they stop in reverse.
 */
export function createWorker(
  options: { readonly ports: WorkerPorts; readonly config: WorkerConfig; readonly log: Logger },
  make = { createApplyEvent, createReconcile },
): Part[] {
  const { ports, config, log } = options;
  const { owner, holder, calls, slots, ari, producer } = ports;
  const [everyMs, orphanSeconds] = [slots.times.sweepEveryMs, config.ORPHAN_SECONDS];

  // What it holds and follows.
  const held = createHeldSlots<SlotSession>();
  const followed = createFollowedCalls(calls, held);
  const underWay = new Set<string>();
  const lostDials = createLostDials({ calls, held, log });
  const common = { calls, slots, ari, followed, held, lostDials, underWay, log };

  // What it does when Asterisk says something.
  const order = createSerializeByKey();
  const onMadeRoom = (): void => held.requireReconcile('pending writes were dropped');
  const pendingWrites = createPendingWrites({ order, onMadeRoom, log });
  const lateBy = createLateness();
  const inTimeAt = createInTimeAt(lateBy);
  const applyEvent = make.createApplyEvent({ calls, held, lostDials, log });
  const continueCall = createContinueCall({ ...common, pendingWrites });
  const keepResults = createKeepResults({ ...common, pendingWrites, inTimeAt, variables: config.RESULT_VARIABLES });
  const onEvent = createFollowEvents({ ...common, pendingWrites, applyEvent, continueCall, keepResults, inTimeAt });

  // Its slots: where it listens, and where it originates.
  const reconcile = make.createReconcile({ ...common, order, applyEvent, continueCall });
  const breaker = createBreaker(log);
  const mySlots = createWorkerSlots({
    ...common,
    breaker,
    asterisk: asteriskName(config),
    appPrefix: config.ARI_APP,
    owner,
    holder,
    openSession: (lease) =>
      openSlotSession({ ...lease, ari, openStream: ports.openStream, slots, reconcile, onEvent, log }),
    openCalls: calls.countOpenOfSlot,
    restoreDials: createRestoreDials(common),
    drainSeconds: config.DRAIN_SECONDS,
  });

  // What it does for clients: placing calls and hanging them up.
  const room = createOriginateRoom(config.ORIGINATE_CONCURRENCY, log);
  const originate = createOriginateCall({
    ...common,
    ...{ slot: mySlots.originating, breaker, room, order, applyEvent },
    ...originateSettings(ports, config),
    // Asterisk's time of the creation teaches how late its events come.
    onMade: (at) => void lateBy(at, performance.now()),
  });
  const consumer = ports.openConsumer(originate, room.atOnce());
  room.onChange(consumer.takeAtOnce);
  const hangUp = createHangUpCalls({ ...common, maxCallSeconds: config.MAX_CALL_SECONDS });
  // Those of other workers' calls are none of ours; a call that nobody has learned of yet is found within a second.
  const cancelRequests = ports.openCancelRequestListener((callId) => {
    if (followed.get(callId) !== undefined) void hangUp();
  });
  const report = () => ports.report({ facts: pendingWrites.backlog(), refusals: breaker.refusals() });

  return [
    ...ports.parts,
    { name: 'events in order', stop: order.idle },
    { name: 'cancel request listener', stop: cancelRequests.close },
    every('report', REPORT_EVERY_MS, report, log),
    every('cancel requests', CANCEL_REQUESTS_EVERY_MS, hangUp, log),
    every('lost jobs', everyMs, createSweepLostJobs(calls, producer, everyMs, log), log),
    {
      name: 'slots',
      start: () => mySlots.start(consumer.open),
      stop: mySlots.stop,
      stopWithinMs: (config.DRAIN_SECONDS + 10) * 1_000,
    },
    every('overdue calls', everyMs, createEndOverdue(calls, 'sweep', { orphanSeconds, everyMs }, log), log),
    { name: 'breaker', stop: breaker.close },
    { name: 'consumer', stop: () => consumer.close(LAST_JOBS_MS), stopWithinMs: LAST_JOBS_MS + 1_000 },
  ];
}

/** Who may be called, within which limits, and what numbers, and the extensions that calls are connected to, are dialled by. */
function originateSettings({ admission, admissionFacts }: WorkerPorts, config: WorkerConfig) {
  const { DIAL_ENDPOINT: endpointTemplate, CONNECT_EXTENSIONS: extensions } = config;
  const connect = { extensions, extensionEndpoint: config.CONNECT_EXTENSION_ENDPOINT };
  return { admission, admissionFacts, endpointTemplate, connect, limits: limitsOf(config) };
}
