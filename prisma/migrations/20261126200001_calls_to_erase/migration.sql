-- The look for calls whose personal data is to be erased. Alone and outside of any transaction, so that calls go on while the
-- index of all of them is made. One that was broken off leaves an invalid index: DROP INDEX calls_to_erase, and migrate again.
CREATE INDEX CONCURRENTLY "calls_to_erase" ON "calls" ("ended_at") WHERE "ended_at" IS NOT NULL AND "erased_at" IS NULL;
