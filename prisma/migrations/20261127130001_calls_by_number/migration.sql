-- The calls to a number, the newest first. As above: DROP INDEX calls_by_number, and migrate again.
CREATE INDEX CONCURRENTLY "calls_by_number" ON "calls" ("phone_number", "id" DESC);
