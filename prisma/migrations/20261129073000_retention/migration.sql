-- When autovacuum comes. Its defaults wait until a fifth of a table is dead, and a fifth of ten million calls is weeks: the small
-- partial indexes by which calls are queued, claimed and expired would be full of dead entries, and so would be what the deletion
-- of old calls has left. A hundredth, and a thousand rows, is soon for a small table and bounded for a large one. Neither reading nor
-- writing waits for this.
ALTER TABLE "calls" SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.01, autovacuum_analyze_threshold = 1000);
ALTER TABLE "call_events" SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.01, autovacuum_analyze_threshold = 1000);
ALTER TABLE "idempotency_keys" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
ALTER TABLE "accepted_calls" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
ALTER TABLE "webhook_deliveries" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
ALTER TABLE "webhook_attempts" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

-- The one way in which the services' role, which may not delete calls, gets rid of old ones with all that belongs to them: it runs as the
-- role that owns the tables, and takes nothing that ended in the last two days, whatever it is asked for. Volatile, so that each of its
-- statements has a snapshot of its own: what the holder of the lock before has deleted must be gone for the next one.
-- packages/database/src/calls/forget-calls.ts tells the rest.
DO $make$
BEGIN
  EXECUTE format($function$
    CREATE FUNCTION forget_old_calls(keep_days int, after_ended_at timestamptz, after_id uuid, at_most int,
      OUT forgotten int, OUT looked int, OUT last_ended_at timestamptz, OUT last_id uuid)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = %I, pg_temp
    AS $body$
    DECLARE
      before timestamptz := now() - greatest(keep_days, 2) * interval '1 day';
      told bigint;
      oldest_key timestamptz;
    BEGIN
      forgotten := 0;
      looked := 0;
      -- One of the installation at a time. Not the lock of migrations.
      IF NOT pg_try_advisory_xact_lock(72707370) THEN RETURN; END IF;
      SELECT coalesce(min(created_at), 'infinity') INTO oldest_key FROM idempotency_keys;
      SELECT event_id INTO told FROM webhook_position;

      WITH old AS MATERIALIZED (
        -- By calls_to_erase and calls_erased, which have every call that is over between them.
        SELECT id, ended_at FROM (
          (SELECT id, ended_at FROM calls WHERE ended_at IS NOT NULL AND erased_at IS NULL AND ended_at < before
             AND ended_at >= after_ended_at AND (ended_at, id) > (after_ended_at, after_id) ORDER BY ended_at, id LIMIT at_most)
          UNION ALL
          (SELECT id, ended_at FROM calls WHERE ended_at IS NOT NULL AND erased_at IS NOT NULL AND ended_at < before
             AND ended_at >= after_ended_at AND (ended_at, id) > (after_ended_at, after_id) ORDER BY ended_at, id LIMIT at_most)
        ) AS either ORDER BY ended_at, id LIMIT at_most
      ), due AS MATERIALIZED (
        SELECT c.id FROM old JOIN calls c USING (id)
        WHERE c.created_at < oldest_key
          -- The calls of an order go when all of them may.
          AND NOT EXISTS (
            SELECT 1 FROM call_orders o WHERE o.id = c.order_id AND (o.settled_at IS NULL OR o.settled_at >= before))
          -- Deliveries that are not done, or not made: behind the fan-out, while the user has an endpoint that is switched on.
          AND NOT EXISTS (
            SELECT 1 FROM call_events e WHERE e.call_id = c.id AND (
              EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.event_id = e.id AND d.done_at IS NULL)
              OR e.id > told AND EXISTS (
                SELECT 1 FROM webhook_endpoints w WHERE w.user_id = c.user_id AND w.disabled_at IS NULL)))
        FOR UPDATE OF c SKIP LOCKED
      ), calls_gone AS (
        DELETE FROM calls c USING due WHERE c.id = due.id RETURNING c.order_id
      ), entries_gone AS (
        DELETE FROM call_events e USING due WHERE e.call_id = due.id RETURNING e.id
      ), deliveries_gone AS (
        DELETE FROM webhook_deliveries d USING entries_gone WHERE d.event_id = entries_gone.id
      ), orders_gone AS (
        DELETE FROM call_orders o WHERE o.id IN (SELECT order_id FROM calls_gone)
          AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.order_id = o.id AND c.id NOT IN (SELECT id FROM due))
      )
      SELECT (SELECT count(*) FROM calls_gone), count(*), max(ended_at), (array_agg(id ORDER BY ended_at DESC, id DESC))[1]
      INTO forgotten, looked, last_ended_at, last_id FROM old;
    END
    $body$
  $function$, current_schema());
END
$make$;
REVOKE ALL ON FUNCTION forget_old_calls(int, timestamptz, uuid, int) FROM PUBLIC;
