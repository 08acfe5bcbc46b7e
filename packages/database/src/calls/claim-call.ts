import { coalesce } from '@dialgate/service-kit';
import type { Call } from '@dialgate/domain';
import { withDatabaseErrors, Prisma, type Client } from '../client.js';
import type { Lease } from '../slots.js';
import { CALL_COLUMNS, callOfRow, type CallRow } from './rows.js';
import type { FencingToken } from './write-status.js';

/** Limits over all workers; 0 is off. */
export interface ClaimLimits {
  readonly maxConcurrentCalls: number;
  readonly originatePerSecond: number;
}

export type ClaimAnswer =
  /** To be dialled no earlier than in so many milliseconds (ORIGINATE_PER_SECOND); 0 without that limit. */
  | { readonly outcome: 'claimed'; readonly call: Call; readonly dialInMs: number }
  /** Gone, over, claimed by somebody, expired, unwanted, or the claimer has lost its slot. Nothing to do. */
  | { readonly outcome: 'nothing_to_do' }
  /** A limit is reached; try again after so many milliseconds. */
  | { readonly outcome: 'at_capacity'; readonly retryInMs: number };

interface ClaimRequest {
  readonly callId: string;
  readonly lease: Lease;
}

const BATCH = { maxBatch: 200, maxInFlight: 2 };

/** How long a claimer waits when all lines are busy: about as long as it takes until one may be free. */
const ALL_BUSY_RETRY_MS = 100;

/** How far ahead dial times are given out: enough to keep the pace, not so much that a claim waits long. */
const PACE_AHEAD_MS = 1_000;

/** How long the times given out are used up before more are asked for. */
const PACE_REFILL_MS = 200;

export function createClaims(client: Client) {
  const claimUnlimited = coalesce(
    (requests: ClaimRequest[]) =>
      withDatabaseErrors(async () => {
        const rows = await client.$queryRaw<CallRow[]>(claimStatement(requests));
        const claimed = new Map(rows.map((row) => [row.id, callOfRow(row)]));
        return requests.map(({ callId }) => {
          const call = claimed.get(callId);
          claimed.delete(callId); // Whoever else asked for it in this batch has not got it.
          return answerOf(call);
        });
      }),
    BATCH,
  );

  // One at a time: the lock on the installation's row would make them wait for each other anyway.
  const claimLimited = coalesce(
    ([request]: (ClaimRequest & { readonly limits: ClaimLimits })[]) =>
      withDatabaseErrors(async () => [
        await claimUnderLimits(client, request as ClaimRequest & { limits: ClaimLimits }),
      ]),
    { maxBatch: 1, maxInFlight: 1 },
  );

  return {
    /**
     * Takes a waiting call for the holder of a slot: attempt + 1, the slot and its epoch on the row. Only if the call is
     * still wanted and unclaimed and the slot's lease is alive, all in one statement.
     */
    claim: (callId: string, lease: Lease, limits: ClaimLimits): Promise<ClaimAnswer> =>
      limits.maxConcurrentCalls > 0 || limits.originatePerSecond > 0
        ? claimLimited({ callId, lease, limits })
        : claimUnlimited({ callId, lease }),

    /**
     * Gives a claim back so that the call may be claimed anew in `retryInMs`. Only while nothing was dialled and the
     * claim is still the one named.
     *
     * @returns whether it was given back.
     */
    voidClaim: (callId: string, token: FencingToken, why: string, retryInMs: number): Promise<boolean> =>
      withDatabaseErrors(async () => {
        const voided = await client.$queryRaw<unknown[]>`
          WITH voided AS (
            UPDATE calls SET slot_id = NULL, slot_epoch = NULL, claimed_at = NULL,
              next_enqueue_at = now() + ${retryInMs} * interval '1 ms'
            WHERE id = ${callId}::uuid AND attempt = ${token.attempt} AND slot_epoch = ${token.slotEpoch}
              AND dial_sent_at IS NULL AND status = 'pending'
            RETURNING id, attempt
          ), noted AS (
            INSERT INTO call_events (call_id, event, source, detail)
            SELECT id, 'claim_voided', 'worker', jsonb_build_object('attempt', attempt, 'why', ${why}::text) FROM voided
          )
          SELECT id FROM voided`;
        return voided.length > 0;
      }),
  };
}

/**
 * The share lock makes an adoption of the slot wait until this claim is written, so that it restamps it too; an adoption
 * that came first makes the lease read here a stale one.
 */
function claimStatement(requests: readonly ClaimRequest[]): Prisma.Sql {
  const input = requests.map(({ callId, lease }) => ({ callId, ...lease }));
  return Prisma.sql`
    WITH input AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(input)}::jsonb) AS i("callId" uuid, "slotId" int, owner uuid, epoch int)
    ), held AS (
      SELECT s.id, s.owner, s.epoch FROM worker_slots s
      WHERE s.id IN (SELECT "slotId" FROM input) AND s.lease_until > clock_timestamp()
      FOR SHARE
    ), claimed AS (
      UPDATE calls c SET attempt = c.attempt + 1, slot_id = h.id, slot_epoch = h.epoch, claimed_at = clock_timestamp()
      FROM input i JOIN held h ON h.id = i."slotId" AND h.owner = i.owner AND h.epoch = i.epoch
      WHERE c.id = i."callId" AND c.status = 'pending' AND c.slot_id IS NULL AND c.cancel_requested_at IS NULL
        AND c.expires_at > clock_timestamp() AND (c.not_before IS NULL OR c.not_before <= clock_timestamp())
        -- A user who was switched off or suspended has nobody called any more; a sweep ends what they had waiting.
        AND EXISTS (SELECT 1 FROM users u WHERE u.id = c.user_id AND u.disabled_at IS NULL AND u.suspended_at IS NULL)
      RETURNING ${CALL_COLUMNS}
    ), noted AS (
      INSERT INTO call_events (call_id, event, source, detail)
      SELECT id, 'claimed', 'worker', jsonb_build_object('attempt', attempt, 'slot', "slotId") FROM claimed
    )
    SELECT * FROM claimed`;
}

/** Under a lock on the installation's one row, so that the count and the pace are exact over all workers. */
async function claimUnderLimits(
  client: Client,
  { callId, lease, limits }: ClaimRequest & { readonly limits: ClaimLimits },
): Promise<ClaimAnswer> {
  return client.$transaction(async (tx) => {
    const [pace] = await tx.$queryRaw<{ wait_ms: number }[]>`
      SELECT greatest(0, extract(epoch FROM next_dial_at - clock_timestamp()) * 1000)::float8 AS wait_ms
      FROM installation FOR UPDATE`;
    const dialInMs = limits.originatePerSecond > 0 ? Math.ceil(pace?.wait_ms ?? 0) : 0;
    if (dialInMs > PACE_AHEAD_MS)
      return { outcome: 'at_capacity', retryInMs: dialInMs - PACE_AHEAD_MS + PACE_REFILL_MS };
    if (limits.maxConcurrentCalls > 0) {
      const [open] = await tx.$queryRaw<{ count: number }[]>`
        SELECT count(*)::int AS count FROM calls
        WHERE slot_id IS NOT NULL AND ended_at IS NULL`;
      if ((open?.count ?? 0) >= limits.maxConcurrentCalls) {
        return { outcome: 'at_capacity', retryInMs: ALL_BUSY_RETRY_MS };
      }
    }
    const [row] = await tx.$queryRaw<CallRow[]>(claimStatement([{ callId, lease }]));
    if (row !== undefined && limits.originatePerSecond > 0) {
      await tx.$executeRaw`
        UPDATE installation SET next_dial_at =
          greatest(next_dial_at, clock_timestamp()) + ${1 / limits.originatePerSecond}::float8 * interval '1 s'`;
    }
    return answerOf(row === undefined ? undefined : callOfRow(row), dialInMs);
  });
}

function answerOf(call: Call | undefined, dialInMs = 0): ClaimAnswer {
  return call === undefined ? { outcome: 'nothing_to_do' } : { outcome: 'claimed', call, dialInMs };
}
