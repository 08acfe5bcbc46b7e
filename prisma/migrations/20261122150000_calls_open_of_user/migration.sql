-- A user's open calls, for USER_MAX_CONCURRENT_CALLS. Small: it holds calls only while they are open.
CREATE INDEX "calls_open_of_user" ON "calls" ("user_id") WHERE "ended_at" IS NULL;
