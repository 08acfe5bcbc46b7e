import { createInterface } from 'node:readline/promises';
import type { ReadStream } from 'node:tty';
import { Writable } from 'node:stream';
import { NotDoneError } from '../cli-errors.js';

/** The password cannot be had. The message is for a person and holds nothing of it. */
export class NoPasswordError extends NotDoneError {
  override readonly name: string = 'NoPasswordError';
}

/** Longer lines are no passwords; in characters. */
const MAX_LENGTH = 1_024;

/**
 * Asks for a new password on a terminal, twice, and shows nothing of it.
 *
 * @throws NoPasswordError when there is no terminal, when the two differ or the person gives up.
 */
export async function askPassword(input: ReadStream, output: NodeJS.WritableStream, username: string): Promise<string> {
  if (!input.isTTY) {
    throw new NoPasswordError(
      'There is no terminal to ask for the password on: use --password-stdin or USER_PASSWORD.',
    );
  }
  const first = await askHidden(input, output, `New password of ${username}: `);
  const second = await askHidden(input, output, 'The same again: ');
  if (first !== second) throw new NoPasswordError('The two passwords are not the same.');
  return first;
}

/** The first line of a stream, without its end. @throws NoPasswordError when there is none. */
export async function readPassword(input: AsyncIterable<Buffer | string>): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += chunk.toString();
    if (text.includes('\n') || text.length > MAX_LENGTH) break;
  }
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line === '' || line.length > MAX_LENGTH) throw new NoPasswordError('Standard input begins with no password.');
  return line;
}

async function askHidden(input: ReadStream, output: NodeJS.WritableStream, question: string): Promise<string> {
  output.write(question);
  // readline needs somewhere to echo to; that it is a terminal makes it read key by key, with the terminal's own echo off.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('SIGINT', () => reject(new NoPasswordError('Nothing was changed.')));
      lines.once('close', () => reject(new NoPasswordError('Nothing was changed.')));
      lines.once('line', resolve);
    });
  } finally {
    lines.close();
    output.write('\n');
  }
}
