import { isE164 } from '../phone-number.js';
import type { NumberFacts, ReadNumber } from './number-facts.js';

/** What people put between digits. */
const SEPARATORS = /[\s./()\u00a0-]/g;

/** Networks ignore digits behind a complete number; the longest E.164 number has 15, a short one 8. */
const MOST_SURPLUS_DIGITS = 7;
const SHORTEST_LENGTH = 8;

/**
 * A number in the one form in which two numbers are compared: E.164 where it can be told which number it is, else the digits as
 * they are (extensions). Null when it cannot be a number.
 *
 * @param homeCountry ISO 3166-1 alpha-2: in whose numbering plan digits without a plus are read; null leaves them as they are.
 */
export function canonicalNumber(text: string, homeCountry: string | null, read: ReadNumber): string | null {
  const bare = text.replace(SEPARATORS, '');
  if (bare.startsWith('+')) return isE164(bare) ? (read(bare, null)?.number ?? bare) : null;
  if (!/^[0-9*#]{2,20}$/.test(bare)) return null;
  const facts = homeCountry === null ? null : read(bare, homeCountry);
  return facts?.valid === true ? facts.number : bare;
}

/**
 * Every number that may ring when the string is dialled, in canonical form, the most probable first. Of a number that is in no
 * range also what is left without its last digits: networks ignore those behind a complete number.
 */
export function mayRing(readings: readonly NumberFacts[], ...dialled: string[]): string[] {
  const shorter = readings
    .filter(({ valid }) => !valid)
    .flatMap(({ number }) =>
      Array.from({ length: MOST_SURPLUS_DIGITS }, (_, n) => number.slice(0, -n - 1)).filter(
        ({ length }) => length >= SHORTEST_LENGTH,
      ),
    );
  return [...new Set([...readings.map(({ number }) => number), ...dialled, ...shorter])].filter(Boolean);
}
