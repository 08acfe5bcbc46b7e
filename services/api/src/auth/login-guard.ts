import { createHash } from 'node:crypto';
import { DialgateError } from '@dialgate/domain';
import type { Logger } from '@dialgate/service-kit';
import type { RateLimits } from '../limits/rate-limits.js';
import { ipKeyGenerator } from 'express-rate-limit';
import {
  begun,
  failed,
  isKnown,
  judge,
  keepForMs,
  LOCK_MAX_MS,
  released,
  remaining,
  succeeded,
  triesNow,
  type Tries,
} from './lockout.js';

/** Who wants to log in, and from where. */
export interface LoginAttempt {
  /** Null when no account can have this name. */
  readonly username: string | null;
  /** As Express sees it: TRUST_PROXY decides whose word is taken for it. Absent when the client has hung up. */
  readonly address: string | undefined;
}

/** What is left to the client, for the RateLimit headers. */
export interface LoginQuota {
  readonly limit: number;
  readonly remaining: number;
  /** When the quota is whole again or, at 0, when the next try is possible. */
  readonly resetSeconds: number;
}

export type LoginEnd = 'right' | 'wrong' | 'undecided';

export interface LoginGuard {
  /**
   * Lets one login try begin. Whoever got through must say how it ended.
   *
   * @throws DialgateError `too_many_requests`
   */
  readonly begin: (attempt: LoginAttempt) => Promise<{ readonly end: (how: LoginEnd) => Promise<LoginQuota> }>;
}

/**
 * How long a try waits for those under way beside it to end, in milliseconds, and how often it looks if nobody wakes it: those
 * of other instances and of other addresses do not.
 */
const WAIT_MS = { atMost: 5_000, every: 200 };

/** An account's limit over all unknown addresses is this many times that of one address. */
const ACCOUNT_FACTOR = 2;

/**
 * Against guessing passwords. Only wrong logins count: a busy client with the right password is never held up. Three things
 * are counted, each locked after its limit for 1, 2, 4 … 15 minutes, with one try between two locks:
 *
 * - an address, whatever accounts it tries (limit);
 * - an account from one address (limit);
 * - an account over all addresses (twice the limit), to which one address adds at most `limit`: so no address alone can lock
 *   an account for others.
 *
 * From an address known for an account, because somebody logged in to it from there within 30 days, only the second
 * counts: neither an attack from elsewhere nor a neighbour behind the same address locks its user out. What remains: while
 * several addresses attack an account, its user cannot log in from an address never used before, unless in the gaps.
 *
 * A right login clears the second only. Did it clear the others, an attacker with an account of their own could go on
 * for ever.
 */
export function openLoginGuard(deps: {
  readonly limits: Pick<RateLimits, 'update'>;
  /** How many wrong logins are free. */
  readonly limit: number;
  readonly log: Logger;
}): LoginGuard {
  const { limits, limit, log } = deps;
  const turns = openTurns();

  /** One look, and the counting of one more that is under way if it may. */
  function tryToBegin(counted: Counted): Promise<'free' | 'wait' | number> {
    return limits.update<Tries, 'free' | 'wait' | number>(counted.keys, (kept, nowMs) => {
      const tries = kept.map((one) => triesNow(one, nowMs));
      const verdicts = relevant(counted, tries, nowMs).map((i) => judge(at(tries, i), counted.limitOf(i), nowMs));
      const lockedForMs = Math.max(
        0,
        ...verdicts.map((verdict) => (typeof verdict === 'object' ? verdict.lockedForMs : 0)),
      );
      if (lockedForMs > 0) return { result: lockedForMs };
      if (verdicts.includes('wait')) return { result: 'wait' };
      return {
        result: 'free',
        write: keptOf(
          tries.map((one) => begun(one, nowMs)),
          nowMs,
        ),
      };
    });
  }

  function finish(counted: Counted, how: LoginEnd): Promise<Ended> {
    return limits.update<Tries, Ended>(counted.keys, (kept, nowMs) => {
      const before = kept.map((one) => triesNow(one, nowMs));
      const counting = relevant(counted, before, nowMs);
      const pair = counted.pair === null ? null : at(before, counted.pair);
      const after = before.map((one, i) => {
        if (how === 'right') return i === counted.pair ? succeeded(one, nowMs) : released(one);
        if (how === 'undecided' || !counting.includes(i)) return released(one);
        // One address must not use up what an account has for all.
        if (i === counted.account && pair !== null && pair.failures >= limit) return released(one);
        return failed(one, counted.limitOf(i), nowMs);
      });
      const left = counting.map((i) => ({ tries: at(after, i), limit: counted.limitOf(i) }));
      const lockedForMs = Math.max(0, ...left.map(({ tries }) => tries.lockedUntil - nowMs));
      const wholeInMs = Math.max(0, ...left.map(({ tries }) => tries.forgetAt - nowMs));
      return {
        result: {
          limit,
          remaining: lockedForMs > 0 ? 0 : Math.min(limit, ...left.map((one) => remaining(one.tries, one.limit))),
          resetSeconds: Math.ceil((lockedForMs > 0 ? lockedForMs : wholeInMs) / 1000),
          lockedForMs,
        },
        write: keptOf(after, nowMs),
      };
    });
  }

  return {
    begin: async (attempt) => {
      const counted = countedFor(attempt, limit);
      const giveUpAt = performance.now() + WAIT_MS.atMost;
      for (;;) {
        const answer = await tryToBegin(counted);
        if (answer === 'free') break;
        if (answer !== 'wait') throw tooMany(answer);
        if (performance.now() > giveUpAt) throw tooMany(1_000);
        await turns.wait(counted.address);
      }
      return {
        end: async (how) => {
          const { lockedForMs, ...quota } = await finish(counted, how);
          turns.wake(counted.address, lockedForMs > 0 ? 'all' : 'next');
          // The name is left out: people type passwords into the wrong field.
          if (lockedForMs > 0) log.warn({ address: attempt.address, seconds: quota.resetSeconds }, 'Logins locked');
          return quota;
        },
      };
    },
  };
}

/** Who waits is woken in the order of coming, one for each that has ended. */
function openTurns() {
  const waiting = new Map<string, Set<() => void>>();

  return {
    wait: (key: string): Promise<void> =>
      new Promise((resolve) => {
        const line = waiting.get(key) ?? new Set();
        waiting.set(key, line);
        const go = (): void => {
          clearTimeout(timer);
          line.delete(go);
          if (line.size === 0 && waiting.get(key) === line) waiting.delete(key);
          resolve();
        };
        const timer = setTimeout(go, WAIT_MS.every);
        line.add(go);
      }),
    wake: (key: string, who: 'next' | 'all'): void => {
      for (const go of [...(waiting.get(key) ?? [])].slice(0, who === 'next' ? 1 : undefined)) go();
    },
  };
}

interface Ended extends LoginQuota {
  /** 0 when nothing is locked. */
  readonly lockedForMs: number;
}

interface Counted {
  /** The address, or the network it belongs to. */
  readonly address: string;
  readonly keys: readonly string[];
  /** Which of the keys is the account's from this address, and which the account's over all; null without an account. */
  readonly pair: number | null;
  readonly account: number | null;
  readonly limitOf: (index: number) => number;
}

function countedFor({ username, address = 'gone' }: LoginAttempt, limit: number): Counted {
  // A provider gives whole /56 networks of IPv6 to one customer.
  const from = ipKeyGenerator(address, 56);
  const keys = [`login:address:${from}`];
  if (username === null) return { address: from, keys, pair: null, account: null, limitOf: () => limit };
  // What was typed as a name may be a password, and Redis may be read by others.
  const account = createHash('sha256').update(username).digest('base64url').slice(0, 22);
  return {
    address: from,
    keys: [...keys, `login:pair:${account}:${from}`, `login:account:${account}`],
    pair: 1,
    account: 2,
    limitOf: (index) => (index === 2 ? ACCOUNT_FACTOR * limit : limit),
  };
}

/** Which of the counts hold for this try: all, or from an address known for the account only that of the two together. */
function relevant({ keys, pair }: Counted, tries: readonly Tries[], nowMs: number): number[] {
  return pair !== null && isKnown(at(tries, pair), nowMs) ? [pair] : keys.map((_key, i) => i);
}

function at(tries: readonly Tries[], index: number): Tries {
  const found = tries[index];
  if (found === undefined) throw new Error('a count is missing');
  return found;
}

function keptOf(tries: readonly Tries[], nowMs: number) {
  return tries.map((state) => ({ state, forMs: keepForMs(state, nowMs) }));
}

function tooMany(afterMs: number): DialgateError {
  return new DialgateError('too_many_requests', 'Too many wrong logins; try again later.', {
    retryAfterSeconds: Math.min(Math.ceil(afterMs / 1000), LOCK_MAX_MS / 1000),
  });
}
