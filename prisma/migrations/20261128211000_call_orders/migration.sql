-- Orders to be called again. New columns without a default: no row is written anew, and a former version's processes go on with
-- what they know; a call that one of them makes has no order.
ALTER TABLE "calls"
  ADD COLUMN "order_id" UUID,
  ADD COLUMN "order_try" INTEGER,
  ADD COLUMN "order_look_at" TIMESTAMPTZ(3);

CREATE TABLE "call_orders" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "max_retries" INTEGER NOT NULL,
    "retry_on" TEXT[] NOT NULL,
    "after_seconds" INTEGER NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_in_ms" INTEGER NOT NULL,
    "calls_made" INTEGER NOT NULL DEFAULT 1,
    "last_call_id" UUID NOT NULL,
    "next_try_at" TIMESTAMPTZ(3),
    "cancel_requested_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),
    "ended_by" VARCHAR(20),
    "result" "call_status",
    "refusal" VARCHAR(40),

    CONSTRAINT "call_orders_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "call_orders_settled" CHECK (("settled_at" IS NULL) = ("ended_by" IS NULL) AND ("settled_at" IS NULL) = ("result" IS NULL)),
    CONSTRAINT "call_orders_within_max" CHECK ("calls_made" BETWEEN 1 AND "max_retries" + 1)
);

-- The look for orders of users who were stopped.
CREATE INDEX "call_orders_open_of_user" ON "call_orders" ("user_id") WHERE "settled_at" IS NULL;
