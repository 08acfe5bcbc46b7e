/** How often the clock looks whether it was kept from looking, in milliseconds. */
const LOOK_MS = 5;

let last = performance.now();
let kept = 0;

setInterval(() => {
  look();
}, LOOK_MS).unref();

/**
 * Milliseconds by a clock that stands still while this process, the API in it included, is kept from running: a promise
 * such as "503 within five seconds" is about how long the product waits, and a busy machine breaks none.
 */
export function unhurriedNow(): number {
  return look() - kept;
}

function look(): number {
  const now = performance.now();
  kept += Math.max(0, now - last - 2 * LOOK_MS);
  last = now;
  return now;
}
