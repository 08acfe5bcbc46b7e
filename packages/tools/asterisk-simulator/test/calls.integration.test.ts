import { expect } from 'chai';
import { patience, slowness } from '@dialgate/testing';
import type { Setting } from './support.js';
import { ariClient, eventually, openEars, setting } from './support.js';

const RINGS_FOR_EVER = 'PJSIP/33100000006@trunk';
const ANSWERS_AT_ONCE = 'PJSIP/33100000005@trunk';
const TRYING_ONLY = 'PJSIP/33100000015@trunk';

describe('calls over ARI', () => {
  let here: Setting;
  beforeEach(async () => (here = await setting()));
  afterEach(() => here.close());

  describe('create', () => {
    it('takes its parameters from a JSON body as well', async () => {
      const { client, ears } = here;
      const body = { endpoint: RINGS_FOR_EVER, app: 'gw', channelId: 'body', variables: { A: 'x' } };
      const { status } = await client.ask('POST', '/channels/create', { body });
      expect(status).to.equal(200);
      await ears.untilHeard('body', 'StasisStart');
      expect((await variable('body', 'A')).body).to.deep.equal({ value: 'x' });
    });

    it('shows reported variables as channelvars from StasisStart on, and the connected line', async () => {
      const { client, ears } = here;
      const variables = {
        GW_ID: { value: '7', report_events: true },
        PLAIN: 'no',
        'CONNECTEDLINE(num)': '+331',
        'CONNECTEDLINE(name)': 'Gateway',
      };
      const created = await client.create('vars', RINGS_FOR_EVER, 'gw', { variables });
      expect(created.body).not.to.have.property('channelvars');
      expect(created.body.connected).to.deep.equal({ name: 'Gateway', number: '+331' });
      const start = await ears.untilHeard('vars', 'StasisStart');
      expect(start.channel?.channelvars).to.deep.equal({ GW_ID: '7' });
    });

    for (const [name, value] of [
      ['null', null],
      ['a number', 7],
    ] as const) {
      it(`refuses a variable that is ${name}`, async () => {
        const { status, body } = await here.client.create('v', RINGS_FOR_EVER, 'gw', { variables: { A: value } });
        expect(status).to.equal(400);
        expect(body.message).to.match(/^Each value in 'variables' must be a string or an object/);
      });
    }

    it('refuses what is no endpoint, no body or too much of one', async () => {
      const { client } = here;
      expect((await client.create('x', 'nonsense')).body).to.deep.equal({ message: 'Invalid endpoint specified' });
      const broken = await client.ask('POST', '/channels/create', { raw: '{' });
      expect([broken.status, broken.body.message]).to.deep.equal([400, 'Error parsing request body']);
      const huge = await client.ask('POST', '/channels/create', { raw: JSON.stringify({ a: 'x'.repeat(200_000) }) });
      expect(huge.status).to.equal(413);
      const nowhere = await client.ask('POST', '/channels/create', { body: {} });
      expect(nowhere.body).to.deep.equal({ message: 'Endpoint must be specified' });
      expect((await client.create('x'.repeat(150), RINGS_FOR_EVER)).status).to.equal(400);
    });

    for (const endpoint of ['PJSIP/331@nowhere', 'PJSIP/trunk-nocontact', 'DAHDI/1', 'PJSIP/1&PJSIP/2@trunk']) {
      it(`cannot allocate ${endpoint}`, async () => {
        const { status, body } = await here.client.create('none', endpoint);
        expect([status, body]).to.deep.equal([500, { error: 'Allocation failed' }]);
      });
    }

    it('refuses an id that is alive and takes it again afterwards', async () => {
      const { client, ears, call } = here;
      await call('twice', RINGS_FOR_EVER);
      const again = await client.create('twice', RINGS_FOR_EVER);
      expect([again.status, again.body.message]).to.deep.equal([409, 'Channel with given unique ID already exists']);
      await client.hangUp('twice');
      await ears.untilHeard('twice', 'ChannelDestroyed');
      expect((await client.create('twice', RINGS_FOR_EVER)).status).to.equal(200);
    });

    it('lets one conflict stick to its connection: later failures there are called conflicts too', async () => {
      const { client, simulator, call } = here;
      await call('alive', RINGS_FOR_EVER);
      await client.create('alive', RINGS_FOR_EVER);
      expect((await client.create('new', 'PJSIP/1@nowhere')).status).to.equal(409);
      expect((await client.create('fine', RINGS_FOR_EVER)).status).to.equal(200);
      expect((await client.create('other', 'PJSIP/trunk-nocontact')).status).to.equal(409);

      const elsewhere = ariClient(simulator.ariUrl);
      expect((await elsewhere.create('new', 'PJSIP/1@nowhere')).status).to.equal(500);
      elsewhere.close();
    });

    it('destroys at once what was created for an application that nobody listens to', async () => {
      const { client, simulator } = here;
      expect((await client.create('unheard', RINGS_FOR_EVER, 'nobody')).status).to.equal(200);
      await eventually(async () => expect((await client.ask('GET', '/channels/unheard')).status).to.equal(404));
      expect(simulator.ledger.channel('unheard')?.dials).to.deep.equal([]);
      expect((await client.ask('GET', '/applications/nobody')).status).to.equal(404);
    });
  });

  it('destroys a channel whose application loses its socket before StasisStart', async () => {
    const slow = await setting({ speed: 0.002 / slowness() });
    await slow.client.create('late', RINGS_FOR_EVER);
    slow.simulator.faults.cutSockets('gw');
    expect((await slow.client.ask('GET', '/channels/late')).status).to.equal(200);
    await eventually(async () => expect((await slow.client.ask('GET', '/channels/late')).status).to.equal(404), 10_000);
    expect(slow.simulator.ledger.channel('late')?.ended?.by).to.equal('asterisk');
    await slow.close();
  });

  describe('dial', () => {
    it('is refused before StasisStart and for a channel that is gone', async () => {
      const slow = await setting({ speed: 0.002 / slowness() });
      await slow.client.create('early', RINGS_FOR_EVER);
      const early = await slow.client.dial('early');
      expect([early.status, early.body.message]).to.deep.equal([409, 'Channel not in Stasis application']);
      expect((await slow.client.dial('gone')).status).to.equal(404);
      await slow.close();
    });

    it('is refused once it rings', async () => {
      const { client, ears, call } = here;
      await call('ringing', RINGS_FOR_EVER);
      await ears.untilHeard('ringing', 'ChannelStateChange Ringing');
      const again = await client.dial('ringing');
      expect([again.status, again.body.message]).to.deep.equal([409, "Channel is not in the 'Down' state"]);
    });

    it('a second time before it rings answers 204 and cancels the call: the ledger shows both', async () => {
      const { client, ears, call, simulator } = here;
      await call('call-a.1', TRYING_ONLY);
      expect((await client.dial('call-a.1')).status).to.equal(204);
      await ears.untilHeard('call-a.1', 'ChannelDestroyed');
      expect(simulator.ledger.dialledTwice()).to.deep.equal([
        { what: 'call', key: 'call-a', dials: 2, channelIds: ['call-a.1'] },
        { what: 'number', key: '33100000015', dials: 2, channelIds: ['call-a.1'] },
      ]);
    });

    it('without a timeout rings on', async () => {
      const fast = await setting({ speed: 10_000 });
      await fast.call('patient', RINGS_FOR_EVER, { timeout: 0 });
      await fast.call('hurried', RINGS_FOR_EVER, { timeout: 60 });
      await fast.ears.untilHeard('hurried', 'ChannelDestroyed');
      expect((await fast.client.ask('GET', '/channels/patient')).body.state).to.equal('Ringing');
      await fast.close();
    });
  });

  describe('continue', () => {
    it('is refused before the answer, and when it was done already', async () => {
      const { client, ears, call } = here;
      await call('cont', RINGS_FOR_EVER);
      const early = await client.continueAt('cont');
      expect([early.status, early.body.message]).to.deep.equal([412, 'Channel in invalid state']);

      await call('up', ANSWERS_AT_ONCE);
      await ears.untilHeard('up', 'ChannelStateChange Up');
      expect((await client.continueAt('up', 'wait')).status).to.equal(204);
      const again = await client.continueAt('up', 'wait');
      expect([again.status, again.body.message]).to.deep.equal([409, 'Channel not in Stasis application']);
      expect((await client.continueAt('gone')).status).to.equal(404);
    });

    it('may be done by anybody, also when the application has lost its socket', async () => {
      const { ears, call, simulator } = here;
      await call('orphan', RINGS_FOR_EVER.replace('006', '002'));
      ears.socket.terminate();
      const stranger = ariClient(simulator.ariUrl);
      await eventually(async () => {
        expect((await stranger.ask('GET', '/channels/orphan')).body.state).to.equal('Up');
      });
      expect((await stranger.continueAt('orphan')).status).to.equal(204);
      await eventually(() => expect(simulator.ledger.channel('orphan')?.ended?.by).to.equal('dialplan'));
      expect(simulator.ledger.channel('orphan')?.continued?.extension).to.equal('s');
      stranger.close();
    });

    it('takes the cause that the dialplan hangs up with', async () => {
      const { client, ears, call } = here;
      await call('hc', ANSWERS_AT_ONCE);
      await ears.untilHeard('hc', 'ChannelStateChange Up');
      await client.continueAt('hc', 'hc27');
      expect(await ears.untilHeard('hc', 'ChannelDestroyed')).to.include({ cause: 27 });
    });
  });

  describe('delete', () => {
    it('of a channel that was never dialled says 16 with SIP 603, which is no outcome', async () => {
      const { client, ears, call } = here;
      await call('never', RINGS_FOR_EVER, { dial: false });
      await client.hangUp('never');
      expect(await ears.untilHeard('never', 'ChannelDestroyed')).to.include({ cause: 16, tech_cause: 603 });
      expect(await ears.untilHeard('never', 'ChannelHangupRequest')).to.include({ cause: 32, soft: true });
    });

    for (const [params, cause, techCause] of [
      [{ reason: 'no_answer' }, 19, 480],
      [{ reason: 'answered_elsewhere' }, 26, undefined],
      [{ reason: 'failure' }, 38, 500],
      [{ reason_code: 200 }, 200, undefined],
      [{ reason_code: 0 }, 16, undefined],
    ] as const) {
      it(`with ${JSON.stringify(params)} sets cause ${cause}`, async () => {
        const { client, ears, call } = here;
        await call('d', RINGS_FOR_EVER);
        expect((await client.hangUp('d', params)).status).to.equal(204);
        const { cause: heard, tech_cause } = await ears.untilHeard('d', 'ChannelDestroyed');
        expect([heard, tech_cause]).to.deep.equal([cause, techCause]);
      });
    }

    it('refuses reasons it does not know, two at once, and channels that are gone', async () => {
      const { client, call } = here;
      await call('d', RINGS_FOR_EVER);
      expect((await client.hangUp('d', { reason: 'whim' })).status).to.equal(400);
      expect((await client.hangUp('d', { reason_code: 'text' })).status).to.equal(400);
      expect((await client.hangUp('d', { reason: 'busy', reason_code: 17 })).status).to.equal(400);
      expect((await client.hangUp('gone')).body).to.deep.equal({ message: 'Channel not found' });
    });
  });

  describe('the far end', () => {
    it('of a Local channel that goes on to a trunk is BUSY at once, the channel lives on for ten seconds', async () => {
      const { ears, call, simulator } = here;
      await call('freepbx', 'Local/33100000486@from-internal/n');
      await ears.untilHeard('freepbx', 'Dial BUSY');
      expect(ears.of('freepbx')).not.to.include('ChannelDestroyed');
      expect(await ears.untilHeard('freepbx', 'ChannelDestroyed')).to.include({ cause: 17 });
      const { dials, ended } = simulator.ledger.channel('freepbx')!;
      expect((ended!.at - dials[0]!.at) * 20).to.be.within(9_000, patience(13_000));
    });

    it('of a Local channel that is longer busy than it may ring ends by the ring timeout', async () => {
      const { ears, call } = here;
      await call('short', 'Local/33100000486@from-internal', { timeout: 5 });
      expect(await ears.untilHeard('short', 'ChannelDestroyed')).to.include({ cause: 19 });
      expect(ears.of('short')).to.include('Dial BUSY');
    });

    it('redirects with 302: three Dial CANCEL, and nobody follows', async () => {
      const { ears, call } = here;
      await call('moved', 'PJSIP/33100000302@trunk');
      expect(await ears.untilHeard('moved', 'ChannelDestroyed')).to.include({ cause: 23, tech_cause: 302 });
      expect(ears.of('moved').filter((what) => what === 'Dial CANCEL')).to.have.length(3);
    });

    it('hangs up with the cause of its Reason header', async () => {
      const { client, ears, call } = here;
      await call('reason', 'PJSIP/33100000011@trunk');
      await ears.untilHeard('reason', 'ChannelStateChange Up');
      await client.continueAt('reason', 'long');
      expect(await ears.untilHeard('reason', 'ChannelDestroyed')).to.include({ cause: 31, tech_cause: 480 });
    });

    it('of any other number is a friendly person', async () => {
      const { client, ears, call, simulator } = here;
      await call('friend', 'PJSIP/+4915112345678@trunk');
      await ears.untilHeard('friend', 'ChannelStateChange Up');
      expect(ears.of('friend')).to.include('Dial RINGING');
      await client.continueAt('friend', 'long');
      await ears.untilHeard('friend', 'ChannelDestroyed');
      expect(simulator.ledger.channel('friend')?.ended?.by).to.equal('callee');
    });

    it('may be reached through trunks and contexts of other names', async () => {
      const other = await setting({ trunks: { carrier: 'works' }, localContexts: { 'out-bound': 'trunk' } });
      await other.call('a', 'PJSIP/33100000486@carrier');
      await other.call('b', 'Local/33100000404@out-bound');
      expect(await other.ears.untilHeard('a', 'ChannelDestroyed')).to.include({ cause: 17, tech_cause: 486 });
      expect(await other.ears.untilHeard('b', 'ChannelDestroyed')).to.include({ cause: 1 });
      await other.close();
    });
  });

  describe('questions', () => {
    it('lists channels, both halves of a Local one', async () => {
      const { client, call } = here;
      await call('one', RINGS_FOR_EVER);
      await call('half', 'Local/noanswer@test');
      const channels = (await client.ask('GET', '/channels')).body as unknown as { id: string; name: string }[];
      expect(channels.map(({ name }) => name.replace(/-[0-9a-f]{8}/, ''))).to.deep.equal([
        'PJSIP/trunk',
        'Local/noanswer@test;1',
        'Local/noanswer@test;2',
      ]);
      expect((await client.ask('GET', `/channels/${channels[2]!.id}`)).status).to.equal(200);
    });

    it('knows which places of the dialplan exist, before the dial', async () => {
      await here.call('ask', RINGS_FOR_EVER, { dial: false });
      for (const [place, answer] of [
        ['outbound-ivr,s,1', '1'],
        ['outbound-ivr,s,5', '1'],
        ['outbound-ivr,s,6', '0'],
        ['outbound-ivr,hc17,3', '1'],
        ['outbound-ivr,nosuch,1', '0'],
        ['constructor,s,1', '0'],
      ]) {
        expect((await variable('ask', `DIALPLAN_EXISTS(${place})`)).body).to.deep.equal({ value: answer });
      }
      expect((await variable('ask', 'NOTHING')).status).to.equal(404);
      expect((await variable('gone', 'NOTHING')).body).to.deep.equal({ message: 'Channel not found' });
    });

    it('says what it is, in the sections that were asked for', async () => {
      const { client } = here;
      const { body } = await client.ask('GET', '/asterisk/info', { params: { only: 'status,system' } });
      expect(body).to.have.all.keys('status', 'system');
      expect(body.system).to.include({ version: '22.10.1' });
      expect((await client.ask('GET', '/asterisk/ping')).body.ping).to.equal('pong');
    });

    it('refuses unknown paths and methods as ARI does', async () => {
      const { client } = here;
      const unknown = await client.ask('GET', '/nonsense');
      expect([unknown.status, unknown.body.message]).to.deep.equal([404, 'Resource not found']);
      expect((await client.ask('DELETE', '/channels')).body).to.deep.equal({ message: 'Invalid method' });
      expect((await client.ask('GET', '/../outside')).type).to.equal('text/html');
    });
  });

  function variable(channelId: string, name: string) {
    return here.client.ask('GET', `/channels/${channelId}/variable`, { params: { variable: name } });
  }

  it('carries many calls at once, each to its end, none dialled twice', async () => {
    const { client, simulator } = here;
    const busy = await openEars(simulator.ariUrl, 'many');
    const ids = Array.from({ length: 500 }, (_, index) => `many-${index}.1`);
    const started = new Set<string>();
    busy.socket.on('message', (data) => {
      const event = JSON.parse(data.toString()) as { type: string; channel?: { id: string; state: string } };
      const id = event.channel?.id ?? '';
      if (event.type === 'StasisStart' && !started.has(id)) {
        started.add(id);
        void client.dial(id);
      }
      if (event.type === 'ChannelStateChange' && event.channel?.state === 'Up') void client.continueAt(id);
    });
    for (const [index, id] of ids.entries()) {
      await client.create(id, `PJSIP/3310000${String(index)}${index % 4 === 0 ? '486' : '002'}@trunk`, 'many');
    }
    await eventually(() => expect(simulator.liveChannels()).to.equal(0), 15_000);
    expect(ids.filter((id) => simulator.ledger.channel(id)?.ended?.cause === 17)).to.have.length(125);
    expect(ids.filter((id) => simulator.ledger.channel(id)?.ended?.cause === 16)).to.have.length(375);
    expect(simulator.ledger.dialledTwice()).to.deep.equal([]);
    expect(simulator.ledger.invites().total).to.equal(500);
  });
});
