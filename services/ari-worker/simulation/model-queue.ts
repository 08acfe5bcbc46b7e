import type { JobEnd, OriginateConsumer } from '@dialgate/redis';
import type { QueueToFill } from '../src/reconcile/sweep.js';
import type { Network } from './network.js';
import { between, pickAny, type Random } from './random.js';
import type { Scheduler, SimProcess } from './scheduler.js';
import type { Trace } from './trace.js';

/** Rules of the queue that a mutant may switch off. */
export interface QueueRules {
  /** A finished job that is kept swallows the next one of the same id. */
  readonly finishedJobsVanish: boolean;
}

interface Job {
  readonly callId: string;
  state: 'waiting' | 'active' | 'finished';
  /** Who works on it. */
  by: SimProcess | null;
}

interface Consumer {
  readonly process: SimProcess;
  taking: boolean;
  atOnce: number;
  active: number;
  readonly originate: (callId: string) => Promise<JobEnd>;
}

/** Redis with its one queue: it may lose everything, be away, and hand a job to two workers. */
export interface ModelQueue {
  readonly producerFor: (process: SimProcess) => QueueToFill;
  readonly consumerFor: (
    process: SimProcess,
    originate: (callId: string) => Promise<JobEnd>,
    atOnce: number,
  ) => OriginateConsumer;
  /** As the API does it, behind its answer. */
  readonly add: (callId: string) => void;
  readonly loseEverything: () => void;
  readonly goAway: (forMs: number) => void;
  /** Hands a job for this call to every open consumer, whatever the queue says. */
  readonly deliverTwice: (callId: string) => void;
  readonly died: (process: SimProcess) => void;
  readonly heal: () => void;
}

const COMMAND_TIMEOUT_MS = 800;
/** A dead worker's job is found stalled, and dropped, after this long. */
const STALLED_AFTER_MS = [6_000, 12_000] as const;

export function createModelQueue(options: {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly network: Network;
  readonly trace: Trace;
  readonly rules: QueueRules;
  /** Jobs are taken out of their order. */
  readonly shuffled: boolean;
  readonly onProductError: (process: SimProcess, error: unknown) => void;
}): ModelQueue {
  const { scheduler, random, network, trace, rules } = options;
  const jobs = new Map<string, Job>();
  const consumers = new Set<Consumer>();
  /** Gone with the jobs. */
  let filled = false;
  let awayUntil = 0;
  let pausedUntil = 0;

  function isAway(): boolean {
    return scheduler.now() < awayUntil;
  }

  function add(callId: string): void {
    if (jobs.has(callId)) return;
    jobs.set(callId, { callId, state: 'waiting', by: null });
    pump();
  }

  /** Hands waiting jobs to consumers that want one. */
  function pump(): void {
    if (isAway() || scheduler.now() < pausedUntil) return;
    for (;;) {
      const open = [...consumers].filter(
        ({ process, taking, active, atOnce }) => taking && active < atOnce && process.state === 'running',
      );
      const waiting = [...jobs.values()].filter(({ state }) => state === 'waiting');
      const job = options.shuffled ? pickAny(random, waiting) : waiting[0];
      const consumer = pickAny(random, open);
      if (job === undefined || consumer === undefined) return;
      job.state = 'active';
      job.by = consumer.process;
      run(consumer, job);
    }
  }

  function run(consumer: Consumer, job: Job): void {
    const { process } = consumer;
    consumer.active++;
    scheduler.after(network.latencyMs(), process, () => {
      if (trace.on) trace.say(`${process.name} takes the job of ${job.callId.slice(-3)}`);
      consumer.originate(job.callId).then(
        (end) => finish(consumer, job, end),
        (error: unknown) => {
          options.onProductError(process, error);
          finish(consumer, job, 'done');
        },
      );
    });
  }

  function finish(consumer: Consumer, job: Job, end: JobEnd): void {
    consumer.active--;
    scheduler.after(network.latencyMs(), null, () => {
      // A job that Redis has forgotten meanwhile has nothing to be finished.
      if (jobs.get(job.callId) !== job || job.state !== 'active') return;
      if (end === 'done' || end === 'nothing_to_do') {
        if (rules.finishedJobsVanish) jobs.delete(job.callId);
        else job.state = 'finished';
        return;
      }
      // As rateLimit() does: the job keeps its place, and nobody gets any for a while.
      job.state = 'waiting';
      pausedUntil = Math.max(pausedUntil, scheduler.now() + end.putBackForMs);
      scheduler.after(end.putBackForMs, null, pump);
    });
    scheduler.after(network.latencyMs(), null, pump);
  }

  /** Has Redis do something; its answer comes later, or never while it is away. */
  function ask<Answer>(process: SimProcess, answer: () => Answer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error('Redis is not ready'));
      if (isAway()) scheduler.after(COMMAND_TIMEOUT_MS, process, fail);
      else
        scheduler.after(network.latencyMs(), null, () => {
          if (isAway()) {
            scheduler.after(COMMAND_TIMEOUT_MS, process, fail);
            return;
          }
          const answered = answer();
          scheduler.after(network.latencyMs(), process, () => resolve(answered));
        });
    });
  }

  return {
    producerFor: (process) => ({
      ready: () => !isAway(),
      add: (callId) => ask(process, () => add(callId)),
      withoutJob: (callIds) => ask(process, () => callIds.filter((callId) => !jobs.has(callId))),
      beginRefill: () =>
        ask(process, () => {
          const lost = !filled;
          filled = true;
          return lost;
        }),
      abandonRefill: () => ask(process, () => void (filled = false)),
    }),

    consumerFor: (process, originate, atOnce) => {
      const consumer: Consumer = { process, taking: false, active: 0, atOnce, originate };
      consumers.add(consumer);
      return {
        takeAtOnce: (concurrency) => {
          consumer.atOnce = concurrency;
        },
        open: (taking) => {
          consumer.taking = taking;
          if (taking) scheduler.after(network.latencyMs(), null, pump);
        },
        close: async (withinMs) => {
          consumer.taking = false;
          const deadline = scheduler.now() + withinMs;
          while (consumer.active > 0 && scheduler.now() < deadline) {
            await new Promise<void>((resolve) => scheduler.after(50, process, resolve));
          }
          consumers.delete(consumer);
        },
      };
    },

    add: (callId) => {
      if (!isAway()) add(callId);
    },
    loseEverything: () => {
      if (trace.on) trace.say('Redis loses everything');
      jobs.clear();
      filled = false;
    },
    goAway: (forMs) => {
      if (trace.on) trace.say(`Redis is away for ${Math.round(forMs)} ms`);
      awayUntil = Math.max(awayUntil, scheduler.now() + forMs);
      scheduler.after(forMs, null, pump);
    },
    deliverTwice: (callId) => {
      for (const consumer of consumers) {
        if (consumer.taking && consumer.process.state === 'running')
          run(consumer, { callId, state: 'active', by: consumer.process });
      }
    },
    died: (process) => {
      for (const consumer of [...consumers]) if (consumer.process === process) consumers.delete(consumer);
      for (const job of jobs.values()) {
        if (job.state !== 'active' || job.by !== process) continue;
        scheduler.after(between(random, ...STALLED_AFTER_MS), null, () => {
          if (jobs.get(job.callId) === job) jobs.delete(job.callId);
        });
      }
    },
    heal: () => {
      awayUntil = 0;
      pump();
    },
  };
}
