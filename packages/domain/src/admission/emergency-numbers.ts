import type { NumberPolicy } from './number-policy.js';
import { emergencyNumbers } from './short-numbers.js';

/**
 * Numbers that lead to people in need of a free line, and that libphonenumber’s list lacks. One too many
 * does less harm than one too few.
 */
const FURTHER = [
  // North American Numbering Plan: the service codes x11, and 988, the suicide and crisis lifeline (FCC 20-100).
  '211 311 411 511 611 711 811 988',
  // France: missing children, the homeless, the deaf, rescue at sea, aircraft alert (ARCEP 2018-0881).
  '114 115 119 191 196 197',
].flatMap((line) => line.split(' '));

/** Every emergency number of the world. */
const EMERGENCY: ReadonlySet<string> = new Set([...emergencyNumbers(), ...FURTHER]);

/** Outside lines that a private exchange commonly has, when nobody has said which ones this one has. */
export const COMMON_OUTSIDE_LINES = ['0', '00', '9'] as const;

/** 112 (ITU-T E.161.1) and 911 work nearly everywhere, so that they are looked for behind every digit. */
const BEHIND_ANY_DIGIT = /^(?:[0-9]|00)(?:112|911)$/;

/**
 * Codes without * and # that withhold or show the caller ID of the call they stand in front of: Great Britain 141 and 1470
 * (Ofcom), Australia 1831 and 1832 (ACMA), Japan 184 and 186 (MIC), Hong Kong 133 (OFCA), France 3651 (ARCEP), New Zealand
 * 0197, North America 1167 and 1182 (NANPA vertical service codes, from dials that have no *).
 */
const CALLER_ID_CODES = ['141', '1470', '1831', '1832', '184', '186', '133', '3651', '0197', '1167', '1182'];

/** Digits of a feature code: *67, #31#. Where one ends that is not known cannot be seen, so that all ends are tried. */
const FEATURE_CODE_LENGTHS = [1, 2, 3];

/** Codes and outside lines in front of a number: nobody dials more of them. */
const MOST_CODES = 3;

/**
 * Whether somebody who dials this may reach an emergency service: as it is, and behind feature codes, codes that withhold the
 * caller ID, and outside lines, in any order. Signs between the digits do not hide it.
 */
export function reachesEmergency(
  dialled: string,
  policy: Pick<NumberPolicy, 'outsideLinePrefixes' | 'allowedFeatureCodes'>,
): boolean {
  const outsideLines = policy.outsideLinePrefixes ?? COMMON_OUTSIDE_LINES;
  const featureCodes = policy.allowedFeatureCodes;
  const inFront = [...CALLER_ID_CODES, ...featureCodes, ...outsideLines];
  const mayGuess = !featureCodes.some((code) => dialled.startsWith(code));
  let forms = [dialled];
  for (let codes = 0; codes <= MOST_CODES; codes++) {
    if (forms.map(digitsOf).some((digits) => isEmergencyNumber(digits) || BEHIND_ANY_DIGIT.test(digits))) return true;
    forms = forms.flatMap((form) => [
      ...(mayGuess && /^[*#]/.test(form) ? FEATURE_CODE_LENGTHS.map((length) => digitsOf(form).slice(length)) : []),
      ...inFront.filter((prefix) => form.startsWith(prefix)).map((prefix) => form.slice(prefix.length)),
    ]);
  }
  return false;
}

/** Whether these digits are an emergency number of any country. */
export function isEmergencyNumber(digits: string): boolean {
  return EMERGENCY.has(digits);
}

function digitsOf(text: string): string {
  return text.replace(/[^0-9]/g, '');
}
