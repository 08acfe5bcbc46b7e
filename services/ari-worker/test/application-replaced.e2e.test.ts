import { silentLog } from '@dialgate/logging';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { openAriClient } from '../src/ari/client.js';
import { openEventStream, type EventStream } from '../src/ari/event-stream.js';

describe('an application of a real Asterisk that a second socket opens', () => {
  it('is given up by the first, filtered as it is', async () => {
    const { E2E_ARI_URL: url, E2E_ARI_USERNAME: username, E2E_ARI_PASSWORD: password } = process.env;
    if (url === undefined || username === undefined || password === undefined)
      throw new Error('run this with `npm test`');
    const access = { url, username, password };
    const ari = openAriClient(access);
    const open = (): EventStream =>
      openEventStream({
        access,
        app: 'replaced-e2e',
        log: silentLog,
        onEvent: () => undefined,
        onState: () => undefined,
        mayConnect: () => true,
      });
    const first = open();
    await eventually(() => first.state() === 'connected');
    expect((await ari.filterEvents('replaced-e2e')).kind).to.equal('ok');
    const second = open();
    try {
      await eventually(() => first.state() === 'replaced');
      expect(second.state()).to.equal('connected');
    } finally {
      first.close();
      second.close();
      ari.close();
    }
  });
});
