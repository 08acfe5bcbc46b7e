import { patience, slowness } from '@dialgate/testing';
import { expect } from 'chai';
import type { Setting } from './support.js';
import { ariClient, eventually, lasting, openEars, setting } from './support.js';

const RINGS_FOR_EVER = 'PJSIP/33100000006@trunk';

describe('faults', () => {
  let here: Setting;
  beforeEach(async () => (here = await setting()));
  afterEach(() => here.close());

  describe('of requests', () => {
    it('answers what it is told to, as often as it is told to', async () => {
      const { client, simulator } = here;
      const fault = { kind: 'answer', status: 500, body: { error: 'Allocation failed' } } as const;
      const laid = simulator.faults.onRequest({ request: 'create', times: 2, fault });
      const statuses = [];
      for (const id of ['a', 'b', 'c']) statuses.push((await client.create(id, RINGS_FOR_EVER)).status);
      expect(statuses).to.deep.equal([500, 500, 200]);
      expect(laid.hits()).to.equal(2);
      expect(simulator.liveChannels()).to.equal(1);
    });

    it('loses the reply of what it did, and drops what it did not', async () => {
      const { client, simulator, ears } = here;
      simulator.faults.onRequest({ request: 'create', fault: { kind: 'lose-reply' } });
      expect(await client.create('done', RINGS_FOR_EVER).catch(String)).to.match(/hang up|ECONNRESET/);
      await ears.untilHeard('done', 'StasisStart');

      simulator.faults.onRequest({ when: ({ channelId }) => channelId === 'not', fault: { kind: 'drop' } });
      expect(await client.create('not', RINGS_FOR_EVER).catch(String)).to.match(/hang up|ECONNRESET/);
      expect(simulator.ledger.channel('not')).to.equal(null);
      expect((await client.create('not', RINGS_FOR_EVER)).status).to.equal(200);
    });

    it('does late what it delays, and at once what it only answers slowly', async () => {
      const { client, simulator } = here;
      simulator.faults.onRequest({ request: 'create', fault: { kind: 'delay', ms: patience(300) } });
      const delayed = client.create('delayed', RINGS_FOR_EVER);
      const other = ariClient(simulator.ariUrl);
      expect((await other.ask('GET', '/channels/delayed')).status).to.equal(404);
      expect((await delayed).status).to.equal(200);

      const slowReply = { kind: 'slow-reply', ms: patience(300) } as const;
      const laid = simulator.faults.onRequest({ request: 'create', fault: slowReply });
      const slow = client.create('slow', RINGS_FOR_EVER);
      await eventually(() => expect(laid.hits()).to.equal(1));
      expect((await other.ask('GET', '/channels/slow')).status).to.equal(200);
      expect((await slow).status).to.equal(200);
      other.close();
    });

    it('hangs for ever, having done it or not', async () => {
      const { simulator } = here;
      for (const executed of [true, false]) {
        const laid = simulator.faults.onRequest({ request: 'create', fault: { kind: 'hang', executed } });
        const patient = ariClient(simulator.ariUrl);
        let answered = false;
        const answer = patient.create(`hung-${executed}`, RINGS_FOR_EVER).then(
          () => (answered = true),
          () => undefined,
        );
        await eventually(() => expect(laid.hits()).to.equal(1));
        expect(simulator.ledger.channel(`hung-${executed}`) !== null).to.equal(executed);
        expect(answered).to.equal(false);
        simulator.faults.cutConnections();
        await answer;
        patient.close();
      }
    });

    it('strikes by chance, the same way for the same seed', async () => {
      const pattern = async (seed: number): Promise<string> => {
        const { client, simulator, close } = await setting({ seed });
        const fault = { kind: 'answer', status: 503 } as const;
        simulator.faults.onRequest({ request: 'ping', times: Infinity, probability: 0.5, fault });
        let seen = '';
        for (let round = 0; round < 40; round += 1) {
          seen += (await client.ask('GET', '/asterisk/ping')).status === 503 ? 'x' : '.';
        }
        await close();
        return seen;
      };
      const first = await pattern(7);
      expect(first).to.match(/x/).and.match(/\./);
      expect(await pattern(7)).to.equal(first);
      expect(await pattern(8)).not.to.equal(first);
    });
  });

  describe('of events', () => {
    it('drops, doubles and delays', async () => {
      const { call, ears, client, simulator } = here;
      simulator.faults.onEvent({ when: ({ body }) => body.type === 'StasisEnd', fault: { kind: 'drop' } });
      simulator.faults.onEvent({ when: ({ body }) => body.dialstatus === 'RINGING', fault: { kind: 'duplicate' } });
      simulator.faults.onEvent({
        when: ({ body }) => body.type === 'ChannelHangupRequest',
        fault: { kind: 'delay', ms: 30 },
      });
      await call('bent', RINGS_FOR_EVER);
      await eventually(() => expect(ears.of('bent').filter((what) => what === 'Dial RINGING')).to.have.length(2));
      await client.hangUp('bent');
      await ears.untilHeard('bent', 'ChannelHangupRequest');
      expect(ears.of('bent').slice(-2)).to.deep.equal(['ChannelDestroyed', 'ChannelHangupRequest']);
      expect(ears.of('bent')).not.to.include('StasisEnd');
    });

    it('lets the next one overtake, once', async () => {
      const { call, ears, client, simulator } = here;
      simulator.faults.onEvent({ when: ({ body }) => body.type === 'StasisEnd', fault: { kind: 'reorder' } });
      await call('mixed', RINGS_FOR_EVER);
      await client.hangUp('mixed');
      await ears.untilHeard('mixed', 'StasisEnd');
      expect(ears.of('mixed').slice(-2)).to.deep.equal(['ChannelDestroyed', 'StasisEnd']);
    });
  });

  describe('of the network', () => {
    it('freezes: no reply, no event, no pong, until the thaw brings all of it', async () => {
      const { call, ears, client, simulator } = here;
      await call('cold', RINGS_FOR_EVER, { dial: false });
      simulator.faults.freeze();
      const before = ears.heard.length;
      let answered = false;
      const dial = client.dial('cold', 1).then(({ status }) => (answered = status === 204));
      ears.socket.ping();
      const late = openEars(simulator.ariUrl, 'late');
      const stranger = ariClient(simulator.ariUrl);
      void stranger.ask('GET', '/channels').catch(String);
      await lasting(60); // silence can only be shown by listening to it for a while
      expect([answered, ears.pongs(), ears.heard.length]).to.deep.equal([false, 0, before]);

      simulator.faults.thaw();
      await dial;
      await late;
      await ears.untilHeard('cold', 'ChannelDestroyed');
      await eventually(() => expect(ears.pongs()).to.equal(1));
      stranger.close();
    });

    it('holds back the events of calls that live on in the cold', async () => {
      const { call, ears, simulator } = here;
      await call('long', RINGS_FOR_EVER, { timeout: 2 });
      simulator.faults.freeze();
      await eventually(() => expect(simulator.ledger.channel('long')?.ended).not.to.equal(null));
      expect(ears.of('long')).not.to.include('ChannelDestroyed');
      simulator.faults.thaw();
      await ears.untilHeard('long', 'ChannelDestroyed');
    });

    it('lets what waited in the cold die with its Asterisk', async () => {
      const { client, simulator } = here;
      simulator.faults.freeze();
      const frozen = client.create('frozen', RINGS_FOR_EVER).catch(String);
      const other = ariClient(simulator.ariUrl);
      await lasting(20); // for the request to arrive
      await simulator.restart('kill');
      expect(await frozen).to.match(/hang up|ECONNRESET/);
      simulator.faults.thaw();
      expect((await other.ask('GET', '/channels/frozen')).status).to.equal(404);
      expect(simulator.ledger.channel('frozen')).to.equal(null);
      other.close();
    });

    it('keeps in the ledger what was told to nobody', async () => {
      const { call, client, simulator } = here;
      const told = () => {
        const record = simulator.ledger.channel('told');
        return [record?.ringingTold, record?.answerTold, record?.ended?.told];
      };
      await call('told', 'PJSIP/33100000002@trunk');
      await eventually(() => expect(told()).to.deep.equal([true, true, undefined]));
      simulator.faults.cutSockets();
      expect((await client.hangUp('told')).status).to.equal(204);
      await eventually(() => expect(told()).to.deep.equal([true, true, false]));
    });

    it('refuses connections and takes them again', async () => {
      const { simulator } = here;
      simulator.faults.refuseConnections();
      simulator.faults.cutConnections();
      const stranger = ariClient(simulator.ariUrl);
      expect(await stranger.ask('GET', '/channels').catch(String)).to.contain('ECONNREFUSED');
      await simulator.faults.acceptConnections();
      expect((await stranger.ask('GET', '/channels')).status).to.equal(200);
      stranger.close();
    });

    it('is not there yet: an HTML 404, then a 503', async () => {
      const { client, simulator } = here;
      simulator.faults.setPhase('starting');
      const early = await client.ask('GET', '/channels');
      expect([early.status, early.type]).to.deep.equal([404, 'text/html']);
      expect(await openEars(simulator.ariUrl, 'gw').catch(String)).to.contain('404');

      simulator.faults.setPhase('not-booted');
      const booting = await client.ask('GET', '/channels');
      expect([booting.status, booting.body.message]).to.deep.equal([503, 'Asterisk not booted']);
      expect(await openEars(simulator.ariUrl, 'gw').catch(String)).to.contain('503');

      await simulator.faults.clear();
      expect((await client.ask('GET', '/channels')).status).to.equal(200);
    });
  });
});

describe('restart', () => {
  let here: Setting;
  beforeEach(async () => (here = await setting()));
  afterEach(() => here.close());

  it('in good order ends every call with events, then everything is new', async () => {
    const { call, ears, simulator, client } = here;
    const started = await startupTime();
    await call('up', 'PJSIP/33100000002@trunk');
    await call('ringing', RINGS_FOR_EVER);
    await ears.untilHeard('up', 'ChannelStateChange Up');
    await client.continueAt('up', 'long');

    await simulator.restart('graceful');
    for (const id of ['up', 'ringing']) {
      expect(await ears.untilHeard(id, 'ChannelHangupRequest')).to.include({ cause: 4, soft: true });
      expect(await ears.untilHeard(id, 'ChannelDestroyed')).to.include({ cause: 0, cause_txt: 'Unknown' });
    }
    await eventually(() => expect(ears.closedWith()).to.equal(1006));
    expect((await client.ask('GET', '/channels/up')).body).to.deep.equal({ message: 'Channel not found' });
    expect((await client.ask('GET', '/applications/gw')).status).to.equal(404);
    expect(await startupTime()).to.be.greaterThan(started);
  });

  it('by force says nothing: sockets end with 1006, calls are gone', async () => {
    const { call, ears, simulator, client } = here;
    await call('gone', RINGS_FOR_EVER);
    await ears.untilHeard('gone', 'Dial RINGING');
    const heard = ears.heard.length;
    await simulator.restart('kill');
    await eventually(() => expect(ears.closedWith()).to.equal(1006));
    expect(ears.heard).to.have.length(heard);
    expect((await client.ask('GET', '/channels')).body).to.deep.equal([]);
    expect(simulator.ledger.channel('gone')?.ended).to.include({ by: 'asterisk' });
  });

  it('is refused, then an HTML 404, then 503, before it is back on the same port', async () => {
    // Each state lasts until it has been seen.
    const { simulator, close } = await setting({ speed: 2 / slowness() });
    const seen: string[] = [];
    const restarting = { over: false };
    void simulator.restart('kill').then(() => (restarting.over = true));
    while (!restarting.over) {
      const probe = ariClient(simulator.ariUrl);
      const answer = await probe.ask('GET', '/channels').then(
        ({ status, type }) => `${status} ${type}`,
        (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'lost',
      );
      if (seen.at(-1) !== answer) seen.push(answer);
      probe.close();
    }
    expect(seen.slice(0, 3)).to.deep.equal(['ECONNREFUSED', '404 text/html', '503 application/json']);
    await close();
  });

  async function startupTime(): Promise<number> {
    const { body } = await here.client.ask('GET', '/asterisk/info', { params: { only: 'status' } });
    return Date.parse((body.status as { startup_time: string }).startup_time);
  }
});
