-- CreateTable
CREATE TABLE "audit_entries" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "event" VARCHAR(40) NOT NULL,
    "source" VARCHAR(10) NOT NULL,
    "actor_id" UUID,
    "actor_name" VARCHAR(64),
    "subject_kind" VARCHAR(10),
    "subject" VARCHAR(100),
    "address" VARCHAR(45),
    "request_id" VARCHAR(64),
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id")
);

-- AlterTable
ALTER TABLE "calls" ADD COLUMN "erased_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "audit_entries_by_time" ON "audit_entries"("at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entries_by_event" ON "audit_entries"("event", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entries_by_actor" ON "audit_entries"("actor_name", "at" DESC, "id" DESC);

-- Below: what the Prisma schema cannot say.

-- Its writers keep it far below.
ALTER TABLE "audit_entries" ADD CONSTRAINT "audit_entries_detail_is_small" CHECK (octet_length("detail"::text) <= 4096);

-- The one way in which the application's role, which may not delete entries, gets rid of old ones: it runs as the role that
-- owns the table, and takes nothing that is younger than 30 days, whatever it is asked for.
DO $make$
BEGIN
  EXECUTE format($function$
    CREATE FUNCTION forget_old_audit_entries(keep_days int, at_most int) RETURNS int
    LANGUAGE sql SECURITY DEFINER SET search_path = %I, pg_temp
    AS $body$
      WITH forgotten AS (
        DELETE FROM audit_entries WHERE id IN (
          SELECT id FROM audit_entries WHERE at < now() - greatest(keep_days, 30) * interval '1 day'
          ORDER BY at LIMIT at_most)
        RETURNING 1)
      SELECT count(*)::int FROM forgotten
    $body$
  $function$, current_schema());
END
$make$;
REVOKE ALL ON FUNCTION forget_old_audit_entries(int, int) FROM PUBLIC;
