import type { WaitingEntry } from '@dialgate/database';

/** What was asked for cannot be done. Its message is for a person. */
export class NotDoneError extends Error {
  override readonly name = 'NotDoneError';
}

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
