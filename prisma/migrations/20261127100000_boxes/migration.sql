-- Which Asterisk a slot is on, known by its own id and not by a name or address that two may share; and whether its holder could
-- follow its calls lately. New columns without a default: a former version's processes go on with what they know.
ALTER TABLE "worker_slots"
  ADD COLUMN "entity_id" VARCHAR(80),
  ADD COLUMN "steady_since" TIMESTAMPTZ(3),
  ADD COLUMN "followed_at" TIMESTAMPTZ(3),
  ADD COLUMN "followed_epoch" INTEGER,
  ADD COLUMN "breaker" VARCHAR(20),
  ADD COLUMN "answered_rate" REAL;
