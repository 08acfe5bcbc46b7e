/** What was asked for cannot be done. Its message is for a person. */
export class NotDoneError extends Error {
  override readonly name = 'NotDoneError';
}

/** What a command has to say: the answer, and a warning if there is one. */
export interface Outcome {
  readonly say: string;
  readonly warn?: string;
}

export function unknownUser(username: string): NotDoneError {
  return new NotDoneError(`There is no user ${username}.`);
}
