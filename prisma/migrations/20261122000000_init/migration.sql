-- CreateEnum
CREATE TYPE "call_status" AS ENUM ('pending', 'dialing', 'ringing', 'answered', 'completed', 'busy', 'no_answer', 'failed', 'canceled');

-- CreateEnum
CREATE TYPE "user_role" AS ENUM ('admin', 'operator');

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "username" VARCHAR(64) NOT NULL,
    "password_hash" VARCHAR(255) NOT NULL,
    "role" "user_role" NOT NULL DEFAULT 'operator',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "calls" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "phone_number" VARCHAR(21) NOT NULL,
    "status" "call_status" NOT NULL DEFAULT 'pending',
    "context" VARCHAR(79) NOT NULL,
    "extension" VARCHAR(79) NOT NULL,
    "priority" INTEGER NOT NULL,
    "ring_timeout_ms" INTEGER NOT NULL,
    "caller_id" VARCHAR(110),
    "variables" JSONB NOT NULL DEFAULT '{}',
    "metadata" JSONB,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "slot_id" INTEGER,
    "slot_epoch" INTEGER,
    "claimed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "next_enqueue_at" TIMESTAMPTZ(3) NOT NULL,
    "enqueue_count" INTEGER NOT NULL DEFAULT 0,
    "cancel_requested_at" TIMESTAMPTZ(3),
    "dial_sent_at" TIMESTAMPTZ(3),
    "ringing_at" TIMESTAMPTZ(3),
    "answered_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "failure_reason" VARCHAR(40),
    "hangup_cause" INTEGER,
    "sip_status" INTEGER,
    "hangup_by" VARCHAR(10),

    CONSTRAINT "calls_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "call_events" (
    "id" BIGSERIAL NOT NULL,
    "call_id" UUID NOT NULL,
    "event" VARCHAR(40) NOT NULL,
    "status" "call_status",
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "asterisk_at" TIMESTAMPTZ(3),
    "source" VARCHAR(10) NOT NULL,
    "detail" JSONB,

    CONSTRAINT "call_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "user_id" UUID NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "fingerprint" CHAR(64) NOT NULL,
    "call_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("user_id","key")
);

-- CreateTable
CREATE TABLE "worker_slots" (
    "id" SERIAL NOT NULL,
    "asterisk" VARCHAR(255) NOT NULL,
    "number" INTEGER NOT NULL,
    "app" VARCHAR(79) NOT NULL,
    "owner" UUID,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "connection" VARCHAR(20) NOT NULL DEFAULT 'closed',
    "connection_since" TIMESTAMPTZ(3),
    "asterisk_version" VARCHAR(80),
    "holder" VARCHAR(120),

    CONSTRAINT "worker_slots_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "installation" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "name" VARCHAR(12) NOT NULL,
    "next_dial_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "installation_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_username_key" ON "users"("username");

-- CreateIndex
CREATE INDEX "calls_of_user" ON "calls"("user_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "call_events_of_call" ON "call_events"("call_id", "id");

-- CreateIndex
CREATE INDEX "idempotency_keys_by_age" ON "idempotency_keys"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "worker_slots_asterisk_number_key" ON "worker_slots"("asterisk", "number");

-- AddForeignKey
ALTER TABLE "calls" ADD CONSTRAINT "calls_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "calls" ADD CONSTRAINT "calls_slot_id_fkey" FOREIGN KEY ("slot_id") REFERENCES "worker_slots"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Below: what the Prisma schema cannot say.

-- No index looks at the status, and pages keep room: ringing and answered touch no index then (heap-only updates).
ALTER TABLE "calls" SET (fillfactor = 70);

-- The sweeper's look for calls whose job may be lost.
CREATE INDEX "calls_to_enqueue" ON "calls" ("next_enqueue_at")
  WHERE "dial_sent_at" IS NULL AND "ended_at" IS NULL AND "slot_id" IS NULL;

-- The sweeper's look for calls whose time is over.
CREATE INDEX "calls_to_expire" ON "calls" ("expires_at") WHERE "dial_sent_at" IS NULL AND "ended_at" IS NULL;

-- The open calls of a slot: reconcile, wishes, adoption, and the count for MAX_CONCURRENT_CALLS.
CREATE INDEX "calls_open_of_slot" ON "calls" ("slot_id") WHERE "slot_id" IS NOT NULL AND "ended_at" IS NULL;

-- A call that was dialled is never pending again, and one that was not is nowhere near a phone.
ALTER TABLE "calls" ADD CONSTRAINT "calls_dialed_once"
  CHECK (("dial_sent_at" IS NULL) = ("status" = 'pending' OR ("status" IN ('failed', 'canceled') AND "dial_sent_at" IS NULL)));
ALTER TABLE "calls" ADD CONSTRAINT "calls_ended" CHECK (
  ("ended_at" IS NOT NULL) = ("status" IN ('completed', 'busy', 'no_answer', 'failed', 'canceled')));

ALTER TABLE "installation" ADD CONSTRAINT "installation_is_one" CHECK ("id" = 1);
INSERT INTO "installation" ("id", "name") VALUES (1, substr(md5(gen_random_uuid()::text), 1, 6));
