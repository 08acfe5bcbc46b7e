/**
 * How long the API waits for PostgreSQL, in milliseconds: longer than a commit took on a disk that others were writing to (1.5 s),
 * for what is only slow must not be turned away. An answer must come within five seconds, 503 included: a request may wait
 * for one flush of others to fail and then for its own. Looking up its user has connections of its own and comes before that,
 * in no time or in vain. A row that was written although its client was told 503 is withdrawn within two seconds more, which
 * must be before anybody looks for calls without a job (5 s after their creation).
 */
export const DATABASE_TIMEOUTS = { connectTimeoutMs: 1_500, queryTimeoutMs: 2_000 };
