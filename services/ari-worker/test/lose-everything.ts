import { askRedis } from '@dialgate/local-stack';

/**
 * Takes everything away that Redis has under a prefix, as a FLUSHALL would, and nothing of anybody else's.
 *
 * @returns how many keys it took.
 */
export async function loseEverything({
  url,
  prefix,
}: {
  readonly url: string;
  readonly prefix: string;
}): Promise<number> {
  const script = `local n = 0 for _, key in ipairs(redis.call('KEYS', ARGV[1])) do n = n + redis.call('DEL', key) end return n`;
  return Number((await askRedis(url, `EVAL "${script}" 0 {${prefix}}:*`)).slice(1));
}
