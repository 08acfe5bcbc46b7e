import type { Client } from '../client.js';
import { claimCalls } from './claim-call.js';
import { createCalls } from './create-call.js';
import { permitDials } from './permit-dial.js';
import { readCalls } from './read-calls.js';
import { requestCancels } from './request-cancel.js';
import { sweepCalls } from './sweep-calls.js';
import { writeStatus } from './write-status.js';

export type { CreatedCall, NewCall } from './create-call.js';

/** The calls of this installation: how they are accepted, claimed, moved and read. */
export type Calls = ReturnType<typeof openCalls>;

export function openCalls(client: Client) {
  const write = writeStatus(client);
  return {
    ...createCalls(client),
    ...readCalls(client),
    ...claimCalls(client),
    ...permitDials(client),
    ...write,
    ...requestCancels(client, write),
    ...sweepCalls(client, write),
  };
}
