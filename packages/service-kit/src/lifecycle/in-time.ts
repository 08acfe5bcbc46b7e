/** Waits so many milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Waits for an answer, at most so many milliseconds. An answer that has come while this process stood still counts, although
 * the timer falls due before it is read.
 *
 * @returns `late` when there is none in time. The work goes on then, and nobody hears how it ends.
 */
export async function inTime<Answer>(asked: Promise<Answer>, withinMs: number): Promise<Answer | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => setImmediate(() => resolve('late')), withinMs);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
