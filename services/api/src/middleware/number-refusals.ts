import { NUMBER_REFUSALS, type NumberRefusal } from '@dialgate/domain';

/**
 * What all refusals of a number have in common in a problem document, for clients that treat them alike. It was their only code
 * before each got its own.
 */
export const REFUSED_NUMBER = 'destination_refused';

/** How each refusal of a number is called in a problem document. A new one does not compile without its title. */
export const REFUSAL_TITLES: Readonly<Record<NumberRefusal, string>> = {
  emergency_number: 'Emergency number',
  short_code: 'Short code',
  premium_number: 'Premium-rate number',
  shared_cost_number: 'Shared-cost number',
  satellite_number: 'Satellite number',
  personal_number: 'Personal number',
  pager_number: 'Pager number',
  international_network_number: 'Number of an international network',
  feature_code_not_allowed: 'Feature code not allowed',
  prefix_blocked: 'Prefix blocked',
  prefix_not_allowed: 'Prefix not allowed',
  country_not_allowed: 'Country not allowed',
  country_unknown: 'Country unknown',
  number_not_possible: 'Number not possible',
  number_not_valid: 'Number not valid',
};

export const REFUSAL_CODES = Object.keys(NUMBER_REFUSALS) as NumberRefusal[];

export function isNumberRefusal(code: string): code is NumberRefusal {
  return Object.hasOwn(NUMBER_REFUSALS, code);
}
