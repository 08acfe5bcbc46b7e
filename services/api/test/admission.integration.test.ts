import { windowThatIsClosed } from '@dialgate/testing';
import { expect } from 'chai';
import { fieldsOf, startApi, type Api, type Answer } from './api.js';

const PATH = '/api/v2/interaction/+33100000001';

/** A fresh installation: the test settings' open lists are taken back. */
const FRESH = { ALLOWED_CONTEXTS: '', ALLOWED_EXTENSIONS: '', ALLOWED_PRIORITIES: '', ALLOWED_CALLER_IDS: '' };

function expectRefused(answer: Answer, code: string, title: string, field: string, family?: string): void {
  expect(answer.status, answer.text).to.equal(422);
  expect(answer.body).to.include({ code, title, type: `urn:dialgate:problem:${code}` });
  expect(answer.body.family).to.equal(family);
  expect(fieldsOf(answer)).to.deep.equal([field]);
}

describe('asking a fresh installation for a call', () => {
  let api: Api;
  before(async () => (api = await startApi({ ...FRESH, DEFAULT_CALLER_ID: '"Desk" <+33199999999>' })));
  after(() => api.stop());

  const ask = (json: object, headers: Record<string, string> = {}) => api.send('POST', PATH, { json, headers });

  it('is refused every place in the dialplan and every caller ID but the configured ones, each by a code of its own', async () => {
    expectRefused(await ask({ context: 'sales' }), 'context_not_allowed', 'Context not allowed', 'body.context');
    expectRefused(await ask({ extension: '100' }), 'extension_not_allowed', 'Extension not allowed', 'body.extension');
    expectRefused(await ask({ priority: 2 }), 'priority_not_allowed', 'Priority not allowed', 'body.priority');
    const spoofed = await ask({ caller_id: '"Desk" <+33188888888>' });
    expectRefused(spoofed, 'caller_id_not_allowed', 'Caller ID not allowed', 'body.caller_id');
    const right = { context: 'outbound-ivr', extension: 's', priority: 1, caller_id: '"Anybody" <+33199999999>' };
    expect((await ask(right)).status).to.equal(202);
    expect(await api.tables.sql('SELECT 1 FROM calls')).to.have.lengthOf(1);
  });

  it('goes by the lists that an admin has given its user, from the next request on', async () => {
    const user = await api.addUser('operator');
    const { users } = api.tables.database;
    const send = (json: object) => api.send('POST', PATH, { json, token: api.tokenOf(user.id) });
    const own = { contexts: ['sales'], extensions: ['100', '*97'], priorities: ['3'], callerIds: ['+33188888888'] };
    await users.allow(user.username, own);
    expect((await send({ context: 'outbound-ivr' })).body.code).to.equal('context_not_allowed');
    expect((await send({ caller_id: '+33199999999' })).body.code).to.equal('caller_id_not_allowed');
    expect((await send({ context: 'sales', extension: '*97', caller_id: '+33188888888' })).status).to.equal(202);

    const { body } = await send({});
    const [row] = await api.tables.sql<object>('SELECT * FROM calls WHERE id = $1', [body.call_id]);
    expect(row).to.include({ context: 'sales', extension: '100', priority: 3, caller_id: '+33188888888' });

    await users.allow(user.username, { contexts: null, extensions: null, priorities: null, callerIds: [] });
    expect((await send({ context: 'sales' })).body.code).to.equal('context_not_allowed');
    const silent = await send({});
    const [plain] = await api.tables.sql<object>('SELECT * FROM calls WHERE id = $1', [silent.body.call_id]);
    expect(plain).to.include({ context: 'outbound-ivr', extension: 's', priority: 1, caller_id: null });
  });

  it('is refused for whoever is on the do-not-call list, and not after they are off it', async () => {
    const { doNotCall } = api.tables.database;
    await doNotCall.add([{ number: '+33100000001', reason: null, addedAt: null, source: 'test' }]);
    const title = 'On the do-not-call list';
    expectRefused(await ask({}), 'do_not_call', title, 'path.number', 'destination_refused');
    const trunkPrefix = await api.send('POST', '/api/v2/interaction/+330100000001');
    expectRefused(trunkPrefix, 'do_not_call', title, 'path.number', 'destination_refused');
    await doNotCall.remove('+33100000001');
    expect((await ask({})).status).to.equal(202);
  });

  it('gets its first answer again under its key, whatever is forbidden since', async () => {
    const key = { 'idempotency-key': 'again' };
    const { doNotCall } = api.tables.database;
    const first = await ask({}, key);
    expect(first.status).to.equal(202);
    await doNotCall.add([{ number: '+33100000001', reason: null, addedAt: null, source: 'test' }]);
    const again = await ask({}, key);
    expect(again.status, again.text).to.equal(202);
    expect(again.headers['idempotency-replayed']).to.equal('true');
    expect(again.text).to.equal(first.text);
    expect((await ask({ metadata: 1 }, key)).body.code).to.equal('idempotency_key_reused');
    const other = { 'idempotency-key': 'other' };
    expect((await ask({}, other)).body.code).to.equal('do_not_call');
    await doNotCall.remove('+33100000001');
    const fresh = await ask({}, other);
    expect(fresh.status).to.equal(202);
    expect(fresh.headers).not.to.have.property('idempotency-replayed');
  });
});

describe('asking for a call outside the calling window', () => {
  const { settings, number } = windowThatIsClosed();
  let api: Api;
  before(async () => (api = await startApi(settings)));
  after(() => api.stop());

  it('is refused, and told when to come back', async () => {
    const answer = await api.send('POST', `/api/v2/interaction/${number}`);
    const title = 'Outside the calling window';
    expectRefused(answer, 'outside_calling_window', title, 'path.number', 'destination_refused');
    expect(Number(answer.headers['retry-after'])).to.be.within(6_600, 7_200);
  });
});
