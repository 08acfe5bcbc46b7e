import {
  OVERDUE_GRACE_MS,
  soFar,
  transitionFor,
  WAITING,
  type Call,
  type CallEvent,
  type CallSoFar,
  type Transition,
} from '@dialgate/domain';
import { Prisma, withDatabaseErrors, type Client } from '../client.js';
import { readClock, type DatabaseClock } from '../clock.js';
import { lastFollowed } from '../followed-slots.js';
import type { WorkerTimes } from '../worker-times.js';
import { CALL_COLUMNS, callOfRow, type CallRow } from './rows.js';
import type { Observation, Source } from './observation.js';
import type { createStatusWriter, FencingToken } from './write-status.js';

/** How many calls one statement takes on. */
const SWEEP_LIMIT = 1_000;

/** And how many such a sweep goes on for: what has piled up is the work of one process. */
const PAGES = 5;

/** A worker that is being restarted is not one that is gone, nor is an Asterisk. */
const ORPHAN_GRACE_MS = 60_000;

/** Slots on one Asterisk; of those that were never told theirs, the name has to do. */
const SAME_BOX = Prisma.sql`coalesce(o.entity_id, o.asterisk) = coalesce(s.entity_id, s.asterisk)`;

/**
 * Has calls looked for by what was found before: for each slot, each user, and mostly for none. In a join PostgreSQL, to whom the
 * index of open calls seems all but empty, begins with it, and with its entries of many calls that are over.
 */
const NO_JOIN = Prisma.sql`OFFSET 0`;

/** A call that a sweep ended, and how. */
export type Swept = Transition & Pick<Observation, 'callId' | 'attempt'>;

type Apply = ReturnType<typeof createStatusWriter>['apply'];

export function createSweeps(
  client: Client,
  clock: DatabaseClock,
  { adoptAfterMs }: WorkerTimes,
  { apply }: { readonly apply: Apply },
) {
  const end = createEnding(apply);

  async function endOrphan(call: Call): Promise<Swept[]> {
    if (call.claim === null) return [];
    // A worker that comes back and adopts the slot has the last word.
    const token = { attempt: call.attempt, ...call.claim };
    return end(call, { type: 'lost', restarted: false }, soFar(call), 'sweep', token);
  }

  const expireSome = (source: 'sweep' | 'api'): Promise<Swept[]> =>
    withDatabaseErrors(async () => {
      const due = await client.$queryRaw<{ id: string; attempt: number }[]>`
        SELECT id, attempt FROM calls WHERE dial_sent_at IS NULL AND ended_at IS NULL AND expires_at <= now() ORDER BY expires_at LIMIT ${SWEEP_LIMIT}`;
      const ended = await Promise.all(due.map((call) => end(call, { type: 'expired' }, WAITING, source, null)));
      return ended.flat();
    });

  return {
    /** Ends waiting calls whose time is over, claimed or not, at most 5,000. @returns those that it ended. */
    expireOverdue: async (source: 'sweep' | 'api'): Promise<Swept[]> => {
      const swept: Swept[] = [];
      for (let page = 0; page < PAGES; page++) {
        const ended = await expireSome(source);
        swept.push(...ended);
        if (ended.length < SWEEP_LIMIT) break; // No more, or another sweeper is at it.
      }
      return swept;
    },

    /**
     * Ends calls of an Asterisk on which no worker can follow a slot any more, be it that the Asterisk is gone or its workers,
     * without looking at their channels, which nobody could: unanswered ones ten seconds after their ring timeout, answered ones
     * after so many seconds. At most 1,000. None while the clock has lately been set forward: all leases seem over then.
     *
     * @returns those that it ended.
     */
    endOrphans: (orphanSeconds: number): Promise<Swept[]> =>
      withDatabaseErrors(async () => {
        await readClock(client, clock);
        const orphans = await findOrphans(client, orphanSeconds);
        if (orphans.length > 0) await readClock(client, clock); // It may have been set just before the look.
        if (clock.steadyForMs(performance.now()) < adoptAfterMs) return [];
        const ended = await Promise.all(orphans.map(endOrphan));
        return ended.flat();
      }),

    /**
     * Ends the waiting calls, claimed or not, of users who are suspended or switched off, at most 1,000: none of them is dialled
     * any more. @returns those that it ended.
     */
    refuseOfStopped: (): Promise<Swept[]> =>
      withDatabaseErrors(async () => {
        const rows = await client.$queryRaw<{ id: string; attempt: number; refusal: string }[]>`
          SELECT c.id, c.attempt, CASE WHEN u.disabled_at IS NULL THEN 'user_suspended' ELSE 'user_disabled' END AS refusal
          FROM users u CROSS JOIN LATERAL (
            SELECT id, attempt FROM calls WHERE user_id = u.id AND ended_at IS NULL AND dial_sent_at IS NULL ${NO_JOIN}) c
          WHERE u.suspended_at IS NOT NULL OR u.disabled_at IS NOT NULL LIMIT ${SWEEP_LIMIT}`;
        const refused = { type: 'refused', reason: 'not_allowed' } as const;
        const ended = await Promise.all(
          rows.map(({ refusal, ...call }) => end(call, refused, WAITING, 'sweep', null, { refusal })),
        );
        return ended.flat();
      }),
  };
}

/** Ends a call by an event, where the event ends it as it stands. */
function createEnding(apply: Apply) {
  return async (
    { id: callId, attempt }: Pick<Call, 'id' | 'attempt'>,
    event: CallEvent,
    stands: CallSoFar,
    source: Source,
    token: FencingToken | null,
    detail: Readonly<Record<string, unknown>> = {},
  ): Promise<Swept[]> => {
    const transition = transitionFor(event, stands);
    if (transition === null) return [];
    const observation = { callId, attempt, event, source, receivedAt: performance.now(), detail };
    return (await apply(observation, transition, token)) ? [{ callId, attempt, ...transition }] : [];
  };
}

/** Calls that are up or being dialled on an Asterisk on which nobody can follow them, and whose time is over. At most 1,000. */
async function findOrphans(client: Client, orphanSeconds: number): Promise<Call[]> {
  const rows = await client.$queryRaw<CallRow[]>`
    WITH lonely AS MATERIALIZED (
      SELECT * FROM worker_slots s WHERE NOT EXISTS (SELECT 1 FROM worker_slots o WHERE ${SAME_BOX}
        AND ${lastFollowed('o', ORPHAN_GRACE_MS)} > clock_timestamp() - ${ORPHAN_GRACE_MS} * interval '1 ms')
    )
    SELECT ${CALL_COLUMNS} FROM lonely s CROSS JOIN LATERAL (
      SELECT * FROM calls WHERE slot_id = s.id AND ended_at IS NULL AND dial_sent_at IS NOT NULL ${NO_JOIN}) c
    WHERE CASE WHEN c.answered_at IS NULL
        THEN c.dial_sent_at + (c.ring_timeout_ms + ${OVERDUE_GRACE_MS}) * interval '1 ms'
        -- From the time at which a worker was seen to follow it last.
        ELSE greatest(c.answered_at,
          (SELECT max(${lastFollowed('o', ORPHAN_GRACE_MS)}) FROM worker_slots o WHERE ${SAME_BOX}))
          + ${orphanSeconds} * interval '1 s' END < clock_timestamp()
    LIMIT ${SWEEP_LIMIT}`;
  return rows.map(callOfRow);
}
