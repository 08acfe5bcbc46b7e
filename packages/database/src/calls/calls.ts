import type { CallLimits } from '@dialgate/domain';
import type { Client } from '../client.js';
import type { DatabaseClock } from '../clock.js';
import { WORKER_TIMES, type WorkerTimes } from '../worker-times.js';
import { createOutcomeCounts } from './count-outcomes.js';
import { createClaims } from './claim-call.js';
import { createIntake } from './create-call.js';
import { createErasure } from './erase-calls.js';
import { createCallForgetting } from './forget-calls.js';
import { createForgetting } from './forget-old.js';
import { createCallLists } from './list-calls.js';
import { createDialPermits } from './permit-dial.js';
import { createCallReader } from './read-calls.js';
import { createCancelRequests } from './request-cancel.js';
import { createOrders } from './orders.js';
import { createOutbox } from './queue-calls.js';
import { createQueuePlaces } from './queue-place.js';
import { createDialRestorer } from './restore-dial.js';
import { createResultsReader } from './results.js';
import { createSweeps } from './sweep-calls.js';
import { createSweepTurns } from './sweep-turns.js';
import { createTimelines } from './timeline.js';
import { createStatusWriter } from './write-status.js';

export type { CallHook, CreatedCall, NewCall } from './new-call.js';

/** The calls of this installation: how they are accepted, claimed, moved and read. */
export type Calls = ReturnType<typeof createCalls>;

export function createCalls(
  client: Client,
  clock: DatabaseClock,
  limits?: CallLimits,
  times: WorkerTimes = WORKER_TIMES,
) {
  const write = createStatusWriter(client, clock);
  const orders = createOrders(client);
  const read = createCallReader(client, clock);
  return {
    ...createIntake(client, limits),
    ...read,
    ...orders,
    ...createClaims(client, times),
    ...createDialPermits(client),
    ...createDialRestorer(client),
    ...write,
    ...createCancelRequests(read, write, orders),
    ...createSweeps(client, clock, times, write),
    ...createSweepTurns(client),
    ...createOutbox(client),
    ...createQueuePlaces(client, times),
    ...createForgetting(client),
    ...createCallForgetting(client),
    ...createErasure(client),
    ...createCallLists(client),
    ...createTimelines(client),
    ...createResultsReader(client),
    ...createOutcomeCounts(client),
  };
}
