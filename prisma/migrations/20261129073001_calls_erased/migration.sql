-- The look for calls that are to be deleted, among those that calls_to_erase has no more: every call that is over is in one of the
-- two, so that a call that goes on costs no more than before. Alone and outside of any transaction, so that calls go on while the index
-- is made. One that was broken off leaves an invalid index: DROP INDEX calls_erased, and migrate again.
CREATE INDEX CONCURRENTLY "calls_erased" ON "calls" ("ended_at") WHERE "ended_at" IS NOT NULL AND "erased_at" IS NOT NULL;
