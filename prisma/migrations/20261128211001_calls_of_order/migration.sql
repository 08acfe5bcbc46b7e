-- The calls of an order, and the promise that each of them is made once. Alone and outside of any transaction, so that calls go on
-- meanwhile. One that was broken off leaves an invalid index: DROP INDEX calls_of_order, and migrate again.
CREATE UNIQUE INDEX CONCURRENTLY "calls_of_order" ON "calls" ("order_id", "order_try") WHERE "order_id" IS NOT NULL;
