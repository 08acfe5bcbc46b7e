import { coalesce } from '@dialgate/service-kit';
import type { Call } from '@dialgate/domain';
import { withDatabaseErrors, Prisma, type Client } from '../client.js';
import type { Lease } from '../slots.js';
import type { WorkerTimes } from '../worker-times.js';
import { hasLimits, NO_LIMITS, roomFor, type ClaimLimits } from './claim-room.js';
import { CALL_COLUMNS, callOfRow, type CallRow } from './rows.js';
import type { FencingToken } from './write-status.js';

export type ClaimAnswer =
  /** To be dialled no earlier than in so many milliseconds (ORIGINATE_PER_SECOND); 0 without that limit. */
  | { readonly outcome: 'claimed'; readonly call: Call; readonly dialInMs: number }
  /** Gone, over, claimed by somebody, expired, unwanted, or the claimer has lost its slot. Nothing to do. */
  | { readonly outcome: 'nothing_to_do' }
  /** A limit is reached, that over all workers or that of the claimer's box; try again after so many milliseconds. */
  | { readonly outcome: 'at_capacity'; readonly of: 'all' | 'box'; readonly retryInMs: number };

interface ClaimRequest {
  readonly callId: string;
  readonly lease: Lease;
  readonly limits: ClaimLimits;
}

const MAX_BATCH = 200;

/** What the statement answers beside each claim, or once where none was made. */
interface ClaimRoom {
  /** Which of the requests were for a call that could be claimed. */
  readonly wanted: readonly number[];
  /** How many could be claimed; null: any number. */
  readonly places: number | null;
  /** Whose limit left the fewest; null: nobody's. */
  readonly fullOf: 'all' | 'box' | null;
  /** When there may be more room. */
  readonly retryInMs: number;
  /** When this one may be dialled. */
  readonly dialInMs: number;
}

export function createClaims(client: Client, { followedWithinMs }: WorkerTimes) {
  const claimThese = (requests: ClaimRequest[]) => claimAll(client, requests, followedWithinMs);
  const claimUnlimited = coalesce(claimThese, {
    maxBatch: MAX_BATCH,
    maxInFlight: 2,
  });

  // One at a time: the lock on the installation's row would make them wait for each other anyway.
  const claimLimited = coalesce(claimThese, {
    maxBatch: MAX_BATCH,
    maxInFlight: 1,
  });

  return {
    /**
     * Takes a waiting call for the holder of a slot: attempt + 1, the slot and its epoch on the row. Only if the call is
     * still wanted and unclaimed and the slot's lease is alive, all in one statement; what cannot be claimed takes up no room
     * under a limit, and waits for nobody. A row that somebody else is just writing is left alone: either its call is not
     * to be claimed any more, or its `next_enqueue_at` brings it back.
     *
     * @param limits the same in all workers; those of the first claim hold for all that share its statement. So does its box: a
     *   worker is on one Asterisk.
     */
    claim: (callId: string, lease: Lease, limits: ClaimLimits): Promise<ClaimAnswer> =>
      (hasLimits(limits) ? claimLimited : claimUnlimited)({ callId, lease, limits }),

    /**
     * Gives a claim back so that the call may be claimed anew in `retryInMs`. Only while nothing was dialled and the
     * claim is still the one named.
     *
     * @param isRefusal whether the slot's box refused the call for its own reasons: it is noted for `slots.othersFor`.
     * @returns whether it was given back.
     */
    voidClaim: (
      callId: string,
      token: FencingToken,
      why: string,
      retryInMs: number,
      isRefusal = false,
    ): Promise<boolean> =>
      withDatabaseErrors(async () => {
        const detail = { attempt: token.attempt, why, ...(isRefusal && { refusedBy: token.slotId }) };
        const voided = await client.$queryRaw<unknown[]>`
          WITH voided AS (
            UPDATE calls SET slot_id = NULL, slot_epoch = NULL, claimed_at = NULL,
              next_enqueue_at = now() + ${retryInMs} * interval '1 ms'
            WHERE id = ${callId}::uuid AND attempt = ${token.attempt} AND slot_id = ${token.slotId} AND slot_epoch = ${token.slotEpoch}
              AND dial_sent_at IS NULL AND status = 'pending'
            RETURNING id
          ), noted AS (
            INSERT INTO call_events (call_id, event, source, detail)
            SELECT id, 'claim_voided', 'worker', ${JSON.stringify(detail)}::jsonb FROM voided
          )
          SELECT id FROM voided`;
        return voided.length > 0;
      }),
  };
}

function claimAll(client: Client, requests: readonly ClaimRequest[], followedWithinMs: number): Promise<ClaimAnswer[]> {
  return withDatabaseErrors(async () => {
    const rows = await client.$queryRaw<(ClaimRoom & (CallRow | { readonly id: null }))[]>(
      claimStatement(requests, followedWithinMs),
    );
    const claims = rows.flatMap((row) =>
      row.id === null ? [] : [{ call: callOfRow(callColumns(row)), dialInMs: row.dialInMs }],
    );
    const claimed = new Map(claims.map((claim) => [claim.call.id, claim]));
    const leftOut = whoWasLeftOut(rows[0], claims.length);
    return requests.map(({ callId }, n): ClaimAnswer => {
      const claim = claimed.get(callId);
      claimed.delete(callId); // Whoever else asked for it in this batch has not got it.
      return claim === undefined ? leftOut(n) : { outcome: 'claimed', ...claim };
    });
  });
}

function callColumns(row: ClaimRoom & CallRow): CallRow {
  const call: CallRow & Partial<ClaimRoom> = { ...row };
  for (const column of ['wanted', 'places', 'fullOf', 'retryInMs', 'dialInMs'] as const)
    Reflect.deleteProperty(call, column);
  return call;
}

/** Calls that could have been claimed, had there been more room; whatever else was not claimed is not to be. */
function whoWasLeftOut(room: ClaimRoom | undefined, claims: number): (n: number) => ClaimAnswer {
  const isFull = room !== undefined && room.places !== null && claims >= room.places;
  const wanted = new Set(isFull ? room.wanted : []);
  return (n) =>
    room !== undefined && wanted.has(n)
      ? { outcome: 'at_capacity', of: room.fullOf ?? 'all', retryInMs: room.retryInMs }
      : { outcome: 'nothing_to_do' };
}

/** Behind all that were chosen. */
const NEXT_DIAL_AT = Prisma.sql`limited.first + (SELECT count(*) FROM chosen) * limited.gap * interval '1 ms'`;

/** A call `c` that may be claimed, as far as its own row says. */
const CLAIMABLE = Prisma.sql`c.status = 'pending' AND c.slot_id IS NULL AND c.cancel_requested_at IS NULL
        AND c.expires_at > clock_timestamp() AND (c.not_before IS NULL OR c.not_before <= clock_timestamp())`;

/**
 * What cannot be claimed is sorted out first. Then the room is looked at, under the lock that a limit needs; and as many
 * rows are taken as there is room for, in the order in which they were asked for.
 *
 * The share lock makes an adoption of the slot wait until this claim is written, so that it restamps it too; an adoption
 * that came first makes the lease read here a stale one.
 */
function claimStatement(requests: readonly ClaimRequest[], followedWithinMs: number): Prisma.Sql {
  const input = requests.map(({ callId, lease }, n) => ({ n, callId, ...lease }));
  return Prisma.sql`
    WITH input AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(input)}::jsonb) AS i(n int, "callId" uuid, "slotId" int, owner uuid, epoch int)
    ), wanted AS MATERIALIZED (
      SELECT DISTINCT ON (i."callId") i.* FROM input i JOIN calls c ON c.id = i."callId" JOIN users u ON u.id = c.user_id
      WHERE ${CLAIMABLE}
        -- A user who was switched off or suspended has nobody called any more; a sweep ends what they had waiting.
        AND u.disabled_at IS NULL AND u.suspended_at IS NULL
      ORDER BY i."callId", i.n
    ), held AS (
      SELECT s.id, s.owner, s.epoch FROM worker_slots s
      WHERE s.id IN (SELECT "slotId" FROM wanted) AND s.lease_until > clock_timestamp()
      FOR SHARE
    ), ${roomFor(requests[0]?.limits ?? NO_LIMITS, followedWithinMs)}, chosen AS MATERIALIZED (
      SELECT i.n, c.id, h.id AS slot_id, h.epoch
      FROM wanted i JOIN held h ON h.id = i."slotId" AND h.owner = i.owner AND h.epoch = i.epoch
        JOIN calls c ON c.id = i."callId"
      WHERE ${CLAIMABLE}
      ORDER BY i.n LIMIT (SELECT places FROM room)
      FOR NO KEY UPDATE OF c SKIP LOCKED
    ), claimed AS (
      UPDATE calls c SET attempt = c.attempt + 1, slot_id = i.slot_id, slot_epoch = i.epoch, claimed_at = clock_timestamp()
      FROM chosen i WHERE c.id = i.id
      RETURNING ${CALL_COLUMNS}
    ), moved_on AS (
      UPDATE installation SET next_dial_at = ${NEXT_DIAL_AT}
      FROM limited WHERE whose = 'all' AND gap IS NOT NULL AND EXISTS (SELECT FROM chosen)
    ), box_moved_on AS (
      UPDATE asterisks SET next_dial_at = ${NEXT_DIAL_AT}
      FROM limited WHERE asterisks.entity_id = limited.entity_id AND gap IS NOT NULL AND EXISTS (SELECT FROM chosen)
    ), noted AS (
      INSERT INTO call_events (call_id, event, source, detail)
      SELECT id, 'claimed', 'worker', jsonb_build_object('attempt', attempt, 'slot', "slotId") FROM claimed
    )
    SELECT d.*, room.places, room."fullOf", room."retryInMs", (SELECT array_agg(n) FROM wanted) AS wanted,
      (SELECT coalesce(ceil(max("waitMs" + i.before * coalesce(gap, 0))), 0) FROM limited) AS "dialInMs"
    FROM room LEFT JOIN (
      (SELECT id, row_number() OVER (ORDER BY n) - 1 AS before FROM chosen) i JOIN claimed d ON d.id = i.id
    ) ON true`;
}
