import { coalesce } from '@dialgate/service-kit';
import { requiredTransition, RETURNED_PERMIT, WAITING } from '@dialgate/domain';
import { withDatabaseErrors, Prisma, type Client } from '../client.js';
import { NO_LIMITS, ownBox, type ClaimLimits } from './claim-room.js';
import type { FencingToken } from './write-status.js';

/** A dial that a claimer asks for. */
export interface DialRequest extends FencingToken {
  readonly callId: string;
}

/** One that waits for its statement. */
interface AskedDial extends DialRequest {
  readonly limits: ClaimLimits;
  readonly onAsked: () => void;
}

/** The move of every dial, as the transition table has it. */
const DIAL = requiredTransition({ type: 'dial_sent' }, WAITING);

const BATCH = { maxBatch: 200, maxInFlight: 2 };

/**
 * Two of the four statements that write a status; the others are in write-status.ts and restore-dial.ts. `permitDial` moves a
 * call from `pending` to `dialing`, as the transition table says. It asks for more than any other (the time to live, the turn)
 * and takes its time from the statement that permits it. `returnPermit` takes just that move back where its dial was never sent.
 */
export function createDialPermits(client: Client) {
  const permitAtOnce = coalesce(
    (dials: AskedDial[]) => withDatabaseErrors(() => permit(client, dials, WHENEVER)),
    BATCH,
  );

  // One at a time: the lock on the installation's row would make them wait for each other anyway.
  const permitInTurn = coalesce(
    (dials: AskedDial[]) => withDatabaseErrors(() => permit(client, dials, inTurn(dials[0]?.limits ?? NO_LIMITS))),
    { maxBatch: BATCH.maxBatch, maxInFlight: 1 },
  );

  return {
    /**
     * The dial compare-and-set: moves a claimed call from `pending` to `dialing`. Whoever gets `true` sends the one dial
     * request or gives the permission back; while it stands, nobody else gets one.
     *
     * @param limits whose `originatePerSecond`, over all workers and per Asterisk, no more than one dial above it is permitted in
     *   any second. A call whose turn has not come gets `false` and stays as it is.
     * @param onAsked called when the statement leaves that may permit it: with others it may have waited for that.
     */
    permitDial: (
      dial: DialRequest,
      limits: ClaimLimits = NO_LIMITS,
      onAsked: () => void = () => undefined,
    ): Promise<boolean> => (isPaced(limits) ? permitInTurn : permitAtOnce)({ ...dial, limits, onAsked }),

    /**
     * Gives back a permission that was never used (the domain's `RETURNED_PERMIT`): the call waits again, unclaimed, for
     * `retryInMs`. Only for whoever has not sent the dial and never will; the claim goes with it, so that the same attempt can
     * never be permitted again, not even by a request that is still under way. Not for a call whose client wants it to end.
     *
     * @returns whether it was given back by this request.
     */
    returnPermit: (
      { callId, attempt, slotId, slotEpoch }: DialRequest,
      why: string,
      retryInMs: number,
    ): Promise<boolean> =>
      withDatabaseErrors(async () => {
        const returned = await client.$queryRaw<unknown[]>`
          WITH returned AS (
            UPDATE calls SET status = ${RETURNED_PERMIT.to}::call_status, dial_sent_at = NULL, slot_id = NULL, slot_epoch = NULL,
              claimed_at = NULL, next_enqueue_at = now() + ${retryInMs} * interval '1 ms'
            WHERE id = ${callId}::uuid AND attempt = ${attempt}
              AND slot_id = ${slotId} AND slot_epoch = ${slotEpoch}
              AND status = ${RETURNED_PERMIT.from}::call_status AND cancel_requested_at IS NULL
            RETURNING id, attempt
          ), noted AS (
            INSERT INTO call_events (call_id, event, status, source, detail)
            SELECT id, ${RETURNED_PERMIT.event}::text, ${RETURNED_PERMIT.to}::call_status, 'worker',
              jsonb_build_object('attempt', attempt, 'why', ${why}::text) FROM returned
          )
          SELECT id FROM returned`;
        return returned.length > 0;
      }),
  };
}

/** A call `c` of an input `i` that may be dialled. */
const MAY_BE_DIALED = Prisma.sql`c.id = i."callId" AND c.attempt = i.attempt AND c.slot_id = i."slotId" AND c.slot_epoch = i."slotEpoch" AND c.status = ${DIAL.from}::call_status
        AND (c.cancel_requested_at IS NOT NULL) = ${DIAL.cancelRequested}
        AND c.dial_sent_at IS NULL AND c.expires_at > clock_timestamp()
        -- Of a user who was neither switched off nor suspended.
        AND EXISTS (SELECT 1 FROM users u WHERE u.id = c.user_id AND u.disabled_at IS NULL AND u.suspended_at IS NULL)`;

const WHENEVER = Prisma.sql`turns AS (SELECT clock_timestamp() AS at, NULL::bigint AS turns)`;

/**
 * The generic cell rate algorithm (ITU-T I.371) with room for one cell: `dial_turn` moves on by a gap with every dial, and
 * falls behind the clock by no more than one. So one statement permits two dials at most, whoever asks. A turn further ahead
 * than a gap is of a clock that was set back since. What may not be dialled takes no turn from others, and no lock. There is
 * a cell for all Asterisks (`whose` = 'all') and one for the dialler's own ('box'), where they have a pace.
 */
function inTurn({ originatePerSecond, perBox }: ClaimLimits): Prisma.Sql {
  const gapOf = (perSecond: number): Prisma.Sql =>
    Prisma.sql`1 / nullif(${perSecond}::float8, 0) * interval '1 s' AS gap`;
  const moved = Prisma.sql`dial_turn = c.next + t.turns * c.gap FROM turns t, turn c WHERE t.turns > 0`;
  return Prisma.sql`locked AS MATERIALIZED (
      SELECT dial_turn FROM installation WHERE EXISTS (SELECT FROM wanted) FOR UPDATE
    ), box AS MATERIALIZED (
      ${ownBox({ perBox }, Prisma.sql`(SELECT min(slot_id) FROM wanted)`, Prisma.sql`dial_turn`)}
    ), cells AS MATERIALIZED (
      SELECT 'all' AS whose, NULL AS entity_id, dial_turn, ${gapOf(originatePerSecond)} FROM locked
      UNION ALL SELECT 'box', entity_id, dial_turn, ${gapOf(perBox?.originatePerSecond ?? 0)} FROM box
    ), now AS MATERIALIZED (
      SELECT clock_timestamp() AS at FROM (SELECT count(*) FROM cells) AS "bothLocked" WHERE count > 0
    ), turn AS MATERIALIZED (
      SELECT whose, entity_id, gap, at, CASE WHEN dial_turn > at + gap THEN at ELSE greatest(dial_turn, at - gap) END AS next
      FROM cells, now WHERE gap IS NOT NULL
    ), turns AS MATERIALIZED (
      SELECT coalesce(min(at), clock_timestamp()) AS at, least((SELECT count(*) FROM wanted),
        min(CASE WHEN next > at THEN 0 WHEN next + gap > at THEN 1 ELSE 2 END)) AS turns
      FROM turn
    ), moved_on AS (
      UPDATE installation SET ${moved} AND c.whose = 'all'
    ), box_moved_on AS (
      UPDATE asterisks SET ${moved} AND asterisks.entity_id = c.entity_id
    )`;
}

function isPaced({ originatePerSecond, perBox = NO_LIMITS }: ClaimLimits): boolean {
  return originatePerSecond > 0 || perBox.originatePerSecond > 0;
}

/** @param turns named so: one row with the time at which so many may be dialled (NULL: all). It may look at `wanted`. */
async function permit(client: Client, dials: readonly AskedDial[], turns: Prisma.Sql): Promise<boolean[]> {
  for (const { onAsked } of dials) onAsked();
  const input = dials.map(({ callId, attempt, slotId, slotEpoch }, n) => ({ n, callId, attempt, slotId, slotEpoch }));
  const permitted = await client.$queryRaw<{ id: string; attempt: number }[]>`
    WITH input AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(input)}::jsonb) AS i(n int, "callId" uuid, attempt int, "slotId" int, "slotEpoch" int)
    ), wanted AS MATERIALIZED (
      SELECT min(i.n) AS n, c.id, c.slot_id FROM input i JOIN calls c ON ${MAY_BE_DIALED} GROUP BY c.id, c.slot_id
    ), ${turns}, chosen AS MATERIALIZED (
      SELECT i.*, t.at FROM turns t, wanted w JOIN input i ON i.n = w.n
      ORDER BY i.n LIMIT (SELECT turns FROM turns)
    ), permitted AS (
      UPDATE calls c SET status = ${DIAL.to}::call_status, dial_sent_at = i.at
      FROM chosen i
      WHERE ${MAY_BE_DIALED}
      RETURNING c.id, c.attempt, c.dial_sent_at
    ), noted AS (
      INSERT INTO call_events (call_id, event, status, at, source)
      SELECT id, ${DIAL.event}::text, ${DIAL.to}::call_status, dial_sent_at, 'worker' FROM permitted
    )
    SELECT id, attempt FROM permitted`;
  const winners = new Map(permitted.map(({ id, attempt }) => [id, attempt]));
  // Whoever else asked for the same dial in this batch has not got it: a winner is taken out.
  return dials.map(({ callId, attempt }) => winners.get(callId) === attempt && winners.delete(callId));
}
