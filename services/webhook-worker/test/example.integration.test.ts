import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '@dialgate/local-stack';
import { documentedCode, eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { createSend } from '../src/deliver/send.js';
import { signedHeaders } from '../src/deliver/sign.js';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** Beside the tests, where the library is found that it imports. */
const SCRIPT = fileURLToPath(new URL(`example-${process.pid}.mjs`, import.meta.url));

describe('the receiver of docs/webhooks.md', () => {
  let receiver: ChildProcess;
  let url: string;
  let said = '';

  before(async () => {
    const [example] = documentedCode('docs/webhooks.md').filter(({ language }) => language === 'js');
    writeFileSync(SCRIPT, example?.code ?? '');
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    const env = { PATH: process.env.PATH, PORT: String(port), WEBHOOK_SECRET: secret };
    receiver = spawn(process.execPath, [SCRIPT], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    receiver.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await eventually(() => fetch(url, { method: 'POST' }).then(() => true));
  });
  after(() => {
    receiver.kill('SIGKILL');
    rmSync(SCRIPT, { force: true });
  });

  const send = createSend({ timeoutMs: 20_000, allowHttp: true, allowedPrivate: ['127.0.0.1'] });
  const body = JSON.stringify({ type: 'call.answered', timestamp: '', data: { call_id: 'a-call', sequence: 4 } });

  it('takes what we send, and nothing else', async () => {
    expect(await send(url, signedHeaders('one', body, [secret], new Date()), body)).to.include({ status: 204 });
    await eventually(() => said.includes('call.answered a-call 4'));
    expect(await send(url, signedHeaders('one', body, [secret], new Date()), `${body} `)).to.include({ status: 401 });
  });
});
