-- The last running number of a user, whatever the clock said. Alone and outside of any transaction, so that calls are accepted while
-- it is made. One that was broken off leaves an invalid index: DROP INDEX accepted_calls_last_of_user, and migrate again.
CREATE INDEX CONCURRENTLY "accepted_calls_last_of_user" ON "accepted_calls" ("user_id", "user_nth");
