import { channelIdFor } from '@dialgate/domain';
import type { Logger, Part } from '@dialgate/service-kit';
import type { Callee } from './callees.js';
import { openModelAri } from './ari-requests.js';
import { openEventSockets, type EventSockets } from './event-sockets.js';
import { createInvariants, type Invariants } from './invariants.js';
import { createModelAsterisk, type ModelAsterisk } from './model-asterisk.js';
import { createModelCalls, type ModelCalls } from './model-database.js';
import { createModelQueue, type ModelQueue, type QueueRules } from './model-queue.js';
import { createModelSlots, type ModelSlots } from './model-slots.js';
import { openNetwork, type Network, type Service } from './network.js';
import type { Random } from './random.js';
import { DATABASE_RULES, type DatabaseRules } from './rows.js';
import type { Scenario } from './scenario.js';
import type { Scheduler, SimProcess } from './scheduler.js';
import { createSimulatedWorker, ORPHAN_SECONDS, type Rewiring } from './simulated-worker.js';
import type { Trace } from './trace.js';

/** Where a mutant differs from the product and its surroundings; the product itself has nothing here. */
export interface Changes {
  readonly database?: Partial<DatabaseRules>;
  readonly queue?: Partial<QueueRules>;
  readonly rewire?: (world: { readonly calls: ModelCalls }) => Rewiring;
}

/** A worker's process with what the world knows of it. */
export interface RunningWorker {
  readonly process: SimProcess;
  readonly owner: string;
  readonly parts: Part[];
  /** Wakes it: some client wants some call gone. */
  readonly cancelRequest: (callId: string) => void;
  stopping: boolean;
}

/** The models, the workers, and how both are brought to life and to death. */
export interface World {
  readonly calls: ModelCalls;
  readonly slots: ModelSlots;
  readonly asterisk: ModelAsterisk;
  readonly sockets: EventSockets;
  readonly queue: ModelQueue;
  readonly network: Network;
  readonly invariants: Invariants;
  readonly database: Service;
  readonly ari: Service;
  /** The workers that are not dead. */
  readonly workers: () => RunningWorker[];
  readonly startWorker: () => void;
  /** Starts one for another Asterisk, which it cannot reach: all that it does is the sweeping that needs only the database. */
  readonly startWorkerElsewhere: () => void;
  /** All workers of this Asterisk die, and none starts until they come back. */
  readonly desert: () => void;
  readonly comeBack: () => void;
  readonly crash: (worker: RunningWorker) => void;
  /** SIGTERM: its parts are stopped in reverse, then it ends. */
  readonly stop: (worker: RunningWorker) => void;
}

const PRODUCT_RULES = { finishedJobsVanish: true };

/** What the Asterisk with the calls is called in the database. */
const HERE = 'sim';

const DRAIN_SECONDS = 10;

type Fields = Readonly<Record<string, unknown>>;

/** Lines of the product's log that say that it met what it must never meet. */
const NEVER_LOGGED: ReadonlySet<string> = new Set(['ARI event not handled', 'Call could not be moved']);

export function createWorld(options: {
  readonly scenario: Scenario;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  readonly changes: Changes;
  readonly hasStruck: () => boolean;
  readonly onStep: () => void;
}): World {
  const { scenario, scheduler, random, trace, changes, onStep } = options;
  const database = service('database');
  const ari = service('asterisk');
  const owners = new Map<SimProcess, string>();
  const callees = new Map(scenario.calls.map(({ id, callee }) => [id, callee]));
  let workers: RunningWorker[] = [];
  let started = 0;
  let deserted = false;

  const network = openNetwork({ scheduler, random, trace, mood: scenario.mood, lossy: scenario.lossy, onStep });
  const invariants = createInvariants({
    now: scheduler.now,
    calls: () => calls,
    slots: () => slots,
    asterisk: () => asterisk,
    ownerOf: (process) => owners.get(process) ?? '',
    calleeOf,
    orphanSeconds: ORPHAN_SECONDS,
    isUntouched: () => isQuiet(scenario) && !options.hasStruck(),
    isSweptElsewhere: () => scenario.deserted !== null,
    isLimited: () => scenario.maxConcurrentCalls > 0,
  });
  const sockets = openEventSockets({
    scheduler,
    random,
    network,
    trace,
    asterisk: ari,
    noise: scenario.noise,
    onDelivered: invariants.delivered,
    onStep,
  });
  const asterisk = createModelAsterisk({
    scheduler,
    random,
    trace,
    service: ari,
    sockets,
    watch: invariants,
    talksLong: (callId) => (calls.row(callId)?.cancelRequestedAt ?? null) !== null,
  });
  const rules = { ...DATABASE_RULES, ...changes.database };
  const slots: ModelSlots = createModelSlots({
    scheduler,
    network,
    service: database,
    rules,
    rows: () => calls.rows(),
    onTaken: invariants.slotTaken,
  });
  const calls = createModelCalls({ scheduler, network, service: database, slots, rules, watch: invariants });
  const queue = createModelQueue({
    scheduler,
    random,
    network,
    trace,
    rules: { ...PRODUCT_RULES, ...changes.queue },
    shuffled: scenario.shuffledJobs,
    onProductError: invariants.productError,
  });
  const rewiring = changes.rewire?.({ calls }) ?? {};

  function calleeOf(callId: string): Callee {
    return callees.get(callId) ?? 'answers';
  }

  function startWorker(): void {
    bringUp(HERE, { service: ari, sockets }, (worker) => workers.push(worker));
  }

  function startWorkerElsewhere(): void {
    const away: Service = { ...service('asterisk'), away: true };
    const noise = { drop: 0, duplicate: 0, reorder: 0 };
    const onDelivered = (): void => undefined;
    const silent = openEventSockets({ scheduler, random, network, trace, asterisk: away, noise, onDelivered, onStep });
    bringUp('elsewhere', { service: away, sockets: silent }, () => undefined);
  }

  function bringUp(
    asteriskName: string,
    far: { readonly service: Service; readonly sockets: EventSockets },
    onUp: (worker: RunningWorker) => void,
  ): void {
    const isMissing = (): boolean => deserted && asteriskName === HERE;
    if (isMissing()) return;
    const n = ++started;
    const process: SimProcess = { name: `W${n}`, state: 'running', held: [] };
    const owner = `00000000-0000-7000-9000-${String(n).padStart(12, '0')}`;
    owners.set(process, owner);
    if (trace.on) trace.say(`${process.name} starts${asteriskName === HERE ? '' : ` ${asteriskName}`}`);

    scheduler.after(0, process, () => {
      if (isMissing()) return;
      const made = createSimulatedWorker({
        process,
        owner,
        asteriskName,
        ari: openModelAri({ process, network, ...far, asterisk, calleeOf, watch: invariants }),
        calls: calls.openFor(process),
        admissionFacts: calls.admissionFactsFor(process),
        slots: slots.openFor(process),
        sockets: far.sockets,
        producer: queue.producerFor(process),
        openConsumer: (originate, atOnce) => queue.consumerFor(process, originate, atOnce),
        maxConcurrentCalls: scenario.maxConcurrentCalls,
        drainSeconds: DRAIN_SECONDS,
        rewiring,
        log: tracingLog(process),
      });
      const worker: RunningWorker = { process, owner, ...made, stopping: false };
      onUp(worker);
      // As runService does it: a part that cannot start ends the process.
      start(worker).catch((error: unknown) => {
        if (trace.on) trace.say(`${process.name} could not start: ${String(error)}`);
        scheduler.after(0, null, () => crash(worker));
      });
    });
  }

  async function start({ parts }: RunningWorker): Promise<void> {
    for (const part of parts) await part.start?.();
  }

  function crash(worker: RunningWorker): void {
    const { process } = worker;
    if (trace.on) trace.say(`${process.name} is dead`);
    process.state = 'dead';
    process.held = [];
    workers = workers.filter((other) => other !== worker);
    sockets.died(process);
    queue.died(process);
  }

  function stop(worker: RunningWorker): void {
    if (worker.stopping) return;
    worker.stopping = true;
    if (trace.on) trace.say(`${worker.process.name} is asked to stop`);
    scheduler.after(0, worker.process, () => {
      void stopParts(worker).then(() => scheduler.after(0, null, () => crash(worker)));
    });
  }

  /** As runService does it: in reverse, each within its time, an error stopping nothing. */
  async function stopParts({ parts, process }: RunningWorker): Promise<void> {
    for (const { stop: stopPart, stopWithinMs = 5_000 } of [...parts].reverse()) {
      const late = new Promise<void>((resolve) => scheduler.after(stopWithinMs, process, resolve));
      await Promise.race([Promise.resolve(stopPart?.()).catch(() => undefined), late]);
    }
  }

  function tracingLog(process: SimProcess): Logger {
    const write = (level: string) => (fields: Fields, message: string) => {
      if (NEVER_LOGGED.has(message)) invariants.productError(process, `${message}: ${String(fields.error)}`);
      if (hidesAttempt(fields)) invariants.productError(process, `${message}: without attempt and channel`);
      if (trace.on && level !== 'debug') trace.say(`${process.name} logs: ${message}`);
    };
    const log: Logger = {
      error: write('error'),
      warn: write('warn'),
      info: write('info'),
      debug: write('debug'),
      with: () => log,
    };
    return log;
  }

  /** Whether a line is about a call that was claimed, and does not say by which channel whoever searches finds it in Asterisk. */
  function hidesAttempt({ callId, attempt, channel }: Fields): boolean {
    const row = typeof callId === 'string' ? calls.row(callId) : undefined;
    return row !== undefined && row.attempt > 0 && channel !== channelIdFor(row.id, Number(attempt));
  }

  return {
    calls,
    slots,
    asterisk,
    sockets,
    queue,
    network,
    invariants,
    database,
    ari,
    workers: () => workers,
    startWorker,
    startWorkerElsewhere,
    desert: () => {
      deserted = true;
      for (const worker of workers) crash(worker);
    },
    comeBack: () => {
      deserted = false;
    },
    crash,
    stop,
  };
}

/** Whether nothing is slow, lost or doubled even when nothing strikes. */
function isQuiet({ mood, lossy, noise }: Scenario): boolean {
  return mood === 'calm' && lossy === 0 && noise.drop + noise.duplicate + noise.reorder === 0;
}

function service(name: Service['name']): Service {
  return { name, away: false, outages: 0, underWay: 0, nextFates: [] };
}
