-- How many calls of each slot are open, for MAX_CONCURRENT_CALLS. VOLATILE on purpose: such a function looks with a snapshot
-- of its own. A claim asks it after it has got the lock on the installation's row, and has to count what others committed
-- while it waited; a subquery would see the table as it was when the statement began.
-- `of_installation` is the locked row's id: who needs it for the call cannot make the call before the lock.
CREATE FUNCTION open_calls_of_slots(of_installation int) RETURNS TABLE (slot_id int, open int)
LANGUAGE sql VOLATILE ROWS 10
AS $body$
  SELECT c.slot_id, count(*)::int FROM calls c
  WHERE c.slot_id IS NOT NULL AND c.ended_at IS NULL GROUP BY c.slot_id
$body$;
