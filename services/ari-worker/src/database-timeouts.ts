/**
 * How long a worker waits for PostgreSQL, in milliseconds. Nobody waits for an answer of its own, and it tries again whatever
 * failed: a database that is slow must not look like one that is away.
 */
export const DATABASE_TIMEOUTS = { connectTimeoutMs: 5_000, queryTimeoutMs: 5_000 };
