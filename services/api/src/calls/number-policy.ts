import { isDialable, isE164 } from '@dialgate/domain';
import {
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
  type PhoneNumberType,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import { isEmergencyNumber } from './emergency-numbers.js';
import type { NumberPolicy } from './number-rules.js';

export type NumberVerdict =
  | { readonly verdict: 'fine' }
  /** It does not look like a phone number. */
  | { readonly verdict: 'malformed'; readonly problem: string }
  /** It does, and may not be called. */
  | { readonly verdict: 'refused'; readonly problem: string };

/** Decides whether a number may be called. Pure; the first objection counts. */
export function judgeNumber(number: string, policy: NumberPolicy): NumberVerdict {
  // Ahead of the shape: who sends 911 should hear why, and not that it is too short.
  if (isDialable(number) && isEmergencyNumber(number)) return refused('Emergency numbers are never called.');

  const shape = shapeProblem(number, policy);
  if (shape !== null) return { verdict: 'malformed', problem: shape };

  const digits = number.replace(/^\+/, '');
  const prefixes = policy.blockedPrefixes.map((prefix) => prefix.replace(/^\+/, ''));
  const international = internationalForm(number);
  const forms = [digits, international?.slice(1)].filter((form) => form !== undefined);
  if (prefixes.some((prefix) => forms.some((form) => form.startsWith(prefix)))) {
    return refused('Numbers with this prefix are blocked.');
  }
  if (isDisguisable(number) && policy.allowedCountries.length + prefixes.length > 0) {
    return refused(
      'Where countries or prefixes are restricted, numbers of more than 6 digits need their + and country.',
    );
  }
  return international === null ? { verdict: 'fine' } : judgeInternational(international, policy);
}

/**
 * Whether an exchange may take these digits for a number that cannot be seen in them: an outside line, a feature code or an
 * access code in front changes what is dialled.
 */
function isDisguisable(number: string): boolean {
  return !number.startsWith('+') && number.replace(/[^0-9]/g, '').length > LONGEST_EXTENSION;
}

/** Digits; internal extensions are hardly ever longer. */
const LONGEST_EXTENSION = 6;

function shapeProblem(number: string, { validation }: NumberPolicy): string | null {
  if (validation === 'dialable') {
    return isDialable(number) ? null : 'must be 2 to 20 of digits, * and #, with an optional + in front';
  }
  return isE164(number) ? null : 'must be an international number such as +33123456789';
}

/**
 * The number that a switch would take these digits for, in E.164 form, or null for a short or special one. Where
 * extensions are allowed, `0033…`, `01133…` and `33…` must not be a way around the policy for `+33…`.
 */
function internationalForm(number: string): string | null {
  if (isE164(number)) return number;
  const form = `+${number.replace(/^\+?(?:00|011)?/, '')}`;
  return isE164(form) ? form : null;
}

function judgeInternational(number: string, policy: NumberPolicy): NumberVerdict {
  const parsed = parsePhoneNumberFromString(number);
  if (parsed !== undefined && isEmergencyNumber(parsed.nationalNumber)) {
    return refused('Emergency numbers are never called.');
  }
  if (!policy.allowPremium) {
    const costly = GLOBAL_SERVICES[number.slice(1, 4)] ?? COSTLY_TYPES[costlyTypeOf(number, parsed) ?? 'PAGER'];
    if (costly !== undefined) return refused(`Calls to ${costly} numbers are not allowed here.`);
  }
  if (policy.allowedCountries.length > 0) {
    const country = parsed?.country;
    if (country === undefined) return refused('The number’s country cannot be told, and only some are allowed here.');
    if (!policy.allowedCountries.includes(country)) return refused(`Calls to ${country} are not allowed here.`);
  }
  if (policy.validation === 'possible' && parsed?.isPossible() !== true) {
    return refused('No number has this length in its country.');
  }
  if (policy.validation === 'valid' && parsed?.isValid() !== true) {
    return refused('The number belongs to no range that is in use.');
  }
  return { verdict: 'fine' };
}

/** ITU-T E.164 codes that belong to no country. Freephone (800) is left out: it costs nothing. */
const GLOBAL_SERVICES: Readonly<Record<string, string>> = {
  '808': 'shared-cost',
  '870': 'satellite',
  '878': 'personal',
  '881': 'satellite',
  '882': 'satellite and international network',
  '883': 'international network',
  '888': 'international network',
  '979': 'premium-rate',
};

const COSTLY_TYPES: Partial<Record<PhoneNumberType, string>> = {
  PREMIUM_RATE: 'premium-rate',
  SHARED_COST: 'shared-cost',
};

/** The longest E.164 number has 15 digits, the shortest premium number in a long plan about 8. */
const MAX_SURPLUS_DIGITS = 7;

/**
 * The kind of number. Networks ignore digits behind a complete number, so a premium number with a few more behind it is
 * still one, although no such number exists.
 */
function costlyTypeOf(number: string, parsed: PhoneNumber | undefined): PhoneNumberType | undefined {
  const type = parsed?.getType();
  if (type !== undefined || validatePhoneNumberLength(number) !== 'TOO_LONG') return type;
  for (let surplus = 1; surplus <= MAX_SURPLUS_DIGITS; surplus++) {
    const shorter = parsePhoneNumberFromString(number.slice(0, -surplus))?.getType();
    if (shorter !== undefined) return shorter;
  }
  return undefined;
}

function refused(problem: string): NumberVerdict {
  return { verdict: 'refused', problem };
}
