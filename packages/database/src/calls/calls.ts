import type { Client } from '../client.js';
import { claimCalls } from './claim-call.js';
import { createCalls } from './create-call.js';
import { permitDials } from './permit-dial.js';
import { readCalls } from './read-calls.js';
import { requestCancels } from './request-cancel.js';
import { sweepCalls } from './sweep-calls.js';
import type { UserCaps } from './user-caps.js';
import { writeStatus } from './write-status.js';

export type { CreatedCall, NewCall } from './create-call.js';

/** The calls of this installation: how they are accepted, claimed, moved and read. */
export type Calls = ReturnType<typeof openCalls>;

export function openCalls(client: Client, caps?: UserCaps) {
  const write = writeStatus(client);
  const read = readCalls(client);
  return {
    ...createCalls(client, caps),
    ...read,
    ...claimCalls(client),
    ...permitDials(client),
    ...write,
    ...requestCancels(read, write),
    ...sweepCalls(client, write),
  };
}
