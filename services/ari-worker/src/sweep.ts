import type { Calls } from '@dialgate/database';
import type { Logger } from '@dialgate/logging';
import type { OriginateProducer } from '@dialgate/queue';

/** A loop that never overlaps itself. */
export interface Loop {
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Runs the task, waits, runs it again. What a run throws is logged and changes nothing. */
export function every(intervalMs: number, task: () => Promise<unknown>, log: Logger): Loop {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  async function run(): Promise<void> {
    try {
      await task();
    } catch (error) {
      log.debug({ error }, 'Loop run failed');
    }
    if (stopped) return;
    timer = setTimeout(() => {
      running = run();
    }, intervalMs);
  }

  return {
    start: () => {
      running = run();
      return Promise.resolve();
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/**
 * What falls between row and job is found here: waiting calls whose job got lost are put into the queue again, those whose
 * time is over end as expired.
 */
export function sweep(
  calls: Pick<Calls, 'takeDueForQueue' | 'expireOverdue' | 'forgetOldKeys'>,
  producer: Pick<OriginateProducer, 'ready' | 'add'>,
  log: Logger,
): () => Promise<void> {
  let keysForgottenAt = -Infinity;

  return async () => {
    const expired = await calls.expireOverdue('sweep');
    if (expired > 0) log.info({ expired }, 'Overdue calls expired');

    if (producer.ready()) {
      const due = await calls.takeDueForQueue();
      const added = await Promise.allSettled(due.map((callId) => producer.add(callId)));
      const failed = added.filter(({ status }) => status === 'rejected').length;
      if (due.length > 0) log.info({ due: due.length, failed }, 'Waiting calls queued again');
    }

    if (performance.now() - keysForgottenAt < FORGET_KEYS_EVERY_MS) return;
    keysForgottenAt = performance.now();
    await calls.forgetOldKeys();
  };
}

const FORGET_KEYS_EVERY_MS = 3_600_000;
