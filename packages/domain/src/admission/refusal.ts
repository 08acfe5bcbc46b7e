/** Why a well-formed number may not be called: a closed list, each with its sentence for people. */
export const NUMBER_REFUSALS = {
  emergency_number: 'Emergency numbers are never called.',
  short_code: 'Short codes are never called.',
  premium_number: 'Calls to premium-rate numbers are not allowed here.',
  shared_cost_number: 'Calls to shared-cost numbers are not allowed here.',
  satellite_number: 'Calls to satellite numbers are not allowed here.',
  personal_number: 'Calls to personal numbers are not allowed here.',
  pager_number: 'Calls to pagers are not allowed here.',
  international_network_number: 'Calls to numbers of international networks are not allowed here.',
  feature_code_not_allowed: 'This * or # code is not one of the allowed feature codes.',
  prefix_blocked: 'Numbers with this prefix are blocked.',
  prefix_not_allowed: 'Only numbers with certain prefixes may be called, and this is none of them.',
  country_not_allowed: 'Calls to this country are not allowed here.',
  country_unknown: 'The number’s country cannot be told. Send it with its + and country code.',
  number_not_possible: 'No number has this length in its country.',
  number_not_valid: 'The number belongs to no range that is in use.',
} as const;

export type NumberRefusal = keyof typeof NUMBER_REFUSALS;

/** Why else a call may not be placed. */
export const CALL_REFUSALS = {
  context_not_allowed: 'Calls may not be put through to this dialplan context.',
  extension_not_allowed: 'Calls may not be put through to this extension of the dialplan.',
  priority_not_allowed: 'Calls may not be put through to this priority of the dialplan.',
  caller_id_not_allowed: 'This number may not be presented as the caller ID.',
  connect_to_not_allowed: 'Calls may not be connected to a second number here.',
  variable_not_allowed: 'Only channel variables that `ALLOWED_VARIABLES` names may be set.',
  webhook_url_not_allowed: 'Calls may not be reported to this host.',
  webhook_secret_missing:
    'There is no secret yet to sign with what goes to the `webhook_url` of calls; `POST /webhook-secret` makes one.',
  webhook_hosts_reached: 'The user’s calls are reported to as many hosts as they may be (`WEBHOOK_HOSTS_PER_USER`).',
  do_not_call: 'Whoever has this number is on the do-not-call list.',
  outside_calling_window: 'Whoever has this number may not be called at this hour; `Retry-After` says when.',
} as const;

/** Why a call may not be placed: the one closed list, each with its sentence for people. */
export const REFUSALS = { ...NUMBER_REFUSALS, ...CALL_REFUSALS };

export type Refusal = keyof typeof REFUSALS;
