/**
 * Lets this process stand still, as on a machine that is busy with others or in a debugger: nothing is read, no timer falls due.
 * What was begun before has been sent by then, and its answer waits.
 *
 * @param ms how long.
 */
export async function standStill(ms: number): Promise<void> {
  // What is asked is written in this turn of the event loop, or a few ticks later.
  for (let tick = 0; tick < 10; tick++) await new Promise<void>((resolve) => process.nextTick(resolve));
  for (const until = performance.now() + ms; performance.now() < until;);
}
