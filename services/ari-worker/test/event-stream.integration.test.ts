import { startAsteriskSimulator, type AsteriskSimulator } from '@dialgate/asterisk-simulator';
import { silentLog } from '@dialgate/service-kit';
import { depth, eventually, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { openAriClient } from '../src/ari/client.js';
import { openEventStream, type EventStream, type StreamState } from '../src/ari/event-stream.js';

describe('the event stream', () => {
  let simulator: AsteriskSimulator;
  const streams: EventStream[] = [];

  beforeEach(async () => {
    simulator = await startAsteriskSimulator({ username: 'gateway', password: 'secret', speed: 10 });
  });
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.close();
    await simulator.close();
  });

  function open({
    url = simulator.ariUrl,
    password = 'secret',
    mayConnect = () => true,
    ...timing
  }: {
    url?: string;
    password?: string;
    mayConnect?: () => boolean;
    pingMs?: number;
    receivedWithinMs?: number;
  } = {}) {
    const states: StreamState[] = [];
    const types: string[] = [];
    const sentSince: number[] = [];
    const access = { url, username: 'gateway', password };
    const stream = openEventStream({
      access,
      app: 'gw-1',
      log: silentLog,
      mayConnect,
      onEvent: ({ type }, since) => {
        types.push(type);
        sentSince.push(since);
      },
      onState: (state) => states.push(state),
      ...timing,
    });
    streams.push(stream);
    return { stream, states, types, sentSince, ari: openAriClient(access) };
  }

  it('connects, and comes back after every cut', async () => {
    const { stream, states } = open();
    await eventually(() => stream.state() === 'connected');
    simulator.faults.cutSockets();
    await eventually(() => states.filter((state) => state === 'connected').length === 2);
    expect(states).to.deep.equal(['connected', 'unreachable', 'connected']);
  });

  it('asks before it comes back, and again until it may: another process may have its application by now', async () => {
    let [may, asked] = [true, 0];
    const { stream, states } = open({
      mayConnect: () => {
        asked++;
        return may;
      },
    });
    await eventually(() => stream.state() === 'connected');
    may = false;
    const before = asked;
    simulator.faults.cutSockets();
    await eventually(() => asked >= before + 3);
    expect(states).to.deep.equal(['connected', 'unreachable']);
    may = true;
    await eventually(() => stream.state() === 'connected');
  });

  it('notices a peer that is silently gone at the third ping', async () => {
    const { stream } = open(depth({ quick: { pingMs: patience(300) }, deep: {} }));
    await eventually(() => stream.state() === 'connected');
    simulator.faults.freeze();
    await eventually(() => stream.state() === 'unreachable');
    simulator.faults.thaw();
    await eventually(() => stream.state() === 'connected');
  });

  it('outlives a pause of this process, however long, and takes a peer for gone that says nothing after it', async () => {
    const { stream, states } = open({ pingMs: 100 });
    await eventually(() => stream.state() === 'connected');
    for (let pauses = 0; pauses < 3; pauses++) {
      pauseThisProcess(500);
      await delay(150);
    }
    expect(states).to.deep.equal(['connected']);

    simulator.faults.freeze();
    pauseThisProcess(500);
    await eventually(() => states.includes('unreachable'));
    simulator.faults.thaw();
  });

  it('says when it is not let in, and goes on trying', async () => {
    const { stream, states } = open({ password: 'wrong' });
    await eventually(() => states.includes('unauthorized'));
    expect(stream.state()).to.equal('unauthorized');
  });

  it('ends for good when its application is opened by another', async () => {
    const first = open();
    await eventually(() => first.stream.state() === 'connected');
    const second = open();
    await eventually(() => first.stream.state() === 'replaced');
    await eventually(() => second.stream.state() === 'connected');
    first.stream.close();
    expect(first.stream.state()).to.equal('replaced');
    expect(first.states).to.deep.equal(['connected', 'replaced']);
  });

  it('is heard out when all that was sent before has been heard', async () => {
    const { stream, types, ari } = open();
    expect(await stream.receivedAll()).to.equal(false);
    await eventually(() => stream.state() === 'connected');
    await ari.createChannel({ id: 'c1', endpoint: 'PJSIP/33100000001@trunk', app: 'gw-1', variables: {} });
    await ari.hangUp('c1');
    expect(await stream.receivedAll()).to.equal(true);
    expect(types.at(-1)).to.equal('ChannelDestroyed');
  });

  it('says since when what it hears was sent: since the last ping that was answered', async () => {
    const before = performance.now();
    const { stream, sentSince, ari } = open();
    await eventually(() => stream.state() === 'connected');
    const opened = performance.now();
    await ari.createChannel({ id: 'c1', endpoint: 'PJSIP/33100000001@trunk', app: 'gw-1', variables: {} });
    await eventually(() => sentSince.length > 0);
    expect(sentSince[0]).to.be.within(before, opened);
    const asked = performance.now();
    expect(await stream.receivedAll()).to.equal(true);
    const answered = performance.now();
    const heard = sentSince.length;
    await ari.hangUp('c1');
    await eventually(() => sentSince.length > heard);
    expect(sentSince[heard]).to.be.within(asked, answered);
  });

  it('is not heard out when its socket is cut, falls silent, or is closed', async () => {
    const { stream } = open({ pingMs: 100 });
    const { faults } = simulator;
    for (const strike of ['cutSockets', 'freeze'] as const) {
      await eventually(() => stream.state() === 'connected');
      const heard = stream.receivedAll();
      faults[strike]();
      expect(await heard).to.equal(false);
      faults.thaw();
    }
    await eventually(() => stream.state() === 'connected');
    const heard = stream.receivedAll();
    stream.close();
    expect(await heard).to.equal(false);
  });

  it('closes a socket that gives no pings back, though it says other things', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: false });
    await once(server, 'listening');
    const talking = setInterval(() => {
      for (const client of server.clients) client.send('{}');
    }, 20);
    try {
      const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/ari`;
      const { stream, states } = open({ url, pingMs: 50, receivedWithinMs: 300 });
      await eventually(() => stream.state() === 'connected');
      expect(await stream.receivedAll()).to.equal(false);
      await eventually(() => states.includes('unreachable'));
      stream.close();
    } finally {
      clearInterval(talking);
      server.close();
    }
  });

  it('passes over what is no event, and goes on', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const dialplan = { context: 'default', exten: 's', priority: 1, app_name: 'Stasis', app_data: 'gw-1' };
    const channel = { id: 'x.1', name: 'PJSIP/trunk-1', state: 'Down', dialplan };
    server.on('connection', (client) => {
      for (const said of ['{"type":', 'null', '{"type":"StasisStart"}', '{"type":"Dial","peer":"x.1"}'])
        client.send(said);
      client.send(JSON.stringify({ type: 'StasisEnd', application: 'gw-1', channel }));
    });
    try {
      const { stream, states, types } = open({
        url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/ari`,
      });
      await eventually(() => types.length === 1);
      expect([types, states]).to.deep.equal([['StasisEnd'], ['connected']]);
      stream.close();
    } finally {
      server.close();
    }
  });

  it('hears only what it asked for once it is filtered', async () => {
    const { stream, types, ari } = open();
    await eventually(() => stream.state() === 'connected');
    expect((await ari.filterEvents('gw-1')).kind).to.equal('ok');
    await ari.createChannel({
      id: 'c1',
      endpoint: 'PJSIP/33100000001@trunk',
      app: 'gw-1',
      variables: { 'CONNECTEDLINE(num)': '1' },
    });
    await eventually(() => types.length > 0);
    await ari.hangUp('c1');
    await eventually(() => types.includes('ChannelDestroyed'));
    expect(types).to.deep.equal(['StasisStart', 'ChannelHangupRequest', 'StasisEnd', 'ChannelDestroyed']);
  });
});

/** As SIGSTOP or a snapshot of the machine does: time goes by, sockets fill up, timers fall due. */
function pauseThisProcess(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
