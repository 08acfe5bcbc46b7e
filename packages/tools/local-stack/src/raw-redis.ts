import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Sends one command. A Redis client is the queue package's own business, so this speaks Redis' inline protocol.
 *
 * @returns the answer as it came, in RESP. @throws what Redis refuses with.
 */
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
    const text = answer.toString();
    if (text.startsWith('-')) throw new Error(`Redis said ${text}`);
    return text;
  }
}
