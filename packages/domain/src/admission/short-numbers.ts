import { SHORT_NUMBERS_SOURCE } from './short-numbers-source.js';

/** The emergency numbers of all countries, as they are dialled there. */
export function emergencyNumbers(): string[] {
  return [...BY_COUNTRY.values()].flatMap(({ emergency }) => emergency);
}

/** A pattern of all short codes of a country (ISO 3166-1 alpha-2), or undefined where it is not known. */
export function shortCodesOf(country: string): string | undefined {
  return BY_COUNTRY.get(country)?.shortCodes;
}

/** Every country that is known. */
export function knownCountries(): string[] {
  return [...BY_COUNTRY.keys()];
}

const BY_COUNTRY: ReadonlyMap<string, { readonly emergency: readonly string[]; readonly shortCodes: string }> = new Map(
  SHORT_NUMBERS_SOURCE.trim()
    .split('\n')
    .map((line) => line.split('; '))
    .map(([country = '', emergency = '', shortCodes = '']) => [
      country,
      { emergency: emergency.split(' ').filter(Boolean).flatMap(withEveryDigit), shortCodes },
    ]),
);

/** `13xx` → `1300` to `1399`. */
function withEveryDigit(pattern: string): string[] {
  if (!pattern.includes('x')) return [pattern];
  return '0123456789'.split('').flatMap((digit) => withEveryDigit(pattern.replace('x', digit)));
}
