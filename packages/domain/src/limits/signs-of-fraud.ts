import type { Refusal } from '../admission/refusal.js';
import type { ErrorCode } from '../errors.js';

/**
 * Which refusals somebody with a stolen token collects while trying what pays; the others are mistakes that a list of numbers, or a
 * client that was set up wrongly, may be full of. A new refusal does not compile without its place here.
 */
const REFUSAL_SIGNS: Readonly<Record<Refusal, boolean>> = {
  emergency_number: true,
  short_code: true,
  premium_number: true,
  shared_cost_number: true,
  satellite_number: true,
  personal_number: true,
  pager_number: true,
  international_network_number: true,
  feature_code_not_allowed: true,
  prefix_blocked: true,
  prefix_not_allowed: true,
  country_not_allowed: true,
  country_unknown: false,
  number_not_possible: false,
  number_not_valid: false,
  context_not_allowed: false,
  extension_not_allowed: false,
  priority_not_allowed: false,
  caller_id_not_allowed: false,
  connect_to_not_allowed: false,
  variable_not_allowed: false,
  webhook_url_not_allowed: false,
  webhook_secret_missing: false,
  webhook_hosts_reached: false,
  do_not_call: false,
  outside_calling_window: false,
};

/** Country after country. Honest clients meet the limits of minutes, of days and of open calls, too. */
const SIGNS: Readonly<Partial<Record<ErrorCode, boolean>>> = {
  ...REFUSAL_SIGNS,
  user_new_countries: true,
};

/** Whether a refusal counts for TOLL_FRAUD_BREAKER. */
export function isSignOfFraud(code: ErrorCode): boolean {
  return SIGNS[code] === true;
}
