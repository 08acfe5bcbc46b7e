-- A user's calls, the newest first: ids are in the order of their times. Alone and outside of any transaction, so that calls go on
-- meanwhile. One that was broken off leaves an invalid index: DROP INDEX calls_of_user_by_id, and migrate again.
CREATE INDEX CONCURRENTLY "calls_of_user_by_id" ON "calls" ("user_id", "id" DESC);
