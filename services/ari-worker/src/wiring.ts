import type { Calls, Slots } from '@dialgate/database';
import { every, type Logger, type Part } from '@dialgate/service-kit';
import type {
  JobEnd,
  OriginateConsumer,
  OriginateProducer,
  CancelRequestListener,
  WorkerReport,
} from '@dialgate/redis';
import type { AriClient } from './ari/client.js';
import { createLateness } from './ari/lateness.js';
import { asteriskName, type WorkerConfig } from './config.js';
import { createContinueCall } from './events/continue-call.js';
import { createChannels } from './originate/create-channel.js';
import { dialplanCheck } from './originate/dialplan-check.js';
import { createFollowedCalls } from './events/followed-calls.js';
import { createFollowEvents } from './events/follow-events.js';
import { createHangUpCalls } from './reconcile/hang-up-calls.js';
import { holdSlots } from './slots/held-slots.js';
import { createSerializeByKey } from './events/serialize-by-key.js';
import { createApplyEvent } from './events/apply-event.js';
import { originateCalls, type Arrival } from './originate/originate-call.js';
import { createReconcile } from './reconcile/reconcile.js';
import { openSlotSession, type OpenStream } from './slots/slot-session.js';
import { createSweepLostJobs, createSweepOverdue } from './reconcile/sweep.js';
import { createPendingWrites } from './events/pending-writes.js';
import { workerSlots } from './slots/worker-slots.js';

/** What a worker asks of the calls' table. */
export type WorkerCalls = Pick<
  Calls,
  | 'claim'
  | 'voidClaim'
  | 'permitDial'
  | 'find'
  | 'findAll'
  | 'openOfSlot'
  | 'toHangUp'
  | 'takeDueForQueue'
  | 'expireOverdue'
  | 'endOrphans'
  | 'apply'
  | 'note'
>;

/** A worker's ends towards PostgreSQL, Asterisk and Redis, already open or to be opened when it is put together. */
export interface WorkerPorts {
  readonly calls: WorkerCalls;
  readonly slots: Slots;
  readonly ari: AriClient;
  readonly openStream: OpenStream;
  readonly producer: Pick<OriginateProducer, 'ready' | 'add'>;
  readonly openConsumer: (originate: (callId: string) => Promise<JobEnd>) => OriginateConsumer;
  readonly openCancelRequestListener: (onCancelRequest: () => void) => CancelRequestListener;
  /** Tells the API how the worker is. */
  readonly report: (report: WorkerReport) => Promise<void>;
}

type AssemblyConfig = Pick<
  WorkerConfig,
  | 'ARI_HTTP_URL'
  | 'ASTERISK_NAME'
  | 'ARI_APP'
  | 'DIAL_ENDPOINT'
  | 'ORIGINATE_PER_SECOND'
  | 'MAX_CONCURRENT_CALLS'
  | 'MAX_CALL_SECONDS'
  | 'ORPHAN_SECONDS'
  | 'DRAIN_SECONDS'
>;

const CANCEL_REQUESTS_EVERY_MS = 1_000;
const REPORT_EVERY_MS = 2_000;

/** How long the originations under way at a stop may take. */
const LAST_JOBS_MS = 6_000;

/** Of a slot that was lost in this very moment. */
const NEVER: Arrival = { within: () => Promise.resolve(false), forget: () => undefined };

/**
 * Puts a worker together: what hears Asterisk, what decides, what acts.
 *
 * @param make the parts that the simulation replaces by broken ones, to see that it notices.
 * @returns its parts, in the order in which they start; they stop in reverse.
 */
export function assembleWorker(
  options: {
    readonly ports: WorkerPorts;
    readonly config: AssemblyConfig;
    /** This worker's id, new at every start. */
    readonly owner: string;
    /** Host and process, for people. */
    readonly holder: string;
    readonly log: Logger;
  },
  make = { createApplyEvent, createReconcile },
): Part[] {
  const { ports, config, owner, holder, log } = options;
  const { calls, slots, ari, producer } = ports;
  const asterisk = asteriskName(config);

  const held = holdSlots();
  const followed = createFollowedCalls(calls, held);
  const order = createSerializeByKey();
  const pendingWrites = createPendingWrites({ order, onMadeRoom: () => mySlots.distrust('facts were dropped'), log });
  const underWay = new Set<string>();
  const lateBy = createLateness();

  const applyEvent = make.createApplyEvent({ calls, held, log });
  const continueCall = createContinueCall({ ari, calls, followed, held, pendingWrites, log });
  const onEvent = createFollowEvents({ ari, followed, pendingWrites, applyEvent, continueCall, lateBy, log });
  const reconcile = make.createReconcile({
    calls,
    ari,
    followed,
    held,
    order,
    applyEvent,
    continueCall,
    underWay,
    log,
  });

  const onChange = (): void => consumer.open(mySlots.originatingLease() !== null);
  const mySlots = workerSlots({
    slots,
    asterisk,
    appPrefix: config.ARI_APP,
    owner,
    holder,
    held,
    followed,
    openSession: (lease, leaseIsFresh) =>
      openSlotSession({
        lease,
        ari,
        openStream: ports.openStream,
        slots,
        reconcile,
        leaseIsFresh,
        onEvent,
        onChange,
        log,
      }),
    openCalls: async (slotId) => (await calls.openOfSlot(slotId)).calls.length,
    onChange,
    drainSeconds: config.DRAIN_SECONDS,
    log,
  });

  const originate = originateCalls({
    calls,
    ari,
    slot: {
      ready: mySlots.originatingLease,
      distrust: (why) => mySlots.originatingSession()?.distrust(why),
      expect: (channel) => mySlots.originatingSession()?.expect(channel) ?? NEVER,
    },
    followed,
    order,
    move: applyEvent,
    createChannel: createChannels(ari, config.DIAL_ENDPOINT, (at) => void lateBy(at, performance.now())),
    checkDialplan: dialplanCheck(ari),
    underWay,
    limits: { maxConcurrentCalls: config.MAX_CONCURRENT_CALLS, originatePerSecond: config.ORIGINATE_PER_SECOND },
    log,
  });

  const consumer = ports.openConsumer(originate);
  const hangUp = createHangUpCalls({ ari, calls, followed, held, maxCallSeconds: config.MAX_CALL_SECONDS, log });
  const cancelRequests = ports.openCancelRequestListener(() => void hangUp());
  const report = (): Promise<void> => ports.report({ holder, asterisk, facts: pendingWrites.backlog() });

  return [
    { name: 'events in order', stop: order.idle },
    { name: 'cancel request listener', stop: cancelRequests.close },
    every('report', REPORT_EVERY_MS, report, log),
    every('cancel requests', CANCEL_REQUESTS_EVERY_MS, hangUp, log),
    every('lost jobs', slots.times.sweepEveryMs, createSweepLostJobs(calls, producer, log), log),
    { name: 'slots', start: mySlots.start, stop: mySlots.stop, stopWithinMs: (config.DRAIN_SECONDS + 10) * 1_000 },
    every('overdue calls', slots.times.sweepEveryMs, createSweepOverdue(calls, config.ORPHAN_SECONDS, log), log),
    { name: 'consumer', stop: () => consumer.close(LAST_JOBS_MS), stopWithinMs: LAST_JOBS_MS + 1_000 },
  ];
}
