import { silentLog } from '@dialgate/service-kit';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { openAriClient, type AriClient } from '../src/ari/client.js';
import { openEventStream, type EventStream } from '../src/ari/event-stream.js';

const APP = 'event-stream-e2e';

describe('the event stream of a real Asterisk', () => {
  let ari: AriClient;
  const streams: EventStream[] = [];
  const { E2E_ARI_URL: url, E2E_ARI_USERNAME: username, E2E_ARI_PASSWORD: password } = process.env;

  before(() => {
    ari = openAriClient(access());
  });
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.close();
  });
  after(() => {
    ari.close();
  });

  function access() {
    if (url === undefined || username === undefined || password === undefined)
      throw new Error('run this with `npm test`');
    return { url, username, password };
  }

  async function open(): Promise<EventStream> {
    const stream = openEventStream({
      access: access(),
      app: APP,
      log: silentLog,
      onEvent: () => undefined,
      onState: () => undefined,
      mayConnect: () => true,
    });
    streams.push(stream);
    await eventually(() => stream.state() === 'connected');
    return stream;
  }

  it('is replaced, filtered as it is, when another opens its application', async () => {
    const first = await open();
    expect((await ari.filterEvents(APP)).kind).to.equal('ok');
    const second = await open();
    await eventually(() => first.state() === 'replaced');
    expect(second.state()).to.equal('connected');
  });

  it('is heard out by pings that Asterisk gives back as they came', async () => {
    const stream = await open();
    expect(await Promise.all([stream.receivedAll(), stream.receivedAll()])).to.deep.equal([true, true]);
    stream.close();
    expect(await stream.receivedAll()).to.equal(false);
  });
});
