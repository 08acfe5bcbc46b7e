import type { Client } from '../client.js';
import { createClaims } from './claim-call.js';
import { createIntake } from './create-call.js';
import { createDialPermits } from './permit-dial.js';
import { createCallReader } from './read-calls.js';
import { createCancelRequests } from './request-cancel.js';
import { createSweeps } from './sweep-calls.js';
import type { UserCaps } from './user-caps.js';
import { createStatusWriter } from './write-status.js';

export type { CreatedCall, NewCall } from './create-call.js';

/** The calls of this installation: how they are accepted, claimed, moved and read. */
export type Calls = ReturnType<typeof createCalls>;

export function createCalls(client: Client, caps?: UserCaps) {
  const write = createStatusWriter(client);
  const read = createCallReader(client);
  return {
    ...createIntake(client, caps),
    ...read,
    ...createClaims(client),
    ...createDialPermits(client),
    ...write,
    ...createCancelRequests(read, write),
    ...createSweeps(client, write),
  };
}
