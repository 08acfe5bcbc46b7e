import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { jsonBody, loginBody } from '../src/middleware/body.js';

/** What came of one request whose sender hung up before its body was read. */
async function outcomeOf(body: RequestHandler[], type: string, text: string): Promise<string> {
  let server: Server | undefined;
  const outcome = new Promise<string>((resolve) => {
    const app = express();
    // As long as a login may be looked up in a slow database.
    app.use((req, _res, next) => void once(req.socket, 'close').then(() => next()));
    app.use(...body, (req, _res) => resolve(`carried out with ${JSON.stringify(req.body)}`));
    app.use(((error: Error & { code?: string }, _req, _res, _next) =>
      resolve(String(error.code ?? error))) satisfies ErrorRequestHandler);
    server = createServer(app).listen(0, '127.0.0.1');
  });
  await once(server!, 'listening');
  const socket = connect((server!.address() as AddressInfo).port, '127.0.0.1');
  const head = `POST / HTTP/1.1\r\nHost: here\r\nContent-Type: ${type}\r\nContent-Length: ${text.length}\r\n\r\n`;
  server!.once('request', () => socket.destroy());
  socket.write(head + text);
  return outcome.finally(() => server!.close());
}

describe('a body whose sender hangs up before it is read', () => {
  it('is not taken for none: nothing is carried out without what was said', async () => {
    expect(await outcomeOf(jsonBody(), 'application/json', '{"context":"sales"}')).to.equal('invalid_request');
  });

  it('is no empty login either, be it JSON or a form', async () => {
    expect(await outcomeOf(loginBody(), 'application/json', '{"username":"alice"}')).to.equal('invalid_request');
    expect(await outcomeOf(loginBody(), 'application/x-www-form-urlencoded', 'username=alice')).to.equal(
      'invalid_request',
    );
  });
});
