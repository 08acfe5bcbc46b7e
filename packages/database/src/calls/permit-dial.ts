import { coalesce } from '@dialgate/coalesce';
import { asking, type Client } from '../client.js';
import type { Guard } from './write-status.js';

const BATCH = { maxBatch: 200, maxInFlight: 2 };

export function permitDials(client: Client) {
  return {
    /**
     * The dial compare-and-set: moves a claimed call from `pending` to `dialing`, once in its life. Whoever gets `true`
     * sends the one dial request; nobody else ever may.
     */
    permitDial: coalesce(
      (dials: (Guard & { readonly callId: string })[]) => asking(() => permitBatch(client, dials)),
      BATCH,
    ),
  };
}

async function permitBatch(
  client: Client,
  dials: readonly (Guard & { readonly callId: string })[],
): Promise<boolean[]> {
  const input = dials.map(({ callId, attempt, slotEpoch }) => ({ call_id: callId, attempt, slot_epoch: slotEpoch }));
  const permitted = await client.$queryRaw<{ id: string; attempt: number }[]>`
    WITH permitted AS (
      UPDATE calls c SET status = 'dialing', dial_sent_at = clock_timestamp()
      FROM jsonb_to_recordset(${JSON.stringify(input)}::jsonb) AS i(call_id uuid, attempt int, slot_epoch int)
      WHERE c.id = i.call_id AND c.attempt = i.attempt AND c.slot_epoch = i.slot_epoch AND c.status = 'pending'
        AND c.dial_sent_at IS NULL AND c.cancel_requested_at IS NULL AND c.expires_at > clock_timestamp()
      RETURNING c.id, c.attempt, c.dial_sent_at
    ), noted AS (
      INSERT INTO call_events (call_id, event, status, at, source)
      SELECT id, 'dial_sent', 'dialing', dial_sent_at, 'worker' FROM permitted
    )
    SELECT id, attempt FROM permitted`;
  const winners = new Map(permitted.map(({ id, attempt }) => [id, attempt]));
  // Whoever else asked for the same dial in this batch has not got it: a winner is taken out.
  return dials.map(({ callId, attempt }) => winners.get(callId) === attempt && winners.delete(callId));
}
