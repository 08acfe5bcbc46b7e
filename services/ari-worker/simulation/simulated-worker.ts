import type { AskAdmissionFacts, Slots } from '@dialgate/database';
import { loadConfig, type Logger, type Part } from '@dialgate/service-kit';
import type { JobEnd, OriginateConsumer } from '@dialgate/redis';
import type { AriClient } from '../src/ari/client.js';
import type { EventStream } from '../src/ari/event-stream.js';
import type { AriEvent } from '../src/ari/events.js';
import { workerConfig } from '../src/config.js';
import type { WorkerCalls } from '../src/ports.js';
import { createWorker } from '../src/wiring.js';
import type { LostDials } from '../src/events/lost-dials.js';
import type { SerializeByKey } from '../src/events/serialize-by-key.js';
import { createApplyEvent, type ApplyEvent } from '../src/events/apply-event.js';
import { createReconcile } from '../src/reconcile/reconcile.js';
import type { QueueToFill } from '../src/reconcile/sweep.js';
import type { EventSockets } from './event-sockets.js';
import type { SimProcess } from './scheduler.js';

/** What a mutant may put in the place of a worker's parts, between the worker and the models. */
export interface Rewiring {
  readonly ari?: (ari: AriClient) => AriClient;
  readonly calls?: (calls: WorkerCalls, ari: AriClient) => WorkerCalls;
  readonly slots?: (slots: Slots) => Slots;
  readonly callsOfReconcile?: (calls: WorkerCalls) => WorkerCalls;
  readonly lostDialsOfReconcile?: (lostDials: LostDials) => LostDials;
  readonly orderOfReconcile?: (order: Pick<SerializeByKey, 'run'>) => Pick<SerializeByKey, 'run'>;
  readonly applyEvent?: (applyEvent: ApplyEvent, calls: WorkerCalls) => ApplyEvent;
  readonly event?: (event: AriEvent) => AriEvent;
  readonly stream?: (stream: EventStream) => EventStream;
  readonly parts?: (parts: Part[]) => Part[];
}

/** The least that may be configured: a run lasts minutes. */
export const ORPHAN_SECONDS = 60;

/** With these it lists all channels every third time or so. */
const LIST_COSTS = { perCall: 1, free: 0.5 };

/** All that a worker needs to be told; what it would talk to is a model here. */
const CONFIG = loadConfig(workerConfig, {
  DATABASE_URL: 'postgresql://sim/sim',
  REDIS_URL: 'redis://sim',
  ARI_HTTP_URL: 'http://sim/ari',
  ARI_USERNAME: 'sim',
  ARI_PASSWORD: 'sim',
  ARI_APP: 'gw',
  ORPHAN_SECONDS: String(ORPHAN_SECONDS),
});

/**
 * A worker as the product assembles it, with models at its ends.
 *
 * @returns its parts, in the order in which they start, and what wakes it when a client wants a call gone.
 */
export function createSimulatedWorker(options: {
  readonly process: SimProcess;
  readonly owner: string;
  readonly asteriskName: string;
  readonly ari: AriClient;
  readonly calls: WorkerCalls;
  readonly admissionFacts: AskAdmissionFacts;
  readonly slots: Slots;
  readonly sockets: EventSockets;
  readonly producer: QueueToFill;
  readonly openConsumer: (originate: (callId: string) => Promise<JobEnd>, atOnce: number) => OriginateConsumer;
  readonly maxConcurrentCalls: number;
  readonly drainSeconds: number;
  readonly rewiring: Rewiring;
  readonly log: Logger;
}): { readonly parts: Part[]; readonly cancelRequest: (callId: string) => void } {
  const { process, owner, sockets, producer, openConsumer, rewiring, log } = options;
  const slots = rewiring.slots?.(options.slots) ?? options.slots;
  const ari = rewiring.ari?.(options.ari) ?? options.ari;
  const calls = rewiring.calls?.(options.calls, ari) ?? options.calls;
  let cancelRequest: (callId: string) => void = () => undefined;

  const parts = createWorker(
    {
      ports: {
        owner,
        holder: process.name,
        calls,
        slots,
        ari,
        openStream: ({ app, mayConnect, onState, onEvent }) => {
          const stream = sockets.open(process, {
            app,
            mayConnect,
            onState,
            // Asterisk's clock is never set back here.
            onEvent: (event) => onEvent(rewiring.event?.(event) ?? event, -Infinity),
          });
          return rewiring.stream?.(stream) ?? stream;
        },
        producer,
        openConsumer,
        openCancelRequestListener: (onCancelRequest) => {
          cancelRequest = onCancelRequest;
          return { close: () => undefined };
        },
        admission: {
          number: (number) => Promise.resolve({ verdict: 'allowed', number, country: null, mayRing: [number] }),
          second: () => Promise.resolve(null),
          call: () => Promise.resolve({ verdict: 'allowed' }),
        },
        admissionFacts: options.admissionFacts,
        report: () => Promise.resolve(),
        parts: [],
      },
      config: {
        ...CONFIG,
        ASTERISK_NAME: options.asteriskName,
        MAX_CONCURRENT_CALLS: options.maxConcurrentCalls,
        DRAIN_SECONDS: options.drainSeconds,
      },
      log,
    },
    {
      createApplyEvent: (parts) => {
        const applyEvent = createApplyEvent(parts);
        return rewiring.applyEvent?.(applyEvent, calls) ?? applyEvent;
      },
      createReconcile: (parts) =>
        createReconcile({
          ...parts,
          listCosts: LIST_COSTS,
          calls: rewiring.callsOfReconcile?.(calls) ?? calls,
          lostDials: rewiring.lostDialsOfReconcile?.(parts.lostDials) ?? parts.lostDials,
          order: rewiring.orderOfReconcile?.(parts.order) ?? parts.order,
        }),
    },
  );
  return { parts: rewiring.parts?.(parts) ?? parts, cancelRequest: (callId) => cancelRequest(callId) };
}
