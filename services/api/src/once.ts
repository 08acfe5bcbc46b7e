/** A piece of work that is done when it is first asked for, and whose result everybody then shares. */
export function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let done: Promise<Result> | undefined;
  return () => (done ??= work());
}
