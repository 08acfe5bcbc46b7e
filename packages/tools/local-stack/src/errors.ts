/** Something a person can put right; the message says what. It is shown without a stack trace. */
export class LocalStackError extends Error {
  override name = 'LocalStackError';
}
