import type { Slots } from '@dialgate/database';
import { every, type Part } from '@dialgate/lifecycle';
import type { Logger } from '@dialgate/logging';
import type { JobEnd, OriginateConsumer, OriginateProducer } from '@dialgate/queue';
import type { AriClient } from '../src/ari/client.js';
import type { AriEvent } from '../src/ari/events.js';
import { continueCalls } from '../src/continue-call.js';
import { createChannels } from '../src/create-channel.js';
import { dialplanCheck } from '../src/dialplan-check.js';
import { followCalls } from '../src/followed-calls.js';
import { handleAriEvents } from '../src/handle-ari-event.js';
import { hangUpCalls } from '../src/hang-up-call.js';
import { holdSlots } from '../src/held-slots.js';
import { inOrder, type InOrder } from '../src/in-order.js';
import { moveCalls, type MoveCall } from '../src/move-call.js';
import { originateCalls, type Arrival } from '../src/originate-call.js';
import { reconciling } from '../src/reconcile.js';
import { openSlotSession } from '../src/slot-session.js';
import { sweepLostJobs, sweepOverdue } from '../src/sweep.js';
import { workerSlots } from '../src/worker-slots.js';
import type { EventSockets } from './event-sockets.js';
import type { WorkerCalls } from './model-database.js';
import type { SimProcess } from './scheduler.js';

/** What a mutant may put in the place of a worker's parts, between the worker and the models. */
export interface Rewiring {
  readonly ari?: (ari: AriClient) => AriClient;
  readonly calls?: (calls: WorkerCalls, ari: AriClient) => WorkerCalls;
  readonly slots?: (slots: Slots) => Slots;
  readonly callsOfReconcile?: (calls: WorkerCalls) => WorkerCalls;
  readonly orderOfReconcile?: (order: InOrder) => InOrder;
  readonly move?: (move: MoveCall, calls: WorkerCalls) => MoveCall;
  readonly event?: (event: AriEvent) => AriEvent;
  readonly parts?: (parts: Part[]) => Part[];
}

const WISHES_EVERY_MS = 1_000;
const SWEEP_EVERY_MS = 2_000;
const LAST_JOBS_MS = 6_000;
const ORPHAN_SECONDS = 14_400;

const NEVER: Arrival = { within: () => Promise.resolve(false), forget: () => undefined };

/**
 * A worker put together as src/worker.ts does it, of the same parts, with models at its ends.
 *
 * @returns its parts, in the order in which they start, and what wakes it when a client wants a call gone.
 */
export function createSimulatedWorker(options: {
  readonly process: SimProcess;
  readonly owner: string;
  readonly ari: AriClient;
  readonly calls: WorkerCalls;
  readonly slots: Slots;
  readonly sockets: EventSockets;
  readonly producer: Pick<OriginateProducer, 'ready' | 'add'>;
  readonly openConsumer: (originate: (callId: string) => Promise<JobEnd>) => OriginateConsumer;
  readonly maxConcurrentCalls: number;
  readonly drainSeconds: number;
  readonly rewiring: Rewiring;
  readonly log: Logger;
}): { readonly parts: Part[]; readonly hangUp: () => Promise<void> } {
  const { process, owner, sockets, rewiring, log } = options;
  const slots = rewiring.slots?.(options.slots) ?? options.slots;
  const ari = rewiring.ari?.(options.ari) ?? options.ari;
  const calls = rewiring.calls?.(options.calls, ari) ?? options.calls;

  const held = holdSlots();
  const followed = followCalls(calls, held);
  const order = inOrder();
  const underWay = new Set<string>();

  const plainMove = moveCalls({ calls, held, log });
  const move = rewiring.move?.(plainMove, calls) ?? plainMove;
  const continueCall = continueCalls({ ari, calls, followed, held, log });
  const onEvent = handleAriEvents({ ari, calls, followed, order, move, continueCall, log });
  const reconcile = reconciling({
    calls: rewiring.callsOfReconcile?.(calls) ?? calls,
    ari,
    followed,
    held,
    order: rewiring.orderOfReconcile?.(order) ?? order,
    move,
    continueCall,
    underWay,
    log,
  });

  const onChange = (): void => consumer.open(mySlots.originatingLease() !== null);
  const mySlots = workerSlots({
    slots,
    asterisk: 'sim',
    appPrefix: 'gw',
    owner,
    holder: process.name,
    held,
    followed,
    openSession: (lease, leaseIsFresh) =>
      openSlotSession({
        lease,
        access: { url: '', username: '', password: '' },
        ari,
        slots,
        reconcile,
        leaseIsFresh,
        onEvent,
        onChange,
        log,
        openStream: (stream) =>
          sockets.open(process, {
            app: stream.app,
            mayConnect: stream.mayConnect,
            onState: stream.onState,
            onEvent: (event) => stream.onEvent(rewiring.event?.(event) ?? event),
          }),
      }),
    openCalls: async (slotId) => (await calls.openOfSlot(slotId)).calls.length,
    onChange,
    drainSeconds: options.drainSeconds,
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
    move,
    createChannel: createChannels(ari, 'PJSIP/{number}@trunk'),
    checkDialplan: dialplanCheck(ari),
    underWay,
    limits: { maxConcurrentCalls: options.maxConcurrentCalls, originatePerSecond: 0 },
    log,
  });

  const consumer = options.openConsumer(originate);
  const hangUp = hangUpCalls({ ari, calls, followed, held, maxCallSeconds: 0, log });

  const parts: Part[] = [
    { name: 'events in order', stop: order.idle },
    every('wishes', WISHES_EVERY_MS, hangUp, log),
    every('overdue calls', SWEEP_EVERY_MS, sweepOverdue(calls, ORPHAN_SECONDS, log), log),
    every('lost jobs', SWEEP_EVERY_MS, sweepLostJobs(calls, options.producer, log), log),
    { name: 'slots', start: mySlots.start, stop: mySlots.stop, stopWithinMs: (options.drainSeconds + 10) * 1_000 },
    { name: 'consumer', stop: () => consumer.close(LAST_JOBS_MS), stopWithinMs: LAST_JOBS_MS + 1_000 },
  ];
  return { parts: rewiring.parts?.(parts) ?? parts, hangUp };
}
