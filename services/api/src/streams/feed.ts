import type { Calls, Horizon, OwnedEvent } from '@dialgate/database';
import { every, soon, type Logger, type Part } from '@dialgate/service-kit';

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

  const nextLook = soon(
    LOOK_AGAIN_MS,
    () => lookNow().catch((error: unknown) => log.debug({ error }, 'Timeline not read')), // The next look says what is wrong.
  );

  function lookAgainSoon(): void {
    if (wanted > 0) nextLook.ask();
  }

  const looks = every('streams', lookEveryMs, () => (wanted > 0 ? lookNow() : Promise.resolve()), log);
  const part: Part = {
    ...looks,
    stop: async () => {
      nextLook.stop();
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
