-- Its place is taken by calls_of_user_by_id; nothing has ever asked by created_at.
DROP INDEX CONCURRENTLY "calls_of_user";
