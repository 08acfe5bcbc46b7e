-- Calls that say themselves where they are reported to (webhook_url). New columns without a default that is computed: no row is
-- written anew, and a former version's processes go on with what they know. Such a host is an endpoint without events, which
-- a former version tells nothing.
ALTER TABLE "calls" ADD COLUMN "webhook_url" VARCHAR(2048), ADD COLUMN "webhook_endpoint_id" UUID;
ALTER TABLE "users" ADD COLUMN "allowed_webhook_hosts" TEXT[], ADD COLUMN "call_webhook_secret" VARCHAR(100),
  ADD COLUMN "previous_call_webhook_secret" VARCHAR(100), ADD COLUMN "previous_call_webhook_secret_until" TIMESTAMPTZ(3);
ALTER TABLE "webhook_endpoints" ADD COLUMN "per_call" BOOLEAN NOT NULL DEFAULT false;

-- What the Prisma schema cannot say.
CREATE UNIQUE INDEX "webhook_endpoints_per_call" ON "webhook_endpoints"("user_id", "url") WHERE "per_call";
