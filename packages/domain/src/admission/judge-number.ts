import { dialledNumber } from '../endpoint.js';
import { isDialable, isE164 } from '../phone-number.js';
import { mayRing } from './canonical-number.js';
import { COMMON_OUTSIDE_LINES, reachesEmergency } from './emergency-numbers.js';
import { prefixRefusal, refusalOf } from './judge-reading.js';
import type { NumberFacts, ReadNumber } from './number-facts.js';
import type { NumberPolicy } from './number-policy.js';
import { readingsOf } from './readings.js';
import type { NumberRefusal } from './refusal.js';
import { isShortCode } from './short-codes.js';

export type NumberVerdict =
  | {
      readonly verdict: 'allowed';
      /** The phone that rings, in E.164 form where that can be told (without digits too many), else what the client sent. */
      readonly number: string;
      /** ISO 3166-1 alpha-2, where that can be told. */
      readonly country: string | null;
      /** Every number that may ring, in canonical form, the most probable first: see `mayRing`. */
      readonly mayRing: readonly string[];
    }
  /** It does not look like a phone number. */
  | { readonly verdict: 'malformed'; readonly problem: string }
  /** It does, and may not be called. */
  | { readonly verdict: 'refused'; readonly refusal: NumberRefusal };

/** Digits; internal extensions are hardly ever longer. */
const LONGEST_EXTENSION = 6;

/**
 * Decides whether a number may be called, by the string that will be dialled. Pure; the first objection counts.
 *
 * @param read tells what the world's numbering plans say.
 */
export function judgeNumber(number: string, policy: NumberPolicy, read: ReadNumber): NumberVerdict {
  // Ahead of the shape: who sends 911 should hear why, and not that it is too short.
  if (isDialable(number) && !isE164(number) && reachesEmergency(number, policy)) {
    return refused('emergency_number');
  }
  const problem = shapeProblem(number, policy);
  if (problem !== null) return { verdict: 'malformed', problem };
  return isE164(number) ? judgeInternational(number, policy, read) : judgeDigits(number, policy, read);
}

/** A plus that is not part of an E.164 number is refused in every mode: `{digits}` would drop it, and with it the meaning. */
function shapeProblem(number: string, { validation }: NumberPolicy): string | null {
  if (isE164(number)) return null;
  if (validation !== 'dialable') return 'must be an international number such as +33123456789';
  return isDialable(number) && !number.startsWith('+')
    ? null
    : 'must be an international number such as +33123456789, or 2 to 20 of digits, * and #';
}

function judgeInternational(number: string, policy: NumberPolicy, read: ReadNumber): NumberVerdict {
  const dialled = dialledNumber(policy.endpoint, number);
  if (dialled !== number && reachesEmergency(dialled, policy)) return refused('emergency_number');
  return judgeReadings(number, readingsOf(number, dialled, policy, read), policy);
}

/** Digits, * and #, without a plus. */
function judgeDigits(dialled: string, policy: NumberPolicy, read: ReadNumber): NumberVerdict {
  const digits = withoutFeatureCode(dialled, policy.allowedFeatureCodes);
  if (/[^0-9]/.test(digits)) return refused('feature_code_not_allowed');

  const goesOutside = policy.outsideLinePrefixes?.some((prefix) => digits.startsWith(prefix)) === true;
  if (mayBeShortCode(digits, policy)) return refused('short_code');
  if (!goesOutside && digits.length <= LONGEST_EXTENSION) return judgeInside(digits, dialled, policy);

  const readings = readingsOf(digits, digits, policy, read);
  if (readings.length === 0) return refused(policy.homeCountry === null ? 'country_unknown' : 'number_not_valid');
  return judgeReadings(dialled, readings, policy);
}

/** Whether the digits are a short code, as they are or behind an outside line. */
function mayBeShortCode(digits: string, { homeCountry, outsideLinePrefixes }: NumberPolicy): boolean {
  // Where the dialplan wants an outside line, digits without one stay inside: 1001 is an extension there.
  const staysInside = outsideLinePrefixes !== null && outsideLinePrefixes.length > 0;
  const behind = (outsideLinePrefixes ?? COMMON_OUTSIDE_LINES)
    .filter((prefix) => digits.startsWith(prefix))
    .map((prefix) => digits.slice(prefix.length));
  return isShortCode(staysInside ? null : homeCountry, digits) || behind.some((code) => isShortCode(homeCountry, code));
}

/** What is left of the string behind a feature code that may be dialled; all of it when it has none. */
function withoutFeatureCode(dialled: string, allowed: readonly string[]): string {
  const codes = allowed.filter((code) => dialled.startsWith(code));
  return dialled.slice(Math.max(0, ...codes.map((code) => code.length)));
}

/** An extension, or a feature code alone. */
function judgeInside(digits: string, dialled: string, policy: NumberPolicy): NumberVerdict {
  const refusal = prefixRefusal([dialled], policy);
  if (refusal !== null) return refused(refusal);
  return { verdict: 'allowed', number: dialled, country: null, mayRing: mayRing([], digits, dialled) };
}

/** Every number that the string may be taken for must be allowed. */
function judgeReadings(dialled: string, readings: readonly NumberFacts[], policy: NumberPolicy): NumberVerdict {
  for (const reading of readings) {
    const refusal = refusalOf(reading, dialled, policy);
    if (refusal !== null) return refused(refusal);
  }
  const [first] = readings;
  const number = first?.withoutLastDigits ?? first?.number ?? dialled;
  return { verdict: 'allowed', number, country: first?.country ?? null, mayRing: mayRing(readings, dialled) };
}

function refused(refusal: NumberRefusal): NumberVerdict {
  return { verdict: 'refused', refusal };
}
