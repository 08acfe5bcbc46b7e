import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { eventually } from '../src/eventually.js';
import { openTcpProxy, type TcpProxy } from '../src/tcp-proxy.js';

describe('the fault proxy', () => {
  let server: Server;
  let proxy: TcpProxy;
  let asked: string;
  const clients: Client[] = [];

  beforeEach(async () => {
    asked = '';
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (piece) => {
        asked += piece.toString();
        socket.write(`re: ${piece.toString()}`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy = await openTcpProxy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }, () => 0.5);
  });
  afterEach(() => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    proxy.close();
    server.close();
  });

  it('passes everything on in fair weather', async () => {
    const client = dial();
    client.socket.write('hello');
    await eventually(() => client.heard() === 're: hello');
  });

  it('refuses, cuts what is open, and accepts again', async () => {
    const client = dial();
    client.socket.write('hello');
    await eventually(() => client.heard() !== '');
    proxy.refuse();
    await eventually(client.ended);
    await eventually(dial().ended);
    await proxy.accept();
    const again = dial();
    again.socket.write('hello');
    await eventually(() => again.heard() === 're: hello');
  });

  it('swallows everything in a black hole, refuses nothing, and lets it arrive late', async () => {
    proxy.set({ kind: 'black-hole' });
    const client = dial();
    client.socket.write('late');
    await eventually(() => !client.socket.pending);
    expect(asked).to.equal('');
    expect(client.ended()).to.equal(false);
    await proxy.heal();
    await eventually(() => client.heard() === 're: late');
  });

  it('brings nobody to the server who gave up in a black hole', async () => {
    proxy.set({ kind: 'black-hole' }, 'websocket');
    const hasty = dial();
    hasty.socket.write('GET /ari/events?app=hasty');
    const patient = dial();
    patient.socket.write('GET /ari/events?app=patient');
    await eventually(() => !hasty.socket.pending && !patient.socket.pending);
    hasty.socket.destroy();
    // Whoever comes later is let in when the proxy has seen that.
    const other = dial();
    other.socket.write('GET /ari/channels');
    await eventually(() => other.heard() !== '');
    expect(await connections()).to.equal(1);
    await proxy.heal();
    await eventually(() => patient.heard() !== '');
    expect(asked).not.to.contain('hasty');
    expect(await connections()).to.equal(2);
  });

  it('can be a black hole for WebSockets alone', async () => {
    proxy.set({ kind: 'black-hole' }, 'websocket');
    const events = dial();
    events.socket.write('GET /ari/events?app=x HTTP/1.1');
    const other = dial();
    other.socket.write('GET /ari/channels HTTP/1.1');
    await eventually(() => other.heard() === 're: GET /ari/channels HTTP/1.1');
    expect(asked).not.to.contain('events');
    await proxy.heal();
    await eventually(() => events.heard() === 're: GET /ari/events?app=x HTTP/1.1');
  });

  it('forgets what is open, tells neither end, and lets new connections pass', async () => {
    const old = dial();
    old.socket.write('hello');
    await eventually(() => old.heard() === 're: hello');
    expect(proxy.forget()).to.equal(1);
    old.socket.write('is anybody there');
    const fresh = dial();
    fresh.socket.write(', again');
    await eventually(() => fresh.heard() === 're: , again');
    expect(asked).to.equal('hello, again');
    expect(old.ended()).to.equal(false);
    expect(proxy.stillHeld()).to.equal(1);
  });

  it('does not tell the server that the client of a forgotten connection has given up, until all is whole again', async () => {
    const old = dial();
    old.socket.write('hello');
    await eventually(() => old.heard() !== '');
    proxy.forget();
    old.socket.end();
    await eventually(() => proxy.stillHeld() === 0);
    expect(await connections()).to.equal(1);
    await proxy.heal();
    await eventually(async () => (await connections()) === 0);
  });

  it('ends a forgotten connection when all is whole again', async () => {
    const old = dial();
    old.socket.write('hello');
    await eventually(() => old.heard() !== '');
    proxy.forget();
    await proxy.heal();
    await eventually(old.ended);
  });

  it('loses the reply of a request that was carried out', async () => {
    proxy.set({ kind: 'lose-replies', probability: 1 });
    const client = dial();
    client.socket.write('dial');
    await eventually(client.ended);
    expect(asked).to.equal('dial');
    expect(client.heard()).to.equal('');
  });

  it('cuts a reply in the middle', async () => {
    proxy.set({ kind: 'cut-mid-frame', probability: 1 });
    const client = dial();
    client.socket.write('12345678');
    await eventually(client.ended);
    expect('re: 12345678').to.contain(client.heard());
    expect(client.heard().length).to.be.lessThan(12);
  });

  it('slices and delays without changing anything or its order', async () => {
    proxy.set({ kind: 'slices', bytes: 1 });
    const sliced = dial();
    sliced.socket.write('in pieces');
    await eventually(() => sliced.heard() === 're: in pieces');
    proxy.set({ kind: 'latency', ms: 30, jitterMs: 30 });
    const delayed = dial();
    for (const word of ['a', 'b', 'c', 'd']) delayed.socket.write(word);
    await eventually(() => asked.endsWith('abcd'));
  });

  it('lets nothing overtake what is on its way when the weather clears', async () => {
    proxy.set({ kind: 'latency', ms: 200, jitterMs: 0 });
    const { socket } = dial();
    socket.write('first');
    // Whoever comes later is let in when the proxy has read that.
    const probe = dial();
    await eventually(() => !socket.pending && !probe.socket.pending);
    await proxy.heal();
    socket.write('second');
    await eventually(() => asked.includes('second'));
    expect(asked).to.equal('firstsecond');
  });

  function connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    );
  }

  interface Client {
    readonly socket: Socket;
    readonly heard: () => string;
    readonly ended: () => boolean;
  }

  function dial(): Client {
    const socket = connect(proxy.port, '127.0.0.1');
    let heard = '';
    let ended = false;
    socket.on('data', (piece) => (heard += piece.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => (ended = true));
    const client = { socket, heard: () => heard, ended: () => ended };
    clients.push(client);
    return client;
  }
});
