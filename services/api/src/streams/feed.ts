import type { Calls, Horizon, OwnedEvent } from '@dialgate/database';
import { every, type Logger, type Part } from '@dialgate/service-kit';

/** Whose entries are followed: of one call, of a user's calls, or of all. */
export type Followed = { readonly callId: string } | { readonly userId: string | null };

export interface Follower {
  readonly followed: Followed;
  /** An entry that has just been settled. Called in the order of the ids. */
  readonly take: (entry: OwnedEvent) => void;
  /** What was taken since the last time is all for now. */
  readonly flush: () => void;
}

/** How often the timeline is looked at, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** How soon after the last look it is looked at again when something is on its way, or has been written, in milliseconds. */
const LOOK_AGAIN_MS = 50;

export type Feed = ReturnType<typeof createFeed>;

/**
 * Reads the timeline once for all who follow it on this instance. It reads only what is settled, so that nothing appears later in
 * front of what was handed out. Nothing is read while nobody follows.
 *
 * @param deps.lookEveryMs how often it is looked whether anything was written, in milliseconds; a second by default. Whoever is
 *   woken need not wait for that.
 */
export function createFeed(deps: {
  readonly calls: Pick<Calls, 'timelineHorizon' | 'timelineOfAll'>;
  readonly log: Logger;
  readonly lookEveryMs?: number;
}) {
  const { calls, log, lookEveryMs = LOOK_EVERY_MS } = deps;
  const followers = createFollowers();
  let position: bigint | null = null;
  let wanted = 0;
  let look = Promise.resolve<Horizon>({ settled: null, newest: 0n });

  async function read(): Promise<Horizon> {
    const horizon = await calls.timelineHorizon();
    const { settled, newest } = horizon;
    if (settled !== null) position ??= settled;
    while (settled !== null && position !== null && position < settled) {
      if (followers.isEmpty()) {
        position = settled;
        break;
      }
      const page = await calls.timelineOfAll(null, position, settled);
      followers.handOut(page.entries);
      position = page.upTo; // In the same breath: who begins to follow here misses nothing and gets nothing twice.
    }
    if (position === null || position < newest) lookAgainSoon();
    return horizon;
  }

  /** One look after the other. */
  function lookNow(): Promise<Horizon> {
    look = look.catch(() => undefined).then(read);
    return look;
  }

  const soon = createSoon(
    LOOK_AGAIN_MS,
    () => lookNow().catch((error: unknown) => log.debug({ error }, 'Timeline not read')), // The next look says what is wrong.
  );

  function lookAgainSoon(): void {
    if (wanted > 0) soon.ask();
  }

  const looks = every('streams', lookEveryMs, () => (wanted > 0 ? lookNow() : Promise.resolve()), log);
  const part: Part = {
    ...looks,
    stop: async () => {
      soon.stop();
      await looks.stop?.();
    },
  };

  return {
    part,
    /** How far the timeline has been handed out; null before the first look. */
    position: () => position,
    /** Something was written: it is looked at soon, if anybody follows. */
    wake: lookAgainSoon,
    /** Looks now. @throws DialgateError `database_unavailable` */
    look: lookNow,
    /** From now on the timeline is looked at, until the returned function is called. */
    want: () => {
      wanted += 1;
      return () => {
        wanted -= 1;
      };
    },
    /** Hands out to this follower what comes behind `position()`. */
    join: followers.add,
    leave: followers.remove,
  };
}

/** So much longer than a look took, the next one is waited for: a fifth of the time at most, however slow the database is. */
const REST_PER_WORK = 4;

/** Work that is done once for all who asked for it meanwhile: at once, but not before it has rested for so many milliseconds. */
function createSoon(restMs: number, work: () => Promise<unknown>) {
  let restsUntil = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let asked = 0;

  async function carryOut(): Promise<void> {
    const [askedBefore, beganAt] = [asked, performance.now()];
    await work();
    const doneAt = performance.now();
    restsUntil = doneAt + Math.max(restMs, REST_PER_WORK * (doneAt - beganAt));
    timer = undefined;
    if (asked > askedBefore) ask();
  }

  function ask(): void {
    asked += 1;
    timer ??= setTimeout(() => void carryOut(), Math.max(0, restsUntil - performance.now()));
  }

  return { ask, stop: () => clearTimeout(timer) };
}

/** Who follows what. */
function createFollowers() {
  const followers = new Map<string, Set<Follower>>();

  return {
    isEmpty: () => followers.size === 0,
    add: (follower: Follower): void => {
      const key = keyOf(follower.followed);
      followers.set(key, (followers.get(key) ?? new Set()).add(follower));
    },
    remove: (follower: Follower): void => {
      const key = keyOf(follower.followed);
      const others = followers.get(key);
      others?.delete(follower);
      if (others?.size === 0) followers.delete(key);
    },
    handOut: (entries: readonly OwnedEvent[]): void => {
      const reached = new Set<Follower>();
      for (const entry of entries) {
        for (const key of [`call ${entry.callId}`, `user ${entry.userId}`, ALL]) {
          for (const follower of followers.get(key) ?? []) {
            follower.take(entry);
            reached.add(follower);
          }
        }
      }
      for (const follower of reached) follower.flush();
    },
  };
}

const ALL = 'all';

function keyOf(followed: Followed): string {
  if ('callId' in followed) return `call ${followed.callId}`;
  return followed.userId === null ? ALL : `user ${followed.userId}`;
}
