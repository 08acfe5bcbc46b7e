-- Calls that wait for their time: a moment, hours of the day, or both. New columns without a default: no row is written anew, and a
-- former version's processes go on with what they know.
ALTER TABLE "calls"
  ADD COLUMN "not_before" TIMESTAMPTZ(3),
  ADD COLUMN "calling_window" JSONB;
