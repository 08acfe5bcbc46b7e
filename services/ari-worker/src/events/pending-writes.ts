import type { Observation } from '@dialgate/database';
import { aboutAttempt, type Logger } from '@dialgate/service-kit';
import type { PendingWritesReport } from '@dialgate/redis';
import type { SerializeByKey } from './serialize-by-key.js';

/** What was received or done and is not written down yet: a few for milliseconds, or thousands while the database is down. */
export interface PendingWrites {
  /**
   * Has something written behind everything that was added for its call before, or drops it: when too many writes are
   * pending, and from then on until half of them are done. Rejects when the writing does.
   */
  readonly add: (attempt: Attempt, write: () => Promise<void>) => Promise<void>;
  readonly backlog: () => PendingWritesReport;
}

/** The attempt at a call that something is written of. */
type Attempt = Pick<Observation, 'callId' | 'attempt'>;

/** So many take 130 MB (measured); at seven a call they are the whole life of 7,000 calls. */
const PENDING_MAX = 50_000;

/** How long the reconciling after a shortage may take. */
const RECONCILED_WITHIN_MS = 10_000;

/**
 * Keeps the memory of a worker bounded that cannot write. What is dropped is not lost for good: the call stands in its row
 * and its channel in Asterisk, and reconciling reads from the two what would have been written, or ends the call as lost.
 * Until then whatever else is added for the call is dropped, too: with its end and without its ringing, a call that nobody
 * answered would end as unreachable.
 *
 * @param onMadeRoom called when dropping is over; what was dropped has to be reconciled then.
 */
export function createPendingWrites(options: {
  readonly order: Pick<SerializeByKey, 'run'>;
  readonly onMadeRoom: () => void;
  readonly log: Logger;
  readonly max?: number;
  readonly reconciledWithinMs?: number;
}): PendingWrites {
  const { order, onMadeRoom, log, max = PENDING_MAX, reconciledWithinMs = RECONCILED_WITHIN_MS } = options;
  /** In the order in which they came: the first is the oldest. */
  const waiting = new Set<{ readonly since: number }>();
  let dropped = 0;
  let droppedBefore = 0;
  let lastDroppedAt: number | null = null;
  let dropping = false;
  let madeRoomAt = -Infinity;
  /** The calls that have lost a write and may not be reconciled yet: no more than were open at once. */
  const incomplete = new Set<string>();

  function mustDrop({ callId, attempt }: Attempt): boolean {
    if (dropping) return true;
    if (performance.now() - madeRoomAt > reconciledWithinMs) incomplete.clear();
    if (waiting.size < max) return incomplete.has(callId);
    dropping = true;
    droppedBefore = dropped;
    log.error({ ...aboutAttempt(callId, attempt), waiting: waiting.size }, 'Facts dropped: too many wait');
    return true;
  }

  function drop({ callId }: Attempt): void {
    incomplete.add(callId);
    dropped++;
    lastDroppedAt = performance.now();
  }

  /** Over at half the bound: at the bound itself room for one write would begin and end it again and again. */
  function noteRoom(): void {
    if (!dropping || waiting.size > max / 2) return;
    dropping = false;
    madeRoomAt = performance.now();
    log.error({ dropped: dropped - droppedBefore }, 'Facts no longer dropped');
    onMadeRoom();
  }

  return {
    add: async (attempt, write) => {
      if (mustDrop(attempt)) {
        drop(attempt);
        return;
      }
      const pending = { since: performance.now() };
      waiting.add(pending);
      try {
        await order.run(attempt.callId, write);
      } finally {
        waiting.delete(pending);
        noteRoom();
      }
    },
    backlog: () => {
      const [oldest] = waiting;
      return {
        waiting: waiting.size,
        oldestSeconds: secondsSince(oldest?.since ?? null),
        dropped,
        lastDroppedSecondsAgo: secondsSince(lastDroppedAt),
      };
    },
  };
}

/** Whole seconds since a time of `performance.now()`. */
function secondsSince(at: number | null): number | null {
  return at === null ? null : Math.floor((performance.now() - at) / 1_000);
}
