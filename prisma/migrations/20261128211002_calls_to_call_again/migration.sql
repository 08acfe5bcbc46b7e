-- The look for calls that are over and whose order is not. As above: DROP INDEX calls_to_call_again, and migrate again.
CREATE INDEX CONCURRENTLY "calls_to_call_again" ON "calls" ("order_look_at") WHERE "ended_at" IS NOT NULL AND "order_look_at" IS NOT NULL;
