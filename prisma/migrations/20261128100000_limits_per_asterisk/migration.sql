-- What NODE_ORIGINATE_PER_SECOND and NODE_MAX_CONCURRENT_CALLS need of each Asterisk: a row to lock, and the times that were given
-- out. Not in worker_slots: a box has many slots, and their rows are locked by their holders' renewals and claims.
CREATE TABLE "asterisks" (
  "entity_id" VARCHAR(80) NOT NULL,
  "next_dial_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "dial_turn" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

  CONSTRAINT "asterisks_pkey" PRIMARY KEY ("entity_id")
);
INSERT INTO "asterisks" ("entity_id") SELECT DISTINCT "entity_id" FROM "worker_slots" WHERE "entity_id" IS NOT NULL;
