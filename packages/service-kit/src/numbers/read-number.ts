import type { CostlyType, NumberFacts } from '@dialgate/domain';
import {
  parsePhoneNumberFromString,
  type CountryCode,
  type PhoneNumber,
  type PhoneNumberType,
} from 'libphonenumber-js/max';

/** The longest E.164 number has 15 digits, the shortest premium number in a long plan about 8. */
const MOST_SURPLUS_DIGITS = 7;

const COSTLY: Partial<Record<PhoneNumberType, CostlyType>> = {
  PREMIUM_RATE: 'premium',
  SHARED_COST: 'shared_cost',
  PERSONAL_NUMBER: 'personal',
  PAGER: 'pager',
};

/**
 * What libphonenumber knows of a number: see `ReadNumber`. An international number of an unknown calling code has facts, too.
 */
export function readNumber(text: string, homeCountry: string | null): NumberFacts | null {
  const parsed = parse(text, homeCountry);
  if (parsed === undefined) return text.startsWith('+') ? unknownNumber(text) : null;

  const valid = parsed.isValid();
  return {
    number: parsed.number,
    // As it is written: libphonenumber's own national number has lost its zeros in some countries.
    national: parsed.number.slice(1 + parsed.countryCallingCode.length),
    country: parsed.country ?? null,
    possible: parsed.isPossible(),
    valid,
    type: costlyType(parsed),
    typeWithoutLastDigits: valid ? null : (typeWithoutLastDigits(parsed.number) ?? typeWithoutLastDigits(text)),
    withoutLastDigits: valid ? null : withoutLastDigits(parsed.number),
  };
}

function parse(text: string, homeCountry: string | null): PhoneNumber | undefined {
  const country = text.startsWith('+') ? null : homeCountry;
  return parsePhoneNumberFromString(text, {
    extract: false,
    ...(country === null ? {} : { defaultCountry: country as CountryCode }),
  });
}

function costlyType(parsed: PhoneNumber): CostlyType | null {
  const type = parsed.getType();
  return (type === undefined ? undefined : COSTLY[type]) ?? null;
}

/**
 * The type of the costly number that an E.164 number begins with. Asked of the number as it was given, too: libphonenumber drops
 * digits behind the country code that it takes for a trunk prefix.
 */
function typeWithoutLastDigits(number: string): CostlyType | null {
  if (!number.startsWith('+')) return null;
  for (let surplus = 1; surplus <= MOST_SURPLUS_DIGITS; surplus++) {
    const shorter = parse(number.slice(0, -surplus), null);
    const type = shorter === undefined ? null : costlyType(shorter);
    if (type !== null) return type;
  }
  return null;
}

function withoutLastDigits(number: string): string | null {
  for (let surplus = 1; surplus <= MOST_SURPLUS_DIGITS; surplus++) {
    const shorter = parse(number.slice(0, -surplus), null);
    if (shorter?.isValid() === true) return shorter.number;
  }
  return null;
}

function unknownNumber(number: string): NumberFacts {
  return {
    number,
    national: number.slice(1),
    country: null,
    possible: false,
    valid: false,
    type: null,
    typeWithoutLastDigits: null,
    withoutLastDigits: null,
  };
}
