import type { WaitingEntry } from '@dialgate/database';
import { NotDoneError } from '../cli-errors.js';

/** What a command has to say: the answer, and a warning if there is one. */
export interface Outcome {
  readonly say: string;
  readonly warn?: string;
  /** What the audit trail is to say of it, where the command alone does not tell. */
  readonly done?: WaitingEntry;
}

export function unknownUser(username: string): NotDoneError {
  return new NotDoneError(`There is no user ${username}.`);
}
