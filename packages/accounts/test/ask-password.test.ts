import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';
import { expect } from 'chai';
import { askPassword, NoPasswordError, readPassword } from '../src/user-cli/ask-password.js';

/** A terminal on which these keys are pressed, one line for each question. */
async function onTerminal(...lines: string[]): Promise<{ password: string | Error; shown: string; raw: boolean[] }> {
  const raw: boolean[] = [];
  const setRawMode = (on: boolean) => raw.push(on);
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode });
  const output = new PassThrough();
  let shown = '';
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    if (chunk.toString().endsWith(': ')) setImmediate(() => input.write(lines.shift() ?? '\x03'));
  });
  const password = await askPassword(input as unknown as ReadStream, output, 'alice').catch(
    (error: unknown) => error as Error,
  );
  return { password, shown, raw };
}

describe('asking for a password', () => {
  it('asks twice, shows nothing of it and leaves the terminal as it was', async () => {
    const { password, shown, raw } = await onTerminal('secret words\r', 'secret words\r');
    expect(password).to.equal('secret words');
    expect(shown).to.equal('New password of alice: \nThe same again: \n');
    expect(raw).to.deep.equal([true, false, true, false]); // Raw: the terminal itself echoes nothing.
  });

  it('lets a slip of the finger be taken back', async () => {
    expect((await onTerminal('secretx\x7f\r', 'secret\r')).password).to.equal('secret');
  });

  it('refuses two that differ, and stops at Ctrl-C and Ctrl-D', async () => {
    for (const lines of [['one\r', 'two\r'], ['\x03'], ['\x04']]) {
      const { password, shown } = await onTerminal(...lines);
      expect(password).to.be.instanceOf(NoPasswordError);
      expect(shown).not.to.include('one');
    }
  });

  it('takes the first line of a pipe, however it comes, and no more', async () => {
    async function* pipe(...chunks: string[]) {
      for (const chunk of chunks) yield await Promise.resolve(chunk);
    }
    expect(await readPassword(pipe('sec', 'ret\r', '\nmore'))).to.equal('secret');
    expect(await readPassword(pipe('secret'))).to.equal('secret');
    for (const nothing of [pipe(), pipe('\n'), pipe('x'.repeat(2_000))]) {
      expect(await readPassword(nothing).catch((error: unknown) => error)).to.be.instanceOf(NoPasswordError);
    }
  });
});
