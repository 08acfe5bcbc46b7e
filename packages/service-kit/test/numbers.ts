import type { NumberPolicy } from '@dialgate/domain';

/** A fresh installation: international numbers of every country. */
export const OPEN: NumberPolicy = {
  validation: 'e164',
  endpoint: 'PJSIP/{number}@trunk',
  homeCountry: null,
  allowedCountries: [],
  allowedTypes: [],
  blockedPrefixes: [],
  allowedPrefixes: [],
  outsideLinePrefixes: null,
  allowedFeatureCodes: [],
};

/** Extensions are allowed besides, and nothing more is said. */
export const EXTENSIONS: NumberPolicy = { ...OPEN, validation: 'dialable' };

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
