import { coalesce } from '@dialgate/service-kit';
import { requiredTransition, WAITING } from '@dialgate/domain';
import { withDatabaseErrors, Prisma, type Client } from '../client.js';
import type { FencingToken } from './write-status.js';

/** A dial that a claimer asks for. */
export interface DialRequest extends FencingToken {
  readonly callId: string;
}

/** The move of every dial, as the transition table has it. */
const DIAL = requiredTransition({ type: 'dial_sent' }, WAITING);

const BATCH = { maxBatch: 200, maxInFlight: 2 };

/**
 * The one other place that writes a status, beside write-status.ts: it moves a call from `pending` to `dialing`, as the
 * transition table says. It asks for more than any other (the time to live, the turn) and takes its time from the statement that permits it.
 */
export function createDialPermits(client: Client) {
  const permitAtOnce = coalesce(
    (dials: DialRequest[]) => withDatabaseErrors(() => permit(client, dials, WHENEVER)),
    BATCH,
  );

  // One at a time: the lock on the installation's row would make them wait for each other anyway.
  const permitInTurn = coalesce(
    ([dial]: (DialRequest & { readonly perSecond: number })[]) =>
      withDatabaseErrors(() => (dial === undefined ? Promise.resolve([]) : permit(client, [dial], inTurn(dial)))),
    { maxBatch: 1, maxInFlight: 1 },
  );

  return {
    /**
     * The dial compare-and-set: moves a claimed call from `pending` to `dialing`, once in its life. Whoever gets `true`
     * sends the one dial request; nobody else ever may.
     *
     * @param perSecond how many dials are permitted over all workers, never more than one above it in any second; 0 is off.
     *   A call whose turn has not come gets `false` and stays as it is.
     */
    permitDial: (dial: DialRequest, perSecond = 0): Promise<boolean> =>
      perSecond > 0 ? permitInTurn({ ...dial, perSecond }) : permitAtOnce(dial),
  };
}

/** A user `u` who was neither switched off nor suspended. */
const MAY_CALL = Prisma.sql`u.disabled_at IS NULL AND u.suspended_at IS NULL`;

const WHENEVER = Prisma.sql`SELECT clock_timestamp() AS at`;

/**
 * The generic cell rate algorithm (ITU-T I.371) with room for one cell: `dial_turn` moves on by a gap with every dial, and
 * falls behind the clock by no more than one. A call whose user was stopped takes no turn from others.
 */
function inTurn({ callId, perSecond }: { readonly callId: string; readonly perSecond: number }): Prisma.Sql {
  const gap = Prisma.sql`${1 / perSecond}::float8 * interval '1 s'`;
  return Prisma.sql`
    UPDATE installation SET dial_turn = greatest(dial_turn, clock_timestamp() - ${gap}) + ${gap}
    WHERE dial_turn <= clock_timestamp()
      AND EXISTS (SELECT 1 FROM calls c JOIN users u ON u.id = c.user_id WHERE c.id = ${callId}::uuid AND ${MAY_CALL})
    RETURNING clock_timestamp() AS at`;
}

/** @param turn gives the time at which they may be dialled, or no row. */
async function permit(client: Client, dials: readonly DialRequest[], turn: Prisma.Sql): Promise<boolean[]> {
  const permitted = await client.$queryRaw<{ id: string; attempt: number }[]>`
    WITH turn AS (${turn}), permitted AS (
      UPDATE calls c SET status = ${DIAL.to}::call_status, dial_sent_at = turn.at
      FROM turn, jsonb_to_recordset(${JSON.stringify(dials)}::jsonb) AS i("callId" uuid, attempt int, "slotEpoch" int)
      WHERE c.id = i."callId" AND c.attempt = i.attempt AND c.slot_epoch = i."slotEpoch" AND c.status = ${DIAL.from}::call_status
        AND (c.cancel_requested_at IS NOT NULL) = ${DIAL.cancelRequested}
        AND c.dial_sent_at IS NULL AND c.expires_at > clock_timestamp()
        AND EXISTS (SELECT 1 FROM users u WHERE u.id = c.user_id AND ${MAY_CALL})
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
