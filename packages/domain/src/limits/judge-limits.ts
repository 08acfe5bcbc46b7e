import {
  limitsFor,
  WINDOW_SECONDS,
  CALL_LIMIT_NAMES,
  type CallLimit,
  type CallLimits,
  type OwnLimits,
} from './call-limits.js';

/** What is counted of a call that is asked for. */
export interface CountedCall {
  readonly id: string;
  readonly userId: string;
  /** In E.164 form where it can be told, so that one phone is counted once however it is written. */
  readonly number: string;
  /** See `regionOf`. */
  readonly region: string | null;
  readonly own: OwnLimits;
}

/** What was counted for one limit and one subject. */
export interface Count {
  readonly limit: CallLimit;
  /** See `subjectOf`. */
  readonly subject: string;
  readonly count: number;
  /** When the oldest of them leaves the window, in seconds; null where nothing is counted in a window. */
  readonly roomInSeconds: number | null;
}

export interface CallCounts {
  /** What is missing counts as none. */
  readonly counts: readonly Count[];
  /** Countries that are not new to a user, by `userRegion`. */
  readonly knownRegions: ReadonlySet<string>;
}

/** A limit that leaves no room. */
export interface LimitReached {
  readonly limit: CallLimit;
  /** How many are allowed. */
  readonly quota: number;
  /** Null for open calls. */
  readonly windowSeconds: number | null;
  /** When to ask again: 1 or more. */
  readonly retryAfterSeconds: number;
}

/** When to ask again, in seconds, where only the end of some call makes room. */
const RETRY_OPEN_SECONDS = 5;

/**
 * Decides, one after the other, which of the calls that are asked for together the limits leave no room for. Pure. Where several
 * limits are reached, the one is named that lasts longest, so that nobody comes back in vain.
 *
 * @returns the refusals, by the call's id.
 */
export function judgeLimits(
  calls: readonly CountedCall[],
  limits: CallLimits,
  { counts, knownRegions }: CallCounts,
): ReadonlyMap<string, LimitReached> {
  const counted = new Map(counts.map((one) => [keyOf(one.limit, one.subject), one]));
  const known = new Set(knownRegions);
  const refused = new Map<string, LimitReached>();
  for (const call of calls) {
    const asked = countsOf(call, limitsFor(limits, call.own), known).map(({ limit, quota }) => {
      const subject = subjectOf(limit, call);
      return { quota, ...(counted.get(keyOf(limit, subject)) ?? { limit, subject, count: 0, roomInSeconds: null }) };
    });
    const reached = asked.filter(({ count, quota }) => count >= quota).map(limitReached);
    const [first] = reached.sort((a, b) => b.retryAfterSeconds - a.retryAfterSeconds);
    if (first !== undefined) {
      refused.set(call.id, first);
      continue;
    }
    for (const { limit, subject, count, roomInSeconds } of asked) {
      const one = { limit, subject, count: count + 1, roomInSeconds: roomInSeconds ?? WINDOW_SECONDS[limit] };
      counted.set(keyOf(limit, subject), one);
    }
    if (call.region !== null) known.add(userRegion(call.userId, call.region));
  }
  return refused;
}

/** Whose calls a limit counts: a user’s, those to a number, or all. */
export function subjectOf(limit: CallLimit, { userId, number }: Pick<CountedCall, 'userId' | 'number'>): string {
  if (limit.startsWith('user_')) return userId;
  return limit.startsWith('destination_') ? number : '';
}

export function userRegion(userId: string, region: string): string {
  return `${userId} ${region}`;
}

/** The limits that this call would count for. */
function countsOf(
  { userId, region }: CountedCall,
  limits: CallLimits,
  known: ReadonlySet<string>,
): { readonly limit: CallLimit; readonly quota: number }[] {
  const isNewCountry = region !== null && !known.has(userRegion(userId, region));
  return CALL_LIMIT_NAMES.filter((limit) => limits[limit] > 0 && (limit !== 'user_new_countries' || isNewCountry)).map(
    (limit) => ({ limit, quota: limits[limit] }),
  );
}

function limitReached({ limit, quota, roomInSeconds }: Count & { readonly quota: number }): LimitReached {
  const windowSeconds = WINDOW_SECONDS[limit];
  const retryAfterSeconds = windowSeconds === null ? RETRY_OPEN_SECONDS : Math.max(1, roomInSeconds ?? windowSeconds);
  return { limit, quota, windowSeconds, retryAfterSeconds };
}

function keyOf(limit: CallLimit, subject: string): string {
  return `${limit} ${subject}`;
}
