import { randomUUID } from 'node:crypto';

/** The tests' Redis and a key prefix that no other test uses. The server is TEST_REDIS_URL; `npm test` sets it. */
export function testRedis(): { url: string; prefix: string } {
  const url = process.env.TEST_REDIS_URL;
  if (url === undefined) throw new Error('TEST_REDIS_URL is not set: run the tests with `npm test`');
  return { url, prefix: `test-${randomUUID().slice(0, 8)}` };
}
