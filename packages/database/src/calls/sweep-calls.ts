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
import { lastFollowed } from '../followed-slots.js';
import { CALL_COLUMNS, callOfRow, type CallRow } from './rows.js';
import type { Source } from './observation.js';
import type { createStatusWriter, FencingToken } from './write-status.js';

/** How many calls one sweep takes on. */
const SWEEP_LIMIT = 1_000;

/** A worker that is being restarted is not one that is gone, nor is an Asterisk. */
const ORPHAN_GRACE_MS = 60_000;

/** Slots on one Asterisk; of those that were never told theirs, the name has to do. */
const SAME_BOX = Prisma.sql`coalesce(o.entity_id, o.asterisk) = coalesce(s.entity_id, s.asterisk)`;

/** A call that a sweep ended, and how. */
export type Swept = Transition & { readonly callId: string };

type Apply = ReturnType<typeof createStatusWriter>['apply'];

export function createSweeps(client: Client, { apply }: { readonly apply: Apply }) {
  const end = createEnding(apply);

  async function endOrphan(call: Call): Promise<Swept[]> {
    if (call.claim === null) return [];
    // A worker that comes back and adopts the slot has the last word.
    const token = { attempt: call.attempt, slotEpoch: call.claim.slotEpoch };
    return end(call, { type: 'lost', restarted: false }, soFar(call), 'sweep', token);
  }

  return {
    /** Ends waiting calls whose time is over, claimed or not, at most 1,000. @returns those that it ended. */
    expireOverdue: (source: 'sweep' | 'api'): Promise<Swept[]> =>
      withDatabaseErrors(async () => {
        const due = await client.$queryRaw<{ id: string; attempt: number }[]>`
          SELECT id, attempt FROM calls WHERE dial_sent_at IS NULL AND ended_at IS NULL AND expires_at <= now() ORDER BY expires_at LIMIT ${SWEEP_LIMIT}`;
        const ended = await Promise.all(due.map((call) => end(call, { type: 'expired' }, WAITING, source, null)));
        return ended.flat();
      }),

    /**
     * Ends calls of an Asterisk on which no worker can follow a slot any more, be it that the Asterisk is gone or its workers,
     * without looking at their channels, which nobody could: unanswered ones ten seconds after their ring timeout, answered ones
     * after so many seconds. At most 1,000.
     *
     * @returns those that it ended.
     */
    endOrphans: (orphanSeconds: number): Promise<Swept[]> =>
      withDatabaseErrors(async () => {
        const rows = await client.$queryRaw<CallRow[]>`
          SELECT ${CALL_COLUMNS} FROM calls c JOIN worker_slots s ON s.id = c.slot_id
          WHERE c.ended_at IS NULL AND c.dial_sent_at IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM worker_slots o WHERE ${SAME_BOX}
              AND ${lastFollowed('o', ORPHAN_GRACE_MS)} > clock_timestamp() - ${ORPHAN_GRACE_MS} * interval '1 ms')
            AND CASE WHEN c.answered_at IS NULL
              THEN c.dial_sent_at + (c.ring_timeout_ms + ${OVERDUE_GRACE_MS}) * interval '1 ms'
              -- From the time at which a worker was seen to follow it last.
              ELSE greatest(c.answered_at,
                (SELECT max(${lastFollowed('o', ORPHAN_GRACE_MS)}) FROM worker_slots o WHERE ${SAME_BOX}))
                + ${orphanSeconds} * interval '1 s' END < clock_timestamp()
          LIMIT ${SWEEP_LIMIT}`;
        const ended = await Promise.all(rows.map((row) => endOrphan(callOfRow(row))));
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
          FROM users u JOIN calls c ON c.user_id = u.id AND c.ended_at IS NULL AND c.dial_sent_at IS NULL
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
    return (await apply(observation, transition, token)) ? [{ callId, ...transition }] : [];
  };
}
