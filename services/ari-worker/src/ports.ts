import { hostname } from 'node:os';
import type { AskAdmissionFacts, Calls, Database, Slots } from '@dialgate/database';
import {
  openCancelRequestListener,
  openEvictionCheck,
  openOriginateConsumer,
  openWorkerReports,
  type JobEnd,
  type Listener,
  type OriginateConsumer,
  type OriginateProducer,
  type WorkerReport,
} from '@dialgate/redis';
import {
  admissionPolicyOf,
  createAdmission,
  THIS_BUILD,
  type Admission,
  type Logger,
  type Part,
} from '@dialgate/service-kit';
import { openAriClient, type AriClient } from './ari/client.js';
import { openEventStream } from './ari/event-stream.js';
import { accessOf, asteriskName, limitsOf, type WorkerConfig } from './config.js';
import type { QueueToFill } from './reconcile/sweep.js';
import type { OpenStream } from './slots/slot-session.js';
import { watchReplication } from './watch-replication.js';

/** Asked for once, and dialled by nobody. */
const ANY_NUMBER = '+33100000000';

/** What a worker asks of the calls' table. */
export type WorkerCalls = Pick<
  Calls,
  | 'claim'
  | 'voidClaim'
  | 'permitDial'
  | 'returnPermit'
  | 'restoreDial'
  | 'find'
  | 'findAll'
  | 'openOfSlot'
  | 'countOpenOfSlot'
  | 'toHangUp'
  | 'takeSweepTurn'
  | 'takeDueForQueue'
  | 'putBackForQueue'
  | 'waitingForQueue'
  | 'expireOverdue'
  | 'endOrphans'
  | 'refuseOfStopped'
  | 'apply'
  | 'note'
>;

/** A worker's ends towards PostgreSQL, Asterisk and Redis, open or to be opened when it is put together. */
export interface WorkerPorts {
  /** This worker's id, new at every start. */
  readonly owner: string;
  /** Host and process, for people. */
  readonly holder: string;
  readonly calls: WorkerCalls;
  readonly slots: Slots;
  readonly ari: AriClient;
  readonly openStream: OpenStream;
  readonly producer: QueueToFill;
  /** @param atOnce how many originations it begins with. */
  readonly openConsumer: (originate: (callId: string) => Promise<JobEnd>, atOnce: number) => OriginateConsumer;
  readonly openCancelRequestListener: (onCancelRequest: (callId: string) => void) => Listener;
  /** By this worker's settings. */
  readonly admission: Pick<Admission, 'number' | 'second' | 'call'>;
  readonly admissionFacts: AskAdmissionFacts;
  /** Tells the API how the worker is. */
  readonly report: (report: Pick<WorkerReport, 'facts' | 'refusals'>) => Promise<void>;
  /** What has to be started and stopped of them, ahead of the worker's own parts. */
  readonly parts: readonly Part[];
}

export function openWorkerPorts(options: {
  readonly config: WorkerConfig;
  readonly database: Database;
  readonly producer: OriginateProducer;
  readonly owner: string;
  readonly log: Logger;
}): WorkerPorts {
  const { config, database, producer, owner, log } = options;
  const access = accessOf(config);
  const queue = { redisUrl: config.REDIS_URL, prefix: config.QUEUE_PREFIX, log };
  const admission = createAdmission(admissionPolicyOf(config));
  const eviction = openEvictionCheck(queue);
  const ari = openAriClient(access, config.RESULT_VARIABLES.length > 0);
  const reports = openWorkerReports(queue);
  const holder = `${hostname()}:${process.pid}:${owner.slice(-6)}`;
  const startedAt = performance.now();
  const said = { holder, asterisk: asteriskName(config), limits: limitsOf(config), build: THIS_BUILD };

  function notSaid(error: unknown): void {
    log.debug({ error }, 'Report not sent'); // The next one will do; the connection says that Redis is away.
  }

  return {
    owner,
    holder,
    calls: database.calls,
    slots: database.slots,
    ari,
    openStream: (stream) => openEventStream({ ...stream, access }),
    producer,
    openConsumer: (originate, concurrency) =>
      openOriginateConsumer({
        ...queue,
        concurrency,
        lockMs: database.slots.times.leaseMs, // A worker that has lost its slot has lost its jobs.
        originate,
        areOver: database.calls.areOver,
      }),
    openCancelRequestListener: (onCancelRequest) => openCancelRequestListener({ ...queue, onCancelRequest }),
    admission,
    admissionFacts: database.admissionFacts,
    report: (report) => {
      const runsForSeconds = Math.floor((performance.now() - startedAt) / 1_000);
      return reports.say(owner, { ...report, ...said, runsForSeconds }).catch(notSaid);
    },
    parts: [
      // What is known of numbers is loaded with the first: before there are calls, whose events that would hold up.
      { name: 'numbers', start: () => admission.number(ANY_NUMBER).then(() => undefined) },
      watchReplication(database, log),
      { name: 'eviction policy', start: eviction.start, stop: eviction.close },
      { name: 'ari client', stop: ari.close },
      {
        name: 'reports',
        stop: async () => {
          await reports.takeBack(owner).catch(notSaid);
          reports.close();
        },
      },
    ],
  };
}
