/** Does one piece of work after another where they share a key, and others side by side. */
export function createTurns() {
  const last = new Map<string, Promise<void>>();

  return <Result>(keys: readonly string[], work: () => Promise<Result>): Promise<Result> => {
    const result = Promise.all(keys.map((key) => last.get(key) ?? Promise.resolve())).then(work);
    const forget = (): void => {
      for (const key of keys) if (last.get(key) === over) last.delete(key);
    };
    const over = result.then(forget, forget);
    for (const key of keys) last.set(key, over);
    return result;
  };
}
