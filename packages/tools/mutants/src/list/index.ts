import type { Mutant } from '../mutant.js';
import { ACCESS_CONTROL, LOGIN } from './access.js';
import { ADMISSION_OF_CALLS } from './admission-of-calls.js';
import { ADMISSION } from './admission.js';
import { API } from './api.js';
import { AUDIT } from './audit.js';
import { BOXES } from './boxes.js';
import { CONNECTED } from './connect.js';
import { CLIENTS } from './client.js';
import { CALLS_IN_DATABASE } from './database-calls.js';
import { SLOTS_AND_USERS } from './database-slots.js';
import { DOMAIN } from './domain.js';
import { EDGE } from './edge.js';
import { LISTED } from './lists.js';
import { LOST_COMMITS } from './lost-commits.js';
import { ORIGINATING } from './originating.js';
import { ORDERS } from './orders.js';
import { PROGRAMS } from './programs.js';
import { GROWTH } from './growth.js';
import { LIMITS } from './limits.js';
import { QUEUE_AND_LIMITS } from './redis.js';
import { RESULTS } from './results.js';
import { RETENTION } from './retention.js';
import { SCHEDULING } from './schedule.js';
import { STREAMED } from './streams.js';
import { SURROUNDINGS } from './surroundings.js';
import { SWEEPS } from './sweeps.js';
import { WEBHOOKS, WEBHOOKS_OF_CALLS } from './webhooks.js';
import { WORKER } from './worker.js';

/** Every mutant, by area. A change of the code that one of them does not fit any more must change it, too. */
export const MUTANTS: readonly Mutant[] = [
  ...DOMAIN,
  ...ADMISSION,
  ...ADMISSION_OF_CALLS,
  ...CALLS_IN_DATABASE,
  ...SLOTS_AND_USERS,
  ...LIMITS,
  ...QUEUE_AND_LIMITS,
  ...API,
  ...EDGE,
  ...ACCESS_CONTROL,
  ...LOGIN,
  ...AUDIT,
  ...RETENTION,
  ...SCHEDULING,
  ...ORDERS,
  ...CONNECTED,
  ...LISTED,
  ...RESULTS,
  ...STREAMED,
  ...CLIENTS,
  ...WEBHOOKS,
  ...WEBHOOKS_OF_CALLS,
  ...WORKER,
  ...ORIGINATING,
  ...BOXES,
  ...LOST_COMMITS,
  ...GROWTH,
  ...PROGRAMS,
  ...SURROUNDINGS,
  ...SWEEPS,
];
