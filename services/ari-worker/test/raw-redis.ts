import { once } from 'node:events';
import { connect } from 'node:net';

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

/** Sends one command. A Redis client is the queue package's own business, so this speaks Redis' inline protocol. */
export async function askRedis(url: string, command: string): Promise<string> {
  const { hostname, port, password } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  try {
    if (password !== '') await ask(`AUTH ${decodeURIComponent(password)}`);
    return await ask(command);
  } finally {
    socket.destroy();
  }

  async function ask(line: string): Promise<string> {
    socket.write(`${line}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    const text = answer.toString().trim();
    if (text.startsWith('-')) throw new Error(`Redis said ${text}`);
    return text;
  }
}
