import { withDatabaseErrors, type Client } from '../client.js';
import { desertedSlots } from '../followed-slots.js';
import type { WorkerTimes } from '../worker-times.js';

/** Where a waiting call stands among the others. Times are the database's. */
export interface QueuePlace {
  readonly now: Date;
  /** Since when it may be dialled; in the future for a call that waits for its time. */
  readonly dueAt: Date;
  /** How many became due before it and wait as well; null when too many wait to be counted. */
  readonly ahead: number | null;
  /** Calls that are claimed and not over, as MAX_CONCURRENT_CALLS counts them. */
  readonly open: number;
  /** The next dial time that is given out (ORIGINATE_PER_SECOND). */
  readonly nextDialAt: Date;
  /** Whether any worker can take calls. */
  readonly isServed: boolean;
}

/** Counting stops here: whoever asks again and again for a call in a long queue must not cost more than this. */
const COUNT_LIMIT = 1_000;

export function createQueuePlaces(client: Client, { followedWithinMs, leaseMs }: WorkerTimes) {
  return {
    /** Where this call stands; null when it does not wait (any more), or a worker has taken it. */
    queuePlace: (callId: string): Promise<QueuePlace | null> =>
      withDatabaseErrors(async () => {
        const [row] = await client.$queryRaw<(QueuePlace & { readonly waiting: number })[]>`
          WITH me AS MATERIALIZED (
            SELECT id, greatest(created_at, not_before) AS due_at FROM calls
            WHERE id = ${callId}::uuid AND dial_sent_at IS NULL AND ended_at IS NULL AND slot_id IS NULL
          ), waiting AS MATERIALIZED (
            SELECT id, greatest(created_at, not_before) AS due_at FROM calls
            WHERE dial_sent_at IS NULL AND ended_at IS NULL AND slot_id IS NULL AND EXISTS (SELECT FROM me)
            LIMIT ${COUNT_LIMIT + 1}
          )
          SELECT clock_timestamp() AS now, me.due_at AS "dueAt", i.next_dial_at AS "nextDialAt",
            (SELECT count(*) FROM waiting)::int AS waiting,
            (SELECT count(*) FROM waiting w WHERE (w.due_at, w.id) < (me.due_at, me.id))::int AS ahead,
            (SELECT coalesce(sum(o.open), 0) FROM open_calls_of_slots(i.id) o
              WHERE o.slot_id NOT IN (${desertedSlots(followedWithinMs)}))::int AS open,
            EXISTS (SELECT FROM worker_slots s
              WHERE s.lease_until > clock_timestamp() AND s.followed_epoch = s.epoch
                AND s.followed_at > clock_timestamp() - ${leaseMs} * interval '1 ms') AS "isServed"
          FROM me, installation i`;
        if (row === undefined) return null;
        const { waiting, ...place } = row;
        return waiting > COUNT_LIMIT ? { ...place, ahead: null } : place;
      }),
  };
}
