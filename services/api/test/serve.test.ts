import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { silentLog } from '@dialgate/service-kit';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { createHttpServer, TIMEOUTS } from '../src/serve.js';

/** As in production, a hundredth of it: soon over. In milliseconds. */
const SHORT = {
  headersTimeout: 100,
  requestTimeout: 150,
  keepAliveTimeout: 650,
  connectionsCheckingInterval: 20,
  idleTimeout: 300,
  answerTimeout: 600,
};

/** For who is quick: a busy machine may be slow. */
const LONG = {
  headersTimeout: 1_000,
  requestTimeout: 1_500,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 50,
  idleTimeout: 30_000,
  answerTimeout: 60_000,
};

const HEAD = 'POST / HTTP/1.1\r\nHost: x\r\n';

describe('a client that takes its time', () => {
  let http: ReturnType<typeof createHttpServer>;
  let answered: string[];
  let socket: Socket;
  let heard: string;
  let closed: Promise<unknown>;
  let dripping: NodeJS.Timeout;

  async function serve(timeouts: typeof TIMEOUTS): Promise<void> {
    answered = [];
    http = createHttpServer({
      app: (request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          answered.push(body);
          // Longer than a request may take to come in: an answer may.
          setTimeout(() => response.end('done'), 2 * timeouts.requestTimeout);
        });
      },
      host: '127.0.0.1',
      port: 0,
      maxConnections: 10,
      log: silentLog,
      timeouts,
    });
    await http.start?.();
    heard = '';
    socket = connect(http.port(), '127.0.0.1');
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    socket.on('error', () => undefined);
    closed = once(socket, 'close');
  }
  afterEach(async () => {
    clearInterval(dripping);
    socket.destroy();
    await http.stop?.();
  });

  /** One more byte again and again, so that the connection is never idle. */
  function drip(text: string): void {
    socket.write(text);
    dripping = setInterval(() => socket.write('x'), 10);
  }

  for (const [what, send] of [
    ['and says nothing', () => undefined],
    ['over its headers', () => socket.write(`${HEAD}X-Slow: `)],
    ['over its headers, byte by byte', () => drip(`${HEAD}X-Slow: `)],
    ['over its body', () => socket.write(`${HEAD}Content-Length: 100000\r\n\r\n{`)],
    ['over its body, byte by byte', () => drip(`${HEAD}Content-Length: 100000\r\n\r\n{`)],
    ['over its chunks', () => socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`)],
  ] as const) {
    it(`${what}, is told so and cut off, and nothing is done`, async () => {
      await serve(SHORT);
      send();
      await closed;
      if (what !== 'and says nothing') expect(heard).to.match(/^HTTP\/1\.1 408 Request Timeout\r\n/);
      expect(answered).to.deep.equal([]);
    });
  }

  it('to read is not cut off: a request that came in time is answered, and its connection kept', async () => {
    await serve(LONG);
    socket.write(`${HEAD}Content-Length: 2\r\n\r\n{}`);
    await eventually(() => heard.includes('done'));
    expect(answered).to.deep.equal(['{}']);
    expect(heard)
      .to.match(/^HTTP\/1\.1 200 OK\r\n/)
      .and.to.match(/\r\nConnection: keep-alive\r\n/);
    socket.write(`${HEAD}Content-Length: 2\r\n\r\n[]`);
    await eventually(() => answered.length === 2);
  });
});

/** More than the two kernels keep for a connection between them. */
const MUCH = Buffer.alloc(32 * 1_048_576, 'x');

describe('a client that does not read', () => {
  let http: ReturnType<typeof createHttpServer>;
  let sockets: Socket[];
  let ended: string[];
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await http.stop?.();
  });

  async function serve(timeouts: Partial<typeof TIMEOUTS>, type = 'text/plain', maxConnections = 10): Promise<void> {
    sockets = [];
    ended = [];
    http = createHttpServer({
      app: (request, response) => {
        response.on('close', () => ended.push(String(request.url)));
        response.setHeader('Content-Type', type);
        response.end(MUCH);
      },
      host: '127.0.0.1',
      port: 0,
      maxConnections,
      log: silentLog,
      timeouts: { ...LONG, ...timeouts },
    });
    await http.start?.();
  }

  function open(): Socket {
    const socket = connect(http.port(), '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    return socket;
  }

  function ask(path: string): Socket {
    const socket = open();
    socket.pause();
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    return socket;
  }

  /** Reads a little again and again. */
  function trickle(socket: Socket): void {
    const reading = setInterval(() => void socket.read(1_024), 20);
    socket.once('close', () => clearInterval(reading));
  }

  /** What was still to be read of an answer. */
  async function rest(socket: Socket): Promise<number> {
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
    socket.resume();
    await once(socket, 'close');
    return bytes;
  }

  it('its answer is cut off', async () => {
    await serve({ idleTimeout: 200 });
    const socket = ask('/one');
    await eventually(() => ended.length > 0);
    expect(await rest(socket)).to.be.lessThan(MUCH.length / 2);
  });

  it('but a drop at a time is cut off, too', async () => {
    await serve({ answerTimeout: 300 });
    const socket = ask('/one');
    trickle(socket);
    await eventually(() => ended.length > 0);
    expect(await rest(socket)).to.be.lessThan(MUCH.length / 2);
  });

  it('but a drop at a time of a stream of events keeps it', async () => {
    await serve({ answerTimeout: 100 }, 'text/event-stream');
    trickle(ask('/slow'));
    const asked = performance.now();
    await eventually(() => performance.now() > asked + 500);
    expect(ended).to.deep.equal([]);
  });

  it('takes no more connections than there may be', async () => {
    await serve({}, 'text/plain', 2);
    const [first, second] = [open(), open()];
    await Promise.all([once(first, 'connect'), once(second, 'connect')]);
    const third = open();
    await once(third, 'close');
    expect([first.closed, second.closed]).to.deep.equal([false, false]);
    first.destroy();
    await eventually(async () => {
      const next = open();
      next.resume();
      next.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      const [what] = (await Promise.race([once(next, 'data'), once(next, 'close')])) as unknown[];
      return Buffer.isBuffer(what);
    });
  });
});

describe('the time that a client may take', () => {
  it('is seconds, and for a load balancer that keeps its connections more than its own minute', () => {
    expect(TIMEOUTS.headersTimeout).to.be.within(5_000, 10_000);
    expect(TIMEOUTS.requestTimeout).to.be.within(TIMEOUTS.headersTimeout, 15_000);
    expect(TIMEOUTS.connectionsCheckingInterval).to.be.at.most(2_000);
    expect(TIMEOUTS.keepAliveTimeout).to.be.greaterThan(60_000);
    expect(TIMEOUTS.idleTimeout).to.be.within(10_000, 30_000);
    expect(TIMEOUTS.answerTimeout).to.be.within(30_000, 60_000);
  });
});
