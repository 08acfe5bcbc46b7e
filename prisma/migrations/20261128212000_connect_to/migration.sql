-- Calls that are connected to a second number. A new column without a default: no row is written anew, and a former version's
-- processes go on with what they know.
ALTER TABLE "calls" ADD COLUMN "connect_to" VARCHAR(21);
