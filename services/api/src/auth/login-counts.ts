import { begun, failed, isKnown, judge, keepForMs, released, remaining, succeeded, triesNow } from './lockout.js';
import type { Tries, Verdict } from './lockout.js';

/** One of the three things that are counted of a login; createLoginGuard says what for. */
export interface Count {
  readonly of: 'address' | 'pair' | 'account';
  readonly tries: Tries;
  /** How many wrong ones are free. */
  readonly limit: number;
  /** Whether it counts for this login: all do, or from an address known for the account only that of the two together. */
  readonly holds: boolean;
}

export type LoginEnd = 'right' | 'wrong' | 'undecided';

/** What is left to the client, for the RateLimit headers. */
export interface LoginQuota {
  readonly limit: number;
  readonly remaining: number;
  /** When the quota is whole again or, at 0, when the next try is possible. */
  readonly resetSeconds: number;
}

/** An account's limit over all unknown addresses is this many times that of one address. */
const ACCOUNT_FACTOR = 2;

/** @param kept what is known of the address, of the account from it, and of the account. */
export function countsOf(kept: readonly (Tries | null)[], limit: number, nowMs: number): Count[] {
  const [address = null, pair = null, account = null] = kept;
  const holds = pair === null || !isKnown(pair, nowMs);
  return [
    { of: 'address', tries: triesNow(address, nowMs), limit, holds },
    { of: 'pair', tries: triesNow(pair, nowMs), limit, holds: true },
    { of: 'account', tries: triesNow(account, nowMs), limit: ACCOUNT_FACTOR * limit, holds },
  ];
}

/** Whether one more login may begin: the strictest of the counts that hold for it decides. */
export function judgeLogin(counts: readonly Count[], nowMs: number): Verdict {
  const verdicts = counts.filter(({ holds }) => holds).map(({ tries, limit }) => judge(tries, limit, nowMs));
  const lockedForMs = Math.max(...verdicts.map((verdict) => (typeof verdict === 'object' ? verdict.lockedForMs : 0)));
  if (lockedForMs > 0) return { lockedForMs };
  return verdicts.includes('wait') ? 'wait' : 'free';
}

export function beginLogin(counts: readonly Count[], nowMs: number): Count[] {
  return counts.map((count) => ({ ...count, tries: begun(count.tries, nowMs) }));
}

/** The counts behind a login that has ended. */
export function endLogin(counts: readonly Count[], how: LoginEnd, nowMs: number): Count[] {
  // One address must not use up what an account has for all.
  const usedUp = counts.some(({ of, tries, limit }) => of === 'pair' && tries.failures >= limit);
  const strangersLockMs = lockForStrangersMs(counts, nowMs);
  return counts.map((count) => {
    const { of, tries, limit, holds } = count;
    if (how === 'right' && of === 'pair') return { ...count, tries: succeeded(tries, nowMs) };
    // An address is judged by what it tries on accounts that it is not known for; it is shown the same for all.
    const counted = of === 'address' ? strangersLockMs === 0 : holds && !(of === 'account' && usedUp);
    const isWrong = how === 'wrong' && counted;
    return { ...count, tries: isWrong ? failed(tries, limit, nowMs) : released(tries) };
  });
}

/**
 * For how long a login would be locked from an address that is not known for the account, in milliseconds; 0 when it is not.
 * Who guesses at names from a known address must be told this, or they learn which names are known there.
 */
export function lockForStrangersMs(counts: readonly Count[], nowMs: number): number {
  return Math.max(0, ...counts.map(({ tries }) => tries.lockedUntil - nowMs));
}

/** What a client has left: whoever was right, by the counts that hold for it; others by all, as every address sees it. */
export function quotaOf(counts: readonly Count[], how: LoginEnd, limit: number, nowMs: number): LoginQuota {
  const holding = counts.filter(({ holds }) => holds || how === 'wrong');
  const lockedForMs = Math.max(0, ...holding.map(({ tries }) => tries.lockedUntil - nowMs));
  const wholeInMs = Math.max(0, ...holding.map(({ tries }) => tries.forgetAt - nowMs));
  const left = Math.min(limit, ...holding.map((count) => remaining(count.tries, count.limit)));
  return {
    limit,
    remaining: lockedForMs > 0 ? 0 : left,
    resetSeconds: Math.ceil((lockedForMs > 0 ? lockedForMs : wholeInMs) / 1000),
  };
}

/** As they are to be kept. */
export function keptOf(counts: readonly Count[], nowMs: number) {
  return counts.map(({ tries }) => ({ state: tries, forMs: keepForMs(tries, nowMs) }));
}
