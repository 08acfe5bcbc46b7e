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
  /** The second phone that it rings, which is one call more within a time, and none among those that are open; null for none. */
  readonly second: { readonly number: string; readonly region: string | null } | null;
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
    const own = limitsFor(limits, call.own);
    const asked = new Map<string, Count & { readonly quota: number }>();
    const reached = legsOf(call).flatMap((leg) =>
      countsOf(leg, own, known).flatMap(({ limit, quota }) => {
        const key = keyOf(limit, subjectOf(limit, leg));
        const before = asked.get(key) ??
          counted.get(key) ?? { limit, subject: subjectOf(limit, leg), count: 0, roomInSeconds: null };
        const { count, roomInSeconds } = before;
        asked.set(key, { ...before, quota, count: count + 1, roomInSeconds: roomInSeconds ?? WINDOW_SECONDS[limit] });
        return count >= quota ? [limitReached({ ...before, quota })] : [];
      }),
    );
    const [first] = reached.sort((a, b) => b.retryAfterSeconds - a.retryAfterSeconds);
    if (first !== undefined) {
      refused.set(call.id, first);
      continue;
    }
    for (const [key, one] of asked) counted.set(key, one);
    for (const { userId, region } of legsOf(call)) if (region !== null) known.add(userRegion(userId, region));
  }
  return refused;
}

/** What rings: the callee, and the second phone. */
export function legsOf<Some extends Pick<CountedCall, 'number' | 'region' | 'second'>>(
  call: Some,
): (Some & { readonly isSecond: boolean })[] {
  const first = { ...call, isSecond: false };
  if (call.second === null) return [first];
  const { number, region } = call.second;
  // One country is not new twice.
  return [first, { ...call, number, region: region === call.region ? null : region, isSecond: true }];
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
  { userId, region, isSecond }: CountedCall & { readonly isSecond: boolean },
  limits: CallLimits,
  known: ReadonlySet<string>,
): { readonly limit: CallLimit; readonly quota: number }[] {
  const isNewCountry = region !== null && !known.has(userRegion(userId, region));
  return CALL_LIMIT_NAMES.filter((limit) => limits[limit] > 0)
    .filter((limit) => limit !== 'user_new_countries' || isNewCountry)
    .filter((limit) => !isSecond || WINDOW_SECONDS[limit] !== null)
    .map((limit) => ({ limit, quota: limits[limit] }));
}

function limitReached({ limit, quota, roomInSeconds }: Count & { readonly quota: number }): LimitReached {
  const windowSeconds = WINDOW_SECONDS[limit];
  const retryAfterSeconds = windowSeconds === null ? RETRY_OPEN_SECONDS : Math.max(1, roomInSeconds ?? windowSeconds);
  return { limit, quota, windowSeconds, retryAfterSeconds };
}

function keyOf(limit: CallLimit, subject: string): string {
  return `${limit} ${subject}`;
}
