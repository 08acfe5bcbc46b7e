import { hostname } from 'node:os';
import type { Database } from '@dialgate/database';
import { every, type Part } from '@dialgate/lifecycle';
import type { Logger } from '@dialgate/logging';
import { openOriginateConsumer, openWishListener, type OriginateProducer } from '@dialgate/queue';
import { openAriClient } from './ari/client.js';
import { asteriskName, type WorkerConfig } from './config.js';
import { continueCalls } from './continue-call.js';
import { createChannels } from './create-channel.js';
import { dialplanCheck } from './dialplan-check.js';
import { followCalls } from './followed-calls.js';
import { handleAriEvents } from './handle-ari-event.js';
import { hangUpCalls } from './hang-up-call.js';
import { holdSlots } from './held-slots.js';
import { inOrder } from './in-order.js';
import { moveCalls } from './move-call.js';
import { originateCalls, type Arrival } from './originate-call.js';
import { reconciling } from './reconcile.js';
import { openSlotSession } from './slot-session.js';
import { sweepLostJobs, sweepOverdue } from './sweep.js';
import { workerSlots } from './worker-slots.js';

const WISHES_EVERY_MS = 1_000;
const SWEEP_EVERY_MS = 2_000;

/** How long the originations under way at a stop may take. */
const LAST_JOBS_MS = 6_000;

/** Of a slot that was lost in this very moment. */
const NEVER: Arrival = { within: () => Promise.resolve(false), forget: () => undefined };

/**
 * Puts a worker together: what hears Asterisk, what decides, what acts.
 *
 * @param owner this worker's id, new at every start.
 * @returns its parts, in the order in which they start; they stop in reverse.
 */
export function createWorker(options: {
  readonly config: WorkerConfig;
  readonly database: Database;
  readonly producer: OriginateProducer;
  readonly owner: string;
  readonly log: Logger;
}): Part[] {
  const { config, database, producer, owner, log } = options;
  const { calls, slots } = database;
  const access = { url: config.ARI_HTTP_URL, username: config.ARI_USERNAME, password: config.ARI_PASSWORD };
  const ari = openAriClient(access);

  const held = holdSlots();
  const followed = followCalls(calls, held);
  const order = inOrder();
  const underWay = new Set<string>();

  const move = moveCalls({ calls, held, log });
  const continueCall = continueCalls({ ari, calls, followed, held, log });
  const onEvent = handleAriEvents({ ari, calls, followed, order, move, continueCall, log });
  const reconcile = reconciling({ calls, ari, followed, held, order, move, continueCall, underWay, log });

  const onChange = (): void => consumer.open(mySlots.originatingLease() !== null);
  const mySlots = workerSlots({
    slots,
    asterisk: asteriskName(config),
    appPrefix: config.ARI_APP,
    owner,
    holder: `${hostname()}:${process.pid}:${owner.slice(-6)}`,
    held,
    followed,
    openSession: (lease, leaseIsFresh) =>
      openSlotSession({ lease, access, ari, slots, reconcile, leaseIsFresh, onEvent, onChange, log }),
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
    move,
    createChannel: createChannels(ari, config.DIAL_ENDPOINT),
    checkDialplan: dialplanCheck(ari),
    underWay,
    limits: { maxConcurrentCalls: config.MAX_CONCURRENT_CALLS, originatePerSecond: config.ORIGINATE_PER_SECOND },
    log,
  });

  const queue = { redisUrl: config.REDIS_URL, prefix: config.QUEUE_PREFIX, log };
  const consumer = openOriginateConsumer({ ...queue, concurrency: config.ORIGINATE_CONCURRENCY, originate });
  const hangUp = hangUpCalls({ ari, calls, followed, held, maxCallSeconds: config.MAX_CALL_SECONDS, log });
  const wishes = openWishListener({ ...queue, onWish: () => void hangUp() });

  return [
    { name: 'ari client', stop: ari.close },
    { name: 'events in order', stop: order.idle },
    { name: 'wish listener', stop: wishes.close },
    every('wishes', WISHES_EVERY_MS, hangUp, log),
    every('lost jobs', SWEEP_EVERY_MS, sweepLostJobs(calls, producer, log), log),
    { name: 'slots', start: mySlots.start, stop: mySlots.stop, stopWithinMs: (config.DRAIN_SECONDS + 10) * 1_000 },
    every('overdue calls', SWEEP_EVERY_MS, sweepOverdue(calls, config.ORPHAN_SECONDS, log), log),
    { name: 'consumer', stop: () => consumer.close(LAST_JOBS_MS), stopWithinMs: LAST_JOBS_MS + 1_000 },
  ];
}
