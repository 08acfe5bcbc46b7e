/**
 * Why one more call is not accepted just now: a closed list, one code for each limit on accepted calls, each with its sentence for
 * people.
 */
export const LIMIT_REFUSALS = {
  user_open_calls: 'The user has as many calls open at once as allowed; wait until one is over.',
  user_calls_per_minute: 'The user has placed as many calls within a minute as allowed.',
  user_calls_per_day: 'The user has placed as many calls within 24 hours as allowed.',
  user_new_countries:
    'The user has called as many countries within 24 hours as allowed that they had not called in 30 days.',
  destination_calls_per_minute: 'This number was called within a minute as often as allowed.',
  destination_calls_per_15_minutes: 'This number was called within 15 minutes as often as allowed.',
  total_open_calls: 'As many calls are open at once, of all users together, as allowed.',
  total_calls_per_minute: 'As many calls were accepted within a minute, of all users together, as allowed.',
  total_calls_per_day: 'As many calls were accepted within 24 hours, of all users together, as allowed.',
} as const;

export type CallLimit = keyof typeof LIMIT_REFUSALS;

export const CALL_LIMIT_NAMES = Object.keys(LIMIT_REFUSALS) as CallLimit[];

/** The limits that an admin may set for one user. */
export type UserLimit = Extract<CallLimit, `user_${string}`>;

/** How many calls are allowed; for `user_new_countries` how many countries. 0 sets no limit. */
export type CallLimits = Readonly<Record<CallLimit, number>>;

/** The limits that are a user's own, in place of the installation's. */
export type OwnLimits = Readonly<Partial<Record<UserLimit, number>>>;

/** Within which time calls are counted, in seconds; null for those that are open. */
export const WINDOW_SECONDS: Readonly<Record<CallLimit, number | null>> = {
  user_open_calls: null,
  user_calls_per_minute: 60,
  user_calls_per_day: 86_400,
  user_new_countries: 86_400,
  destination_calls_per_minute: 60,
  destination_calls_per_15_minutes: 900,
  total_open_calls: null,
  total_calls_per_minute: 60,
  total_calls_per_day: 86_400,
};

/** How long a country that a user has called is not new to them, in days. */
export const COUNTRY_KNOWN_DAYS = 30;

/** The limits that hold for a user's call: their own where they have one. */
export function limitsFor(limits: CallLimits, own: OwnLimits): CallLimits {
  return { ...limits, ...own };
}

export function isLimited(limits: CallLimits): boolean {
  return Object.values(limits).some((limit) => limit > 0);
}

/**
 * What is counted as a country: its ISO 3166-1 code, or where the country cannot be told, the plus and the first four digits, so
 * that made-up numbers are no way around the limit. Null for extensions, which lead nowhere.
 *
 * @param number in E.164 form where it can be told.
 */
export function regionOf(number: string, country: string | null): string | null {
  return number.startsWith('+') ? (country ?? number.slice(0, 5)) : null;
}
