import { NUMBER_REFUSALS, REFUSALS, type Refusal } from '@dialgate/domain';

/**
 * What all refusals of a number have in common in a problem document, for clients that treat them alike. It was their only code
 * before each got its own.
 */
export const REFUSED_NUMBER = 'destination_refused';

/** How each refusal is called in a problem document. A new one does not compile without its title. */
export const REFUSAL_TITLES: Readonly<Record<Refusal, string>> = {
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
  context_not_allowed: 'Context not allowed',
  extension_not_allowed: 'Extension not allowed',
  priority_not_allowed: 'Priority not allowed',
  caller_id_not_allowed: 'Caller ID not allowed',
  connect_to_not_allowed: 'Connecting not allowed',
  variable_not_allowed: 'Channel variable not allowed',
  webhook_url_not_allowed: 'Host of the webhook not allowed',
  webhook_secret_missing: 'No secret for webhooks of calls',
  webhook_hosts_reached: 'Too many hosts of webhooks',
  do_not_call: 'On the do-not-call list',
  outside_calling_window: 'Outside the calling window',
};

export const REFUSAL_CODES = Object.keys(REFUSALS) as Refusal[];

export function isRefusal(code: string): code is Refusal {
  return Object.hasOwn(REFUSALS, code);
}

/** Whether it is the number that is refused, and not what shall become of the call. */
export function concernsNumber(code: Refusal): boolean {
  return Object.hasOwn(NUMBER_REFUSALS, code) || code === 'do_not_call' || code === 'outside_calling_window';
}
