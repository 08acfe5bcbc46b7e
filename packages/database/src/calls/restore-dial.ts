import { requiredTransition, WAITING } from '@dialgate/domain';
import { withDatabaseErrors, type Client } from '../client.js';

/** A dial that was sent and of which the row knows nothing: a failover has lost its commit. */
export interface LostDial {
  readonly callId: string;
  /** Whose channel was dialled. */
  readonly attempt: number;
  /** The application that its channel is in, if any, as Asterisk shows it. */
  readonly app: string | null;
  /** The slot in which it was dialled, if that is known, whoever holds it by now. */
  readonly dialedIn: number | null;
  /** The slot for a call of which nothing else is known, if there is one. */
  readonly otherwise: number | null;
  /** How long ago it was sent, in milliseconds, as far as that is known. */
  readonly sentMsAgo: number;
}

/** The move of every dial, as the transition table has it. */
const DIAL = requiredTransition({ type: 'dial_sent' }, WAITING);

/** Writes a status, as write-status.ts and permit-dial.ts do: it writes a dial again that the latter permitted. */
export function createDialRestorer(client: Client) {
  return {
    /**
     * Makes the row of a call true again of which a channel rings, or is known to have been dialled, and that is `pending` all the
     * same, claimed or not: it is `dialing`, by that attempt. Permits nothing. What Asterisk said is true whoever holds the slot.
     *
     * @returns whether the row was changed.
     */
    restoreDial: (lost: LostDial): Promise<boolean> => withDatabaseErrors(() => restore(client, lost)),
  };
}

/**
 * The slot is the one that has the channel's events, as far as that can be told: whoever adopts it has the call as well. Applications
 * of two Asterisks may have one name, and so may two slots of one Asterisk whose name was changed.
 */
async function restore(
  client: Client,
  { callId, attempt, app, dialedIn, otherwise, sentMsAgo }: LostDial,
): Promise<boolean> {
  const restored = await client.$queryRaw<unknown[]>`
    WITH slot AS (
      SELECT s.id, s.epoch FROM worker_slots s
      WHERE s.id = coalesce(
        (SELECT theirs.id FROM worker_slots theirs JOIN worker_slots ours ON ours.id = coalesce(${otherwise}::int, ${dialedIn}::int)
          WHERE theirs.app = ${app}::text AND (theirs.entity_id = ours.entity_id
            OR (theirs.entity_id IS NULL OR ours.entity_id IS NULL) AND theirs.asterisk = ours.asterisk)
          ORDER BY theirs.lease_until DESC NULLS LAST LIMIT 1),
        (SELECT id FROM worker_slots WHERE id = ${dialedIn}::int),
        (SELECT slot_id FROM calls WHERE id = ${callId}::uuid),
        ${otherwise}::int)
      FOR SHARE
    ), restored AS (
      UPDATE calls c SET status = ${DIAL.to}::call_status, attempt = ${attempt},
        slot_id = slot.id, slot_epoch = slot.epoch,
        claimed_at = coalesce(c.claimed_at, clock_timestamp()),
        dial_sent_at = greatest(c.created_at, clock_timestamp() - ${sentMsAgo}::float8 * interval '1 ms')
      FROM slot
      WHERE c.id = ${callId}::uuid AND c.status = ${DIAL.from}::call_status AND c.dial_sent_at IS NULL
      RETURNING c.id, c.dial_sent_at
    ), noted AS (
      INSERT INTO call_events (call_id, event, status, at, source, detail)
      SELECT id, ${DIAL.event}::text, ${DIAL.to}::call_status, dial_sent_at, 'sweep',
        jsonb_build_object('attempt', ${attempt}::int, 'restored', true)
      FROM restored
    )
    SELECT id FROM restored`;
  return restored.length > 0;
}
