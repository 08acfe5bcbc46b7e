-- What was accepted lately, to be counted. No foreign key: each row would lock its user's once more.
CREATE TABLE "accepted_calls" (
  "nth" BIGINT NOT NULL,
  "user_id" UUID NOT NULL,
  "user_nth" BIGINT NOT NULL,
  "number" VARCHAR(21) NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "accepted_calls_pkey" PRIMARY KEY ("nth")
);

-- The day's limits go on where they stood.
INSERT INTO "accepted_calls" ("nth", "user_id", "user_nth", "number", "at")
  SELECT row_number() OVER (ORDER BY "created_at", "id"), "user_id",
    row_number() OVER (PARTITION BY "user_id" ORDER BY "created_at", "id"), "phone_number", "created_at"
  FROM "calls" WHERE "created_at" > now() - interval '24 hours';

CREATE INDEX "accepted_calls_of_user" ON "accepted_calls"("user_id", "at", "user_nth");
CREATE INDEX "accepted_calls_of_number" ON "accepted_calls"("number", "at");
CREATE INDEX "accepted_calls_by_age" ON "accepted_calls"("at", "nth");

CREATE TABLE "called_countries" (
  "user_id" UUID NOT NULL,
  "region" VARCHAR(5) NOT NULL,
  "new_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "last_called_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "called_countries_pkey" PRIMARY KEY ("user_id", "region")
);

-- Last, as everybody who comes in waits for these.
-- Suspensions, and limits of a user's own.
ALTER TABLE "users"
  ADD COLUMN "suspended_at" TIMESTAMPTZ(3),
  ADD COLUMN "suspended_reason" VARCHAR(200),
  ADD COLUMN "suspension_lifted_at" TIMESTAMPTZ(3),
  ADD COLUMN "max_concurrent_calls" INTEGER,
  ADD COLUMN "max_calls_per_minute" INTEGER,
  ADD COLUMN "max_calls_per_day" INTEGER,
  ADD COLUMN "max_new_countries_per_day" INTEGER;

ALTER TABLE "called_countries" ADD CONSTRAINT "called_countries_user_id_fkey"
  FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
