import { expect } from 'chai';
import nock from 'nock';
import { openAriClient, type AriClient } from '../src/ari/client.js';
import { wantedEvents } from '../src/ari/events.js';

nock.restore(); // It takes hold of every request of the process when it is loaded; other files' tests shall have theirs.

const HOST = 'http://pbx.test:8088';
const HTML = '<html><body>Something in between</body></html>';
const CHANNEL = 'a call.1/2';
const PATH = '/ari/channels/a%20call.1%2F2';

/** What Asterisk answers over HTTP, and what that says about the request: see AriReply. Sockets: ari-sockets.test.ts. */
describe('the ARI client', () => {
  let ari: AriClient;
  before(() => {
    nock.activate();
    nock.disableNetConnect();
  });
  beforeEach(() => (ari = openAriClient({ url: `${HOST}/ari`, username: 'gateway', password: 'p:ss' })));
  afterEach(() => {
    ari.close();
    const unused = nock.pendingMocks();
    nock.cleanAll();
    expect(unused).to.deep.equal([]);
  });
  after(() => {
    nock.enableNetConnect();
    nock.restore();
  });

  const asterisk = () =>
    nock(HOST).matchHeader('authorization', `Basic ${Buffer.from('gateway:p:ss').toString('base64')}`);
  const json = { 'content-type': 'application/json' };

  describe('asks', () => {
    it('for a channel, with its variables', async () => {
      const variables = { DG_ORDER: '7', 'CONNECTEDLINE(num)': '+33123456789' };
      asterisk()
        .post('/ari/channels/create', { variables })
        .query({ endpoint: 'PJSIP/+33100000001@trunk', app: 'cc-1', channelId: CHANNEL })
        .reply(200, { id: CHANNEL }, json);
      const wanted = { id: CHANNEL, endpoint: 'PJSIP/+33100000001@trunk', app: 'cc-1', variables };
      expect(await ari.createChannel(wanted)).to.deep.equal({ kind: 'ok', status: 200, body: { id: CHANNEL } });
    });

    it('for a dial, whose ring time is in seconds', async () => {
      asterisk().post(`${PATH}/dial`).query({ timeout: 30 }).reply(204);
      expect(await ari.dial(CHANNEL, 30, 3_000)).to.deep.equal({ kind: 'ok', status: 204, body: '' });
    });

    it('for a place in the dialplan', async () => {
      const destination = { context: 'outbound-ivr', extension: 's', priority: 1 };
      asterisk().post(`${PATH}/continue`).query(destination).reply(204);
      expect((await ari.continueInDialplan(CHANNEL, destination)).kind).to.equal('ok');
    });

    it('for a hangup, without a reason', async () => {
      asterisk().delete(PATH).query({}).reply(204);
      expect((await ari.hangUp(CHANNEL)).kind).to.equal('ok');
    });

    it('for what it wants to know', async () => {
      asterisk()
        .get(`${PATH}/variable`)
        .query({ variable: 'DIALPLAN_EXISTS(a,b,1)' })
        .reply(200, { value: '1' }, json)
        .get(PATH)
        .reply(200, { id: CHANNEL }, json)
        .get('/ari/channels')
        .reply(200, [{ id: CHANNEL }], json)
        .get('/ari/asterisk/info')
        .reply(200, { system: { version: '22.10.1' } }, json);
      expect(await ari.readVariable(CHANNEL, 'DIALPLAN_EXISTS(a,b,1)')).to.deep.include({ body: { value: '1' } });
      expect(await ari.channel(CHANNEL)).to.deep.include({ kind: 'ok', body: { id: CHANNEL } });
      expect(await ari.channels()).to.deep.include({ kind: 'ok', body: [{ id: CHANNEL }] });
      expect(await ari.info()).to.deep.include({ kind: 'ok', body: { system: { version: '22.10.1' } } });
    });

    it('for the events that it reads, and no others', async () => {
      const allowed = wantedEvents(false).map((type) => ({ type }));
      asterisk().put('/ari/applications/cc-1/eventFilter', { allowed }).reply(200, { name: 'cc-1' }, json);
      expect((await ari.filterEvents('cc-1')).kind).to.equal('ok');
    });

    it('asks for variables only where results are among them', () => {
      expect(wantedEvents(false)).not.to.include('ChannelVarset');
      expect(wantedEvents(true)).to.include('ChannelVarset').and.to.include.members(wantedEvents(false));
    });
  });

  describe('is answered', () => {
    const { kind, why } = { kind: 'refused', why: 'not_booted' };
    const answers: [status: number, body: string | object, type: string, reply: object, what: string][] = [
      [200, { id: 'x' }, 'application/json', { kind: 'ok', status: 200, body: { id: 'x' } }, 'yes'],
      [200, { id: 'x' }, 'text/plain', { kind: 'ok', status: 200, body: { id: 'x' } }, 'yes, under a wrong type'],
      [204, '', 'text/plain', { kind: 'ok', status: 204, body: '' }, 'yes, without a word'],
      [
        400,
        { message: 'Endpoint must be specified' },
        'application/json',
        { kind, status: 400 },
        'a malformed request',
      ],
      [404, { message: 'Channel not found' }, 'application/json', { kind, status: 404 }, 'gone'],
      [409, { message: 'Channel not in Stasis application' }, 'application/json', { kind, status: 409 }, 'elsewhere'],
      [412, { message: 'Channel in invalid state' }, 'application/json', { kind, status: 412 }, 'not yet'],
      [500, { error: 'Allocation failed' }, 'application/json', { kind, status: 500 }, 'no room'],
      [409, { message: 7 }, 'application/json', { kind, status: 409, message: '' }, 'no, and nothing readable'],
      [400, HTML, 'text/html', { kind, status: 400, message: '' }, 'a malformed request, by the web server itself'],
      [
        401,
        { message: 'Authentication required' },
        'application/json',
        { kind: 'not_reached', why: 'unauthorized' },
        '401',
      ],
      [401, HTML, 'text/html', { kind: 'not_reached', why: 'unauthorized' }, '401 by somebody in between'],
      [403, { message: 'Write access denied' }, 'application/json', { kind: 'not_reached', why: 'forbidden' }, '403'],
      [404, HTML, 'text/html', { kind: 'not_reached', why }, 'with a page before the modules are there'],
      [503, { message: 'Asterisk not booted' }, 'application/json', { kind: 'not_reached', why }, 'not booted'],
      [503, HTML, 'text/html', { kind: 'not_reached', why }, '503 with a page'],
      // A proxy's words for "I asked, and nothing sensible came back": Asterisk may be dialling.
      [500, HTML, 'text/html', { kind: 'unknown', why: 'HTTP 500' }, 'a page that is not Asterisk’s'],
      [502, HTML, 'text/html', { kind: 'unknown', why: 'HTTP 502' }, 'that a proxy lost it'],
      [504, '', 'text/plain', { kind: 'unknown', why: 'HTTP 504' }, 'that a proxy waited in vain'],
      [200, HTML, 'text/html', { kind: 'unknown', why: 'HTTP 200' }, 'with a page of somebody in between'],
      [200, '{"id":"x', 'application/json', { kind: 'unknown', why: 'HTTP 200' }, 'with JSON that breaks off'],
      [200, 'null', 'application/json', { kind: 'unknown', why: 'HTTP 200' }, 'with JSON that says nothing'],
    ];
    for (const [status, body, type, reply, what] of answers) {
      it(`${what} (${status} ${type})`, async () => {
        asterisk().post(`${PATH}/dial`).query(true).reply(status, body, { 'content-type': type });
        expect(await ari.dial(CHANNEL, 30, 3_000)).to.deep.include(reply);
      });
    }

    it('a refusal in Asterisk’s words, under either key', async () => {
      asterisk().delete(PATH).reply(500, { error: 'Allocation failed' }, json);
      expect(await ari.hangUp(CHANNEL)).to.include({ message: 'Allocation failed' });
      asterisk().delete(PATH).reply(404, { message: 'Channel not found' }, json);
      expect(await ari.hangUp(CHANNEL)).to.include({ message: 'Channel not found' });
    });

    for (const status of [301, 302, 307, 308]) {
      it(`that it is elsewhere, and does not go there (${status})`, async () => {
        asterisk()
          .delete(PATH)
          .reply(status, '', { location: `${HOST}/elsewhere` });
        const there = nock(HOST).delete('/elsewhere').reply(204);
        expect(await ari.hangUp(CHANNEL)).to.deep.equal({ kind: 'refused', status, message: '' });
        expect(there.isDone()).to.equal(false);
        nock.cleanAll();
      });
    }
  });

  describe('is not answered', () => {
    for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']) {
      it(`and was never heard: ${code}`, async () => {
        asterisk()
          .delete(PATH)
          .replyWithError(Object.assign(new Error('no'), { code }));
        expect(await ari.hangUp(CHANNEL)).to.deep.equal({ kind: 'not_reached', why: 'unreachable' });
      });
    }
    for (const code of ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EPROTO']) {
      it(`and may have been heard: ${code}`, async () => {
        asterisk()
          .delete(PATH)
          .replyWithError(Object.assign(new Error('no'), { code }));
        expect(await ari.hangUp(CHANNEL)).to.deep.equal({ kind: 'unknown', why: code });
      });
    }
    it('and may have been heard: an error without a code', async () => {
      asterisk().delete(PATH).replyWithError('no');
      expect((await ari.hangUp(CHANNEL)).kind).to.equal('unknown');
    });
    it('in time, and may have been heard', async () => {
      asterisk().post(`${PATH}/dial`).query(true).delay(60_000).reply(204);
      expect(await ari.dial(CHANNEL, 30, 50)).to.deep.equal({ kind: 'unknown', why: 'ETIMEDOUT' });
      nock.abortPendingRequests();
    });
  });
});
