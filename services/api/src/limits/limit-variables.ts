import type { CallLimits } from '@dialgate/domain';
import { wholeNumber } from '@dialgate/service-kit';

/** The variables that limit accepted calls. 0 sets no limit in any of them. */
export interface LimitVariables {
  /** Accepted and not over, waiting ones included. */
  readonly USER_MAX_CONCURRENT_CALLS: number;
  readonly USER_MAX_CALLS_PER_MINUTE: number;
  /** Within 24 hours, as in all that say day. */
  readonly USER_MAX_CALLS_PER_DAY: number;
  /** Countries that the user did not call in the last 30 days. */
  readonly USER_MAX_NEW_COUNTRIES_PER_DAY: number;
  /** Calls to one number, whoever asks for them. */
  readonly DESTINATION_MAX_PER_MINUTE: number;
  readonly DESTINATION_MAX_PER_15_MINUTES: number;
  /** Of all users together. */
  readonly TOTAL_MAX_CONCURRENT_CALLS: number;
  readonly TOTAL_MAX_CALLS_PER_MINUTE: number;
  readonly TOTAL_MAX_CALLS_PER_DAY: number;
  /** Refusals of one user within an hour, such as a stolen token collects, that suspend the user. */
  readonly TOLL_FRAUD_BREAKER: number;
}

/** Enough for a small team, and little for somebody with a stolen token. */
export function limitVariables() {
  return {
    USER_MAX_CONCURRENT_CALLS: wholeNumber(0, 100_000).default(10),
    USER_MAX_CALLS_PER_MINUTE: wholeNumber(0, 100_000).default(20),
    USER_MAX_CALLS_PER_DAY: wholeNumber(0, 1_000_000).default(1_000),
    USER_MAX_NEW_COUNTRIES_PER_DAY: wholeNumber(0, 1_000).default(3),
    DESTINATION_MAX_PER_MINUTE: wholeNumber(0, 1_000).default(1),
    DESTINATION_MAX_PER_15_MINUTES: wholeNumber(0, 1_000).default(3),
    TOTAL_MAX_CONCURRENT_CALLS: wholeNumber(0, 1_000_000).default(100),
    TOTAL_MAX_CALLS_PER_MINUTE: wholeNumber(0, 1_000_000).default(120),
    TOTAL_MAX_CALLS_PER_DAY: wholeNumber(0, 10_000_000).default(5_000),
    TOLL_FRAUD_BREAKER: wholeNumber(0, 1_000_000).default(50),
  };
}

/** The limits that these variables make. */
export function callLimitsOf(given: LimitVariables): CallLimits {
  return {
    user_open_calls: given.USER_MAX_CONCURRENT_CALLS,
    user_calls_per_minute: given.USER_MAX_CALLS_PER_MINUTE,
    user_calls_per_day: given.USER_MAX_CALLS_PER_DAY,
    user_new_countries: given.USER_MAX_NEW_COUNTRIES_PER_DAY,
    destination_calls_per_minute: given.DESTINATION_MAX_PER_MINUTE,
    destination_calls_per_15_minutes: given.DESTINATION_MAX_PER_15_MINUTES,
    total_open_calls: given.TOTAL_MAX_CONCURRENT_CALLS,
    total_calls_per_minute: given.TOTAL_MAX_CALLS_PER_MINUTE,
    total_calls_per_day: given.TOTAL_MAX_CALLS_PER_DAY,
  };
}
