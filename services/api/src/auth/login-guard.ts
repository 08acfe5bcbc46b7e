import { createHash } from 'node:crypto';
import { DialgateError } from '@dialgate/domain';
import { sleep, type Logger } from '@dialgate/service-kit';
import { ipKeyGenerator } from 'express-rate-limit';
import { LRUCache } from 'lru-cache';
import type { RateLimits } from '../limits/rate-limits.js';
import { createTurns } from '../limits/turns.js';
import { LOCK_MAX_MS, type Tries, type Verdict } from './lockout.js';
import { beginLogin, countsOf, endLogin, judgeLogin, keptOf, lockForStrangersMs, quotaOf } from './login-counts.js';
import type { LoginEnd, LoginQuota } from './login-counts.js';

/** Who wants to log in, and from where. */
export interface Login {
  /** As it was typed. */
  readonly username: string;
  /** As Express sees it: TRUST_PROXY decides whose word is taken for it. Absent when the client has hung up. */
  readonly address: string | undefined;
}

export interface LoginGuard {
  /**
   * Lets one login begin. Whoever got through must say how it ended; a wrong one may be refused then like one that was never
   * compared.
   *
   * @throws DialgateError `too_many_requests`, both.
   */
  readonly begin: (login: Login) => Promise<{ readonly end: (how: LoginEnd) => Promise<LoginQuota> }>;
}

/** How long a login waits for those under way beside it to end, and how often the first in line looks, in milliseconds. */
const WAIT_MS = { atMost: 5_000, every: 20 };

/** How many logins of one address may wait. Two passwords are compared at a time: more would wait in vain. */
const MAX_WAITING = 100;

/** For how long a lock is believed without asking Redis, in milliseconds; somebody may become known meanwhile. */
const LOCK_BELIEVED_MS = 1_000;

/** How many locks are believed at once. */
const MAX_LOCKS = 20_000;

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
 * decides: neither an attack from elsewhere nor a neighbour behind the same address locks its user out. What remains: while
 * several addresses attack an account, its user cannot log in from an address never used before, unless in the gaps.
 *
 * Wrong passwords are answered from there as from everywhere, or the lock of a shared address would tell which names it knows.
 *
 * A right login clears the second only. Did it clear the others, an attacker with an account of their own could go on
 * for ever.
 */
export function createLoginGuard(deps: {
  readonly limits: Pick<RateLimits, 'update'>;
  /** How many wrong logins are free. */
  readonly limit: number;
  readonly log: Logger;
}): LoginGuard {
  const { limits, limit, log } = deps;
  const locks = new LRUCache<string, number>({ max: MAX_LOCKS });
  const waiting = new Map<string, number>();
  const inLine = createTurns();

  /** Counts one more that is under way, if it may begin now. @throws DialgateError `too_many_requests` */
  async function beginsNow([address, pair, account]: Keys): Promise<boolean> {
    const lockedUntil = locks.get(pair);
    if (lockedUntil !== undefined) throw tooMany(lockedUntil - performance.now());
    const verdict = await limits.update<Tries, Verdict>([address, pair, account], (kept, nowMs) => {
      const counts = countsOf(kept, limit, nowMs);
      const result = judgeLogin(counts, nowMs);
      return result === 'free' ? { result, write: keptOf(beginLogin(counts, nowMs), nowMs) } : { result };
    });
    if (typeof verdict === 'string') return verdict === 'free';
    const { lockedForMs } = verdict;
    locks.set(pair, performance.now() + lockedForMs, { ttl: Math.ceil(Math.min(lockedForMs, LOCK_BELIEVED_MS)) });
    throw tooMany(lockedForMs);
  }

  /** Waits for those under way to end. Of an address only the first in line looks whether it may begin. */
  async function waitToBegin(keys: Keys): Promise<void> {
    const [address] = keys;
    const before = waiting.get(address) ?? 0;
    if (before >= MAX_WAITING) throw tooMany(1_000);
    waiting.set(address, before + 1);
    const giveUpAt = performance.now() + WAIT_MS.atMost;
    try {
      await inLine([address], async () => {
        while (!(await beginsNow(keys))) {
          if (performance.now() > giveUpAt) throw tooMany(1_000);
          await sleep(WAIT_MS.every);
        }
      });
    } finally {
      const left = (waiting.get(address) ?? 1) - 1;
      if (left === 0) waiting.delete(address);
      else waiting.set(address, left);
    }
  }

  return {
    begin: async (login) => {
      const keys = keysOf(login);
      if (!(await beginsNow(keys))) await waitToBegin(keys);
      return {
        end: async (how) => {
          const { quota, lockedForMs } = await limits.update<Tries, Ended>(keys, (kept, nowMs) => {
            const counts = countsOf(kept, limit, nowMs);
            const after = endLogin(counts, how, nowMs);
            const lockedForMs = how === 'wrong' ? lockForStrangersMs(counts, nowMs) : 0;
            return {
              result: { quota: quotaOf(after, how, limit, nowMs), lockedForMs },
              write: keptOf(after, nowMs),
            };
          });
          if (lockedForMs > 0) throw tooMany(lockedForMs);
          // The name is left out: people type passwords into the wrong field.
          if (quota.remaining === 0) log.warn({ address: login.address, seconds: quota.resetSeconds }, 'Logins locked');
          return quota;
        },
      };
    },
  };
}

interface Ended {
  readonly quota: LoginQuota;
  /** For how long an unknown name would be locked: then a known one with a wrong password is answered the same. */
  readonly lockedForMs: number;
}

type Keys = readonly [address: string, pair: string, account: string];

/** Where the three counts are kept. */
function keysOf({ username, address = 'gone' }: Login): Keys {
  // A provider gives whole /56 networks of IPv6 to one customer.
  const from = ipKeyGenerator(address, 56);
  // What was typed as a name may be a password, and Redis may be read by others.
  const account = createHash('sha256').update(username.trim().toLowerCase()).digest('base64url').slice(0, 22);
  return [`login:address:${from}`, `login:pair:${account}:${from}`, `login:account:${account}`];
}

function tooMany(afterMs: number): DialgateError {
  return new DialgateError('too_many_requests', 'Too many wrong logins; try again later.', {
    retryAfterSeconds: Math.max(1, Math.min(Math.ceil(afterMs / 1000), LOCK_MAX_MS / 1000)),
  });
}
