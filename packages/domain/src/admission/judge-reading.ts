import { isEmergencyNumber } from './emergency-numbers.js';
import type { NumberFacts } from './number-facts.js';
import type { CostlyType, NumberPolicy } from './number-policy.js';
import type { NumberRefusal } from './refusal.js';
import { isShortCode } from './short-codes.js';

/**
 * ITU-T E.164 codes that belong to no country (ITU Operational Bulletin, list of assigned codes). Freephone, 800, costs nothing.
 */
const GLOBAL_SERVICES: Readonly<Record<string, CostlyType>> = {
  '808': 'shared_cost',
  '870': 'satellite',
  // Inmarsat's ocean regions of old; still routed, and billed, by some networks.
  '871': 'satellite',
  '872': 'satellite',
  '873': 'satellite',
  '874': 'satellite',
  '878': 'personal',
  '881': 'satellite',
  '882': 'international_network',
  '883': 'international_network',
  '888': 'international_network',
  '979': 'premium',
};

const REFUSAL_OF_TYPE: Readonly<Record<CostlyType, NumberRefusal>> = {
  premium: 'premium_number',
  shared_cost: 'shared_cost_number',
  satellite: 'satellite_number',
  personal: 'personal_number',
  pager: 'pager_number',
  international_network: 'international_network_number',
};

/** Digits of a national number; shorter ones are short codes where the numbering plan has no such length. */
const LONGEST_SHORT_CODE = 6;

/**
 * Why this number may not be called, or null.
 *
 * @param dialled the string it was read from.
 */
export function refusalOf(facts: NumberFacts, dialled: string, policy: NumberPolicy): NumberRefusal | null {
  return (
    shortNumberRefusal(facts) ??
    costRefusal(facts, policy) ??
    prefixRefusal([facts.number, dialled], policy) ??
    countryRefusal(facts, policy) ??
    planRefusal(facts, policy)
  );
}

/**
 * The longest prefix that fits decides; at equal length the block does.
 *
 * @param forms how the number may be written.
 */
export function prefixRefusal(forms: readonly string[], policy: NumberPolicy): NumberRefusal | null {
  const blocked = longestPrefix(forms, policy.blockedPrefixes);
  const allowed = longestPrefix(forms, policy.allowedPrefixes);
  if (blocked > 0 && blocked >= allowed) return 'prefix_blocked';
  return policy.allowedPrefixes.length > 0 && allowed === 0 ? 'prefix_not_allowed' : null;
}

/** In digits; 0 when none fits. */
function longestPrefix(forms: readonly string[], prefixes: readonly string[]): number {
  const fits = (prefix: string): boolean =>
    forms.some((form) => form.startsWith(prefix) || form.startsWith(`+${prefix}`));
  return Math.max(0, ...prefixes.filter(fits).map((prefix) => prefix.replace('+', '').length));
}

/** A country code with a number such as 112 or 118008 behind it. */
function shortNumberRefusal({ valid, possible, country, national }: NumberFacts): NumberRefusal | null {
  if (valid) return null;
  if (isEmergencyNumber(national)) return 'emergency_number';
  const tooShort = !possible && national.length <= LONGEST_SHORT_CODE;
  return tooShort || isShortCode(country, national) ? 'short_code' : null;
}

function costRefusal(facts: NumberFacts, { allowedTypes }: NumberPolicy): NumberRefusal | null {
  const type =
    GLOBAL_SERVICES[facts.number.slice(1, 4)] ??
    facts.type ??
    facts.typeWithoutLastDigits ??
    northAmericanPremium(facts);
  return type === null || allowedTypes.includes(type) ? null : REFUSAL_OF_TYPE[type];
}

/** Every 900 number of North America is premium, those too that the numbering plan does not have (NANPA). */
function northAmericanPremium({ number }: NumberFacts): CostlyType | null {
  return number.startsWith('+1900') ? 'premium' : null;
}

/** The country is judged, not the calling code: +1 876 is Jamaica and +44 1534 is Jersey. */
function countryRefusal({ country }: NumberFacts, { allowedCountries }: NumberPolicy): NumberRefusal | null {
  if (allowedCountries.length === 0) return null;
  if (country === null) return 'country_unknown';
  return allowedCountries.includes(country) ? null : 'country_not_allowed';
}

function planRefusal({ possible, valid }: NumberFacts, { validation }: NumberPolicy): NumberRefusal | null {
  if (validation === 'possible' && !possible) return 'number_not_possible';
  return validation === 'valid' && !valid ? 'number_not_valid' : null;
}
