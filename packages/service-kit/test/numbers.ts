import type { NumberPolicy } from '@dialgate/domain';
import { OPEN_NUMBERS } from '@dialgate/testing';

/** Extensions are allowed besides, and nothing more is said. */
export const EXTENSIONS: NumberPolicy = { ...OPEN_NUMBERS, validation: 'dialable' };

/** A private exchange at home in a country, through its dialplan. */
export function exchangeIn(homeCountry: string, outsideLine: string): NumberPolicy {
  return {
    ...EXTENSIONS,
    endpoint: 'Local/{digits}@from-internal/n',
    homeCountry,
    allowedCountries: [homeCountry],
    outsideLinePrefixes: [outsideLine],
  };
}
