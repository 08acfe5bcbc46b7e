/**
 * Waits until a check holds: it may be false or throw for a while. The last complaint is what the test sees.
 *
 * @param withinMs how long it may take, in milliseconds.
 * @returns what the check returned.
 */
export async function eventually<Result>(
  check: () => Result | Promise<Result>,
  withinMs = 5_000,
): Promise<Exclude<Result, false | null | undefined>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    let complaint: unknown;
    try {
      const result = await check();
      if (result !== false && result !== null && result !== undefined) {
        return result as Exclude<Result, false | null | undefined>;
      }
      complaint = new Error(`still ${String(result)} after ${withinMs} ms: ${check.toString().slice(0, 200)}`);
    } catch (error) {
      complaint = error;
    }
    if (performance.now() > deadline) throw complaint;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
