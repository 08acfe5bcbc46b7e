import { expect } from 'chai';
import type { Setting } from './support.js';
import { ariClient, eventually, FILTERED, openEars, setting } from './support.js';

const RINGS_FOR_EVER = 'PJSIP/33100000006@trunk';

describe('applications and their sockets', () => {
  let here: Setting;
  beforeEach(async () => (here = await setting()));
  afterEach(() => here.close());

  it('sends only what the filter allows, and everything again when it is cleared', async () => {
    const { client, ears, call } = here;
    await call('filtered', RINGS_FOR_EVER);
    await ears.untilHeard('filtered', 'Dial RINGING');
    expect(ears.heard.filter(({ type }) => !FILTERED.includes(type))).to.deep.equal([]);

    await client.ask('PUT', '/applications/gw/eventFilter', { body: {} });
    await call('unfiltered', RINGS_FOR_EVER);
    expect(ears.of('unfiltered').slice(0, 3)).to.deep.equal(['ChannelDialplan', 'ChannelVarset', 'StasisStart']);
  });

  it('keeps one list of a filter when the other is changed', async () => {
    const { client, ears, call } = here;
    const { body } = await client.ask('PUT', '/applications/gw/eventFilter', {
      body: { disallowed: [{ type: 'Dial' }] },
    });
    expect(body.events_allowed).to.have.length(FILTERED.length);
    await call('a', RINGS_FOR_EVER);
    await ears.untilHeard('a', 'ChannelStateChange Ringing');
    expect(ears.of('a').filter((what) => what.startsWith('Dial'))).to.deep.equal([]);
  });

  it('refuses filters for applications it does not know, and what is no filter', async () => {
    const { client } = here;
    const unknown = await client.ask('PUT', '/applications/none/eventFilter', { body: { allowed: [] } });
    expect([unknown.status, unknown.body.message]).to.deep.equal([404, 'Application not found']);
    expect((await client.ask('PUT', '/applications/gw/eventFilter', { body: { allowed: 'x' } })).status).to.equal(400);
  });

  it('tells the older of two sockets that it was replaced, and leaves it open without events', async () => {
    const { client, ears, call, simulator } = here;
    await client.ask('PUT', '/applications/gw/eventFilter', { body: {} });
    await call('stolen', RINGS_FOR_EVER);
    await ears.untilHeard('stolen', 'Dial RINGING');
    const thief = await openEars(simulator.ariUrl, 'gw');
    await eventually(() => expect(ears.heard.at(-1)).to.include({ type: 'ApplicationReplaced', application: 'gw' }));

    await here.client.hangUp('stolen');
    await thief.untilHeard('stolen', 'ChannelDestroyed');
    expect(ears.of('stolen')).not.to.include('ChannelDestroyed');
    expect(ears.closedWith()).to.equal(null);

    ears.socket.close();
    await eventually(() => expect(ears.closedWith()).not.to.equal(null));
    await here.client.create('next', RINGS_FOR_EVER);
    await thief.untilHeard('next', 'StasisStart');
  });

  it('does not tell it when the filter leaves that event out, as the real one does not', async () => {
    const { client, ears, simulator } = here;
    await client.ask('PUT', '/applications/gw/eventFilter', { body: { allowed: [{ type: 'StasisStart' }] } });
    const thief = await openEars(simulator.ariUrl, 'gw');
    await client.create('stolen', RINGS_FOR_EVER);
    await thief.untilHeard('stolen', 'StasisStart');
    expect(ears.heard.filter(({ type }) => type === 'ApplicationReplaced')).to.deep.equal([]);
  });

  it('forgets an application with its last socket if it has no channel, filter included', async () => {
    const { client, ears, simulator } = here;
    ears.socket.close();
    await eventually(async () => expect((await client.ask('GET', '/applications/gw')).status).to.equal(404));
    await openEars(simulator.ariUrl, 'gw');
    expect((await client.ask('GET', '/applications/gw')).body.events_allowed).to.deep.equal([]);
  });

  it('remembers an application with a live channel, loses what happened meanwhile, and goes on afterwards', async () => {
    const { client, ears, call, simulator } = here;
    await call('kept', RINGS_FOR_EVER);
    await ears.untilHeard('kept', 'Dial RINGING');
    await call('lost', RINGS_FOR_EVER);
    simulator.faults.cutSockets('gw');
    await eventually(() => expect(ears.closedWith()).to.equal(1006));
    await client.hangUp('lost');

    expect((await client.ask('GET', '/applications/gw')).body.channel_ids).to.deep.equal(['kept']);
    const back = await openEars(simulator.ariUrl, 'gw');
    await client.hangUp('kept');
    await back.untilHeard('kept', 'ChannelDestroyed');
    expect(back.of('lost')).to.deep.equal([]);
    expect(back.heard.every(({ type }) => FILTERED.includes(type))).to.equal(true);
  });

  it('leaves an application listed whose calls ended while nobody listened', async () => {
    const { client, ears, call, simulator } = here;
    await call('leak', RINGS_FOR_EVER);
    simulator.faults.cutSockets();
    await eventually(() => expect(ears.closedWith()).to.equal(1006));
    await client.hangUp('leak');
    expect((await client.ask('GET', '/applications/gw')).body.channel_ids).to.deep.equal([]);
  });

  it('serves several applications over one socket and names each in its events', async () => {
    const { client, simulator } = here;
    const both = await openEars(simulator.ariUrl, 'a,b');
    await client.create('for-a', RINGS_FOR_EVER, 'a');
    await client.create('for-b', RINGS_FOR_EVER, 'b');
    expect((await both.untilHeard('for-a', 'StasisStart')).application).to.equal('a');
    expect((await both.untilHeard('for-b', 'StasisStart')).application).to.equal('b');
  });

  it('shows everything to an application that subscribes to all, and a foreign channel on request', async () => {
    const { client, ears, call, simulator } = here;
    const all = await openEars(simulator.ariUrl, 'spy', { subscribeAll: true });
    await call('watched', RINGS_FOR_EVER);
    await all.untilHeard('watched', 'Dial RINGING');

    const other = await openEars(simulator.ariUrl, 'other');
    const params = { eventSource: 'channel:watched' };
    expect((await client.ask('POST', '/applications/other/subscription', { params })).status).to.equal(200);
    await client.hangUp('watched');
    await Promise.all([all, other, ears].map((listener) => listener.untilHeard('watched', 'ChannelDestroyed')));
    expect((await client.ask('POST', '/applications/other/subscription', { params })).status).to.equal(422);
  });

  it('answers a ping', async () => {
    const { ears } = here;
    ears.socket.ping();
    await eventually(() => expect(ears.pongs()).to.equal(1));
  });

  it('lets nobody in without the right credentials, over HTTP or WebSocket', async () => {
    const { simulator } = here;
    for (const authorization of [null, `Basic ${Buffer.from('dialgate:wrong').toString('base64')}`]) {
      const stranger = ariClient(simulator.ariUrl, { authorization });
      const { status, body } = await stranger.ask('GET', '/channels');
      expect([status, body]).to.deep.equal([401, { message: 'Authentication required' }]);
      const upgrade = openEars(simulator.ariUrl, 'gw', { authorization: authorization ?? '' });
      expect(await upgrade.catch(String)).to.contain('401');
      stranger.close();
    }
    const refusal = await openEars(simulator.ariUrl.replace('/ari', '/ari/nowhere'), 'gw').catch(String);
    expect(refusal).to.contain('404');
    expect(await openEars(simulator.ariUrl, '').catch(String)).to.contain('400');

    const byKey = ariClient(simulator.ariUrl, { authorization: null });
    const params = { api_key: 'dialgate:not a secret: tests only' };
    expect((await byKey.ask('GET', '/channels', { params })).status).to.equal(200);
    byKey.close();
  });
});
