/** A number in [0, 1); the same seed gives the same sequence. */
export type Random = () => number;

/** Mulberry32: small, fast and good enough to vary timings; a failing run is repeated by its seed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** `digits` random hexadecimal digits, for ids that only have to differ. */
export function hexDigits(random: Random, digits: number): string {
  let text = '';
  while (text.length < digits) text += Math.floor(random() * 16).toString(16);
  return text;
}
