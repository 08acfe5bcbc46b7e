/**
 * How long the API waits for PostgreSQL, in milliseconds. An answer must come within two seconds, 503 included: a request
 * may wait for one flush of others to fail and then for its own, and each waits either for a connection or for a statement.
 * Looking up its user has connections of its own and comes before that, in no time or in vain.
 */
export const DATABASE_TIMEOUTS = { connectTimeoutMs: 700, queryTimeoutMs: 750 };
