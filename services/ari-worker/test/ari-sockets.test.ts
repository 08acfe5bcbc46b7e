import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { eventually, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { openAriClient, type AriClient } from '../src/ari/client.js';

/** When the dial gives up: soon where nothing else ends it, and late where something does. In milliseconds. */
const [SOON, LATE] = [500, 60_000];

const HALF = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n{"id":"x",';
const CHUNK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"id\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{"id":"x"}';

/** What no mock can do truly: a server that breaks off in the middle, on real sockets. */
describe('the ARI client, when the connection fails', () => {
  let server: Server;
  let ari: AriClient;
  const sockets = new Set<Socket>();
  let heard: string[] = [];
  /** What is done with a request that was read. */
  let act: (socket: Socket, request: string) => void;

  before(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (!text.includes('\r\n\r\n')) return;
        const request = text.slice(0, text.indexOf(' HTTP/1.1'));
        text = '';
        heard.push(request);
        act(socket, request);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    heard = [];
    const { port } = server.address() as AddressInfo;
    ari = openAriClient(
      { url: `http://127.0.0.1:${port}/ari`, username: 'gateway', password: 'secret' },
      false,
      patience(10_000),
    );
  });
  afterEach(() => {
    ari.close();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  });
  after(() => server.close());

  it('to be made at all, was certainly not heard', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const nobody = openAriClient({ url: `http://127.0.0.1:${port}/ari`, username: 'x', password: 'x' });
    expect(await nobody.dial('x.1', 30, 3_000)).to.deep.equal({ kind: 'not_reached', why: 'unreachable' });
    nobody.close();
  });

  const drip = (socket: Socket) => {
    const dripping = setInterval(() => socket.write('1\r\n \r\n'), SOON / 5);
    socket.once('close', () => clearInterval(dripping));
  };
  const endings: [what: string, end: (socket: Socket) => void, why: string][] = [
    ['by a reset before the first byte of an answer', (socket) => socket.resetAndDestroy(), 'ECONNRESET'],
    ['by a polite end before the first byte of an answer', (socket) => socket.end(), 'ECONNRESET'],
    ['by silence', () => undefined, 'ETIMEDOUT'],
    ['by something that is not HTTP', (socket) => socket.end('hello\r\n\r\n'), 'HPE_INVALID_CONSTANT'],
    [
      'by a reset after half a body',
      (socket) => socket.write(HALF, () => socket.resetAndDestroy()),
      'ERR_BAD_RESPONSE',
    ],
    ['by a polite end after half a body', (socket) => socket.end(HALF), 'ERR_BAD_RESPONSE'],
    ['by a polite end between two chunks', (socket) => socket.end(CHUNK), 'ERR_BAD_RESPONSE'],
    ['by silence after half a body', (socket) => socket.write(HALF), 'ETIMEDOUT'],
    [
      'by an answer that comes drop by drop, for ever',
      (socket) => socket.write(CHUNK, () => drip(socket)),
      'ETIMEDOUT',
    ],
  ];
  for (const [what, end, why] of endings) {
    it(`${what}, may have been heard, and is not asked again`, async () => {
      act = end;
      const reply = await ari.dial('x.1', 30, why === 'ETIMEDOUT' ? SOON : LATE);
      expect(reply).to.deep.equal({ kind: 'unknown', why });
      // Who gives up soon may have done so before anything was sent.
      expect(heard.length).to.be.at.most(1);
      if (why !== 'ETIMEDOUT') expect(heard).to.deep.equal(['POST /ari/channels/x.1/dial?timeout=30']);
    });
  }

  it('between two requests, is not taken for an answer, nor is the second sent twice', async () => {
    act = (socket) => socket.write(OK);
    expect((await ari.channel('x.1')).kind).to.equal('ok');
    // Closed at the moment at which the next request is on its way.
    act = (socket) => socket.resetAndDestroy();
    expect(await ari.channel('x.1')).to.deep.equal({ kind: 'unknown', why: 'ECONNRESET' });
    expect(heard.length).to.equal(2);
  });

  it('is not there for 64 requests that hang, still dials and sends on at once', async () => {
    act = (socket, request) => {
      if (request.startsWith('POST')) socket.write('HTTP/1.1 204 No Content\r\n\r\n');
    };
    const hanging = Array.from({ length: 100 }, () => ari.channel('x.1'));
    await eventually(() => heard.length === 64);
    expect((await ari.dial('x.1', 30, 30_000)).kind).to.equal('ok');
    expect((await ari.continueInDialplan('x.1', { context: 'a', extension: 's', priority: 1 })).kind).to.equal('ok');
    expect(heard.slice(64).map((request) => request.split(' ')[0])).to.deep.equal(['POST', 'POST']);
    for (const socket of sockets) socket.destroy();
    act = (socket) => socket.write(OK);
    const kinds = (await Promise.all(hanging)).map(({ kind }) => kind);
    expect([
      kinds.filter((kind) => kind === 'unknown').length,
      kinds.filter((kind) => kind === 'ok').length,
    ]).to.deep.equal([64, 36]);
  });

  it('does not, a list of very many channels is read', async () => {
    const channels = Array.from({ length: 20_000 }, (_, n) => ({ id: `${n}.1`, name: 'x'.repeat(200), state: 'Up' }));
    const body = JSON.stringify(channels);
    act = (socket) =>
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    const reply = await ari.channels();
    expect(reply).to.include({ kind: 'ok' });
    expect(reply.kind === 'ok' && reply.body.length).to.equal(20_000);
  });

  it('goes to Asterisk itself, whatever proxy the environment names', async () => {
    const before = process.env.http_proxy;
    process.env.http_proxy = 'http://127.0.0.1:1';
    act = (socket) => socket.write(OK);
    try {
      expect((await ari.channel('x.1')).kind).to.equal('ok');
    } finally {
      if (before === undefined) delete process.env.http_proxy;
      else process.env.http_proxy = before;
    }
  });
});
