import { NotDoneError } from '../cli-errors.js';

/** What a command has to say: the answer, and a warning if there is one. */
export interface Outcome {
  readonly say: string;
  readonly warn?: string;
}

export function unknownUser(username: string): NotDoneError {
  return new NotDoneError(`There is no user ${username}.`);
}
