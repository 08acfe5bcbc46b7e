import { COMMON_OUTSIDE_LINES } from './emergency-numbers.js';
import type { NumberFacts, ReadNumber } from './number-facts.js';
import type { NumberPolicy } from './number-policy.js';

/** Ahead of a number abroad: 00 in most of the world (ITU-T E.164), 011 in North America. */
const INTERNATIONAL_PREFIX = /^(?:00|011)/;

/**
 * The numbers that an exchange may take a dialled string for, to be judged one by one: it is not known how the exchange reads it.
 * What it most probably means counts alone when it is a real number; otherwise also what it means behind an outside line, or with
 * its country code and no plus. Digits that mean no real number at all have no reading.
 *
 * @param number what is asked for: in E.164 form, or digits.
 * @param dialled the same as it will be dialled: with or without the plus.
 */
export function readingsOf(number: string, dialled: string, policy: NumberPolicy, read: ReadNumber): NumberFacts[] {
  const { homeCountry, outsideLinePrefixes } = policy;
  const isInternational = number.startsWith('+');
  if (!isInternational && homeCountry === null) return [];

  const first = read(number, homeCountry);
  const found = first === null ? [] : [first];
  // With its plus, it means the same to every exchange.
  if (dialled.startsWith('+')) return found;

  const behind = (prefixes: readonly string[]): NumberFacts[] =>
    prefixes
      .filter((prefix) => dialled.startsWith(prefix))
      .flatMap((prefix) => realNumbers(dialled.slice(prefix.length), homeCountry, read));
  if (first?.valid === true) return [first, ...behind(outsideLinePrefixes ?? [])];

  const outside = behind(outsideLinePrefixes ?? COMMON_OUTSIDE_LINES);
  // A number behind an outside line that the exchange is known to have is just that, and no premium number with digits too many.
  const isOutside = outsideLinePrefixes !== null && outside.some(({ valid }) => valid);
  const kept = isInternational ? found : found.filter((facts) => isReal(facts) && !isOutside);
  return [...kept, ...(outside.length > 0 ? outside : realNumbers(dialled, homeCountry, read))];
}

/** What digits mean in the home country; when they mean nothing there, with a plus in front. */
function realNumbers(digits: string, homeCountry: string | null, read: ReadNumber): NumberFacts[] {
  const atHome = homeCountry === null ? null : read(digits, homeCountry);
  if (atHome?.valid === true) return [atHome];
  const abroad = read(`+${digits.replace(INTERNATIONAL_PREFIX, '')}`, null);
  return [atHome, abroad].filter((facts) => facts !== null).filter(isReal);
}

/** Whether somebody would answer, or at least be paid. */
function isReal({ valid, typeWithoutLastDigits }: NumberFacts): boolean {
  return valid || typeWithoutLastDigits !== null;
}
