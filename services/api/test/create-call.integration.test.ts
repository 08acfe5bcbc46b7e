import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { fieldsOf, startApi, type Api, type Answer } from './api.js';

describe('asking for a call', () => {
  let api: Api;
  before(
    async () => (api = await startApi({ ALLOWED_CONTEXTS: 'outbound-ivr,sales', DEFAULT_CALLER_ID: '+33199999999' })),
  );
  after(() => api.stop());

  const calls = (where = 'true') =>
    api.tables.sql<Record<string, unknown>>(`SELECT * FROM calls WHERE ${where} ORDER BY created_at`);
  const countCalls = async () => (await calls()).length;

  function expectRefused(answer: Answer, status: number, code: string, field?: string): void {
    expect(answer.status, answer.text).to.equal(status);
    expect(answer.headers['content-type']).to.match(/^application\/problem\+json/);
    expect(answer.body).to.include({ status, code });
    expect(answer.body.request_id).to.equal(answer.headers['x-request-id']);
    if (field !== undefined) expect(fieldsOf(answer)).to.include(field);
  }

  it('is accepted with no body at all, and the row is there before the answer', async () => {
    const answer = await api.send('POST', '/api/v2/interaction/+1234567890');
    expect(answer.status, answer.text).to.equal(202);
    const { call_id, created_at, ...rest } = answer.body as { call_id: string; created_at: string };
    expect(rest).to.deep.equal({
      success: true,
      phone_number: '+1234567890',
      message: 'Call accepted',
      channel: null,
      status: 'pending',
    });
    expect(created_at).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(answer.headers.location).to.equal(`/api/v2/status/${call_id}`);
    expect(answer.headers).not.to.have.property('x-queue');
    const [row] = await calls(`id = '${call_id}'`);
    expect(row).to.deep.include({
      user_id: api.user.id,
      phone_number: '+1234567890',
      context: 'outbound-ivr',
      extension: 's',
      priority: 1,
      ring_timeout_ms: 30_000,
      caller_id: '+33199999999',
      variables: {},
      metadata: null,
    });
  });

  it('writes down everything the client said', async () => {
    const said = {
      context: 'sales',
      extension: '*97',
      priority: 3,
      timeout: 45_000,
      caller_id: '"Support" <+33123456789>',
      variables: { DG_CUSTOMER_ID: '42' },
      expires_in: 60,
      metadata: { order: [1, 'zwei'] },
    };
    const answer = await api.send('POST', '/api/v2/interaction/+33100000001', { json: said });
    expect(answer.status, answer.text).to.equal(202);
    const [row] = await calls(`id = '${String(answer.body.call_id)}'`);
    expect(row).to.deep.include({
      context: 'sales',
      extension: '*97',
      priority: 3,
      ring_timeout_ms: 45_000,
      caller_id: '"Support" <+33123456789>',
      variables: { DG_CUSTOMER_ID: '42' },
      metadata: { order: [1, 'zwei'] },
    });
    expect((row!.expires_at as Date).getTime() - (row!.created_at as Date).getTime()).to.equal(60_000);
  });

  it('takes the number in the body as well', async () => {
    const answer = await api.send('POST', '/api/v2/calls', {
      json: { phone_number: '+33100000002', context: 'sales' },
    });
    expect(answer.status, answer.text).to.equal(202);
    expect(answer.body.phone_number).to.equal('+33100000002');
  });

  it('takes the plus as it is or percent-encoded', async () => {
    const answer = await api.send('POST', '/api/v2/interaction/%2B33100000003', { json: {} });
    expect(answer.status).to.equal(202);
    expect(answer.body.phone_number).to.equal('+33100000003');
  });

  it('takes an empty body whatever kind it is said to be, and UTF-8 said aloud', async () => {
    for (const sending of [
      { raw: '', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      { raw: '', headers: { 'content-type': 'application/json' } },
      { raw: '{}', headers: { 'content-type': 'application/json; charset=UTF-8' } },
    ]) {
      expect((await api.send('POST', '/api/v2/interaction/+33100000001', sending)).status).to.equal(202);
    }
  });

  it('puts the job of an accepted call into the queue behind the answer', async () => {
    const depth = await api.queue.depth();
    await api.send('POST', '/api/v2/interaction/+33100000004');
    await eventually(async () => (await api.queue.depth()) > depth);
  });

  const badNumbers = {
    letters: '+33abc0001',
    'a national number': '0612345678',
    'another channel behind an ampersand': '100&PJSIP/200',
    'the same, encoded': '100%26PJSIP%2F200',
    'a line break': '+33100000001%0d%0aX',
    'a NUL': '%00',
    'Arabic digits': '%D9%A3%D9%A3%D9%A1%D9%A0%D9%A0%D9%A0%D9%A0%D9%A0%D9%A0%D9%A0%D9%A1',
    blanks: '+33%201%2000',
    'too many digits': '+1234567890123456',
    nothing: '',
  };
  for (const [what, number] of Object.entries(badNumbers)) {
    it(`refuses ${what} for a number`, async () => {
      expectRefused(await api.send('POST', `/api/v2/interaction/${number}`), 400, 'invalid_request', 'path.number');
    });
  }

  it('refuses a number in the body that is missing or none', async () => {
    expectRefused(await api.send('POST', '/api/v2/calls', { json: {} }), 400, 'invalid_request', 'body.phone_number');
    for (const phone_number of ['100&PJSIP/200', '', 33_100_000_001, null, '٣٣١٠٠٠٠٠٠٠١', '+33100000001\r\n']) {
      const answer = await api.send('POST', '/api/v2/calls', { json: { phone_number } });
      expectRefused(answer, 400, 'invalid_request', 'body.phone_number');
    }
  });

  it('refuses numbers that the policy refuses', async () => {
    const refusals = {
      '112': ['emergency_number', 'Emergency number'],
      '+911': ['emergency_number', 'Emergency number'],
      '+19005551234': ['premium_number', 'Premium-rate number'],
      '+881612345678': ['satellite_number', 'Satellite number'],
    } as const;
    for (const [number, [code, title]] of Object.entries(refusals)) {
      const answer = await api.send('POST', `/api/v2/interaction/${number}`);
      expectRefused(answer, 422, code, 'path.number');
      expect(answer.body).to.include({ type: `urn:dialgate:problem:${code}`, title, family: 'destination_refused' });
      expect(answer.body.detail).to.match(/never called|not allowed/);
    }
  });

  it('refuses a context that is not allowed, or none at all', async () => {
    const path = '/api/v2/interaction/+33100000001';
    expectRefused(
      await api.send('POST', path, { json: { context: 'from-internal' } }),
      422,
      'context_not_allowed',
      'body.context',
    );
    expectRefused(await api.send('POST', path, { json: { context: 'a,b' } }), 400, 'invalid_request', 'body.context');
  });

  it('refuses variables that are not allowed by name, so that none shadows a global of the dialplan', async () => {
    const before = await countCalls();
    const variables = {
      MIXMON_POST: 'x',
      TRUNK: 'x',
      OUT_1: 'x',
      DIAL_OPTIONS: 'x',
      AMPUSER: 'x',
      dg_order: 'x',
      DG_ORDER: 'x',
    };
    const answer = await api.send('POST', '/api/v2/interaction/+33100000001', { json: { variables } });
    expectRefused(answer, 422, 'variable_not_allowed');
    expect(answer.body.detail).to.include('ALLOWED_VARIABLES');
    expect(fieldsOf(answer)).to.have.members(
      ['MIXMON_POST', 'TRUNK', 'OUT_1', 'DIAL_OPTIONS', 'AMPUSER', 'dg_order'].map((name) => `body.variables.${name}`),
    );
    expect(await countCalls()).to.equal(before);
  });

  it('names a wrong number together with the wrong fields, wherever it stands', async () => {
    const json = { priority: 'x' };
    const inPath = await api.send('POST', '/api/v2/interaction/12ab', { json });
    const inBody = await api.send('POST', '/api/v2/calls', { json: { phone_number: '12ab', ...json } });
    expect(fieldsOf(inPath)).to.have.members(['path.number', 'body.priority']);
    expect(fieldsOf(inBody)).to.have.members(['body.phone_number', 'body.priority']);
  });

  it('names every wrong and every unknown field', async () => {
    const answer = await api.send('POST', '/api/v2/interaction/+33100000001', {
      json: {
        extension: '_hc.',
        priority: 0,
        timeout: '30000',
        caller_id: '"A\r\nX-Evil: 1" <123>',
        variables: { 'PJSIP_HEADER(add,X)': '1', CALLERID: '2', fine: 3 },
        expires_in: 0,
        contextt: 'x',
      },
    });
    expectRefused(answer, 400, 'invalid_request');
    expect(fieldsOf(answer)).to.have.members([
      'body.extension',
      'body.priority',
      'body.timeout',
      'body.caller_id',
      'body.variables.PJSIP_HEADER(add,X)',
      'body.variables.CALLERID',
      'body.variables.fine',
      'body.expires_in',
      'body.contextt',
    ]);
  });

  it('leaves no row behind when it is refused', async () => {
    const before = await countCalls();
    await api.send('POST', '/api/v2/interaction/+33100000001', { json: { priority: 0 } });
    await api.send('POST', '/api/v2/interaction/112');
    expect(await countCalls()).to.equal(before);
  });

  describe('with a body that cannot be read', () => {
    const post = (raw: string | Buffer, headers: Record<string, string> = {}) =>
      api.send('POST', '/api/v2/interaction/+33100000001', {
        raw,
        headers: { 'content-type': 'application/json', ...headers },
      });

    it('says that JSON is malformed', async () => {
      for (const raw of ['{', '{"context":}', '"text"', '1', 'null', '{"a":1}}', "{'a':1}", '\u0000']) {
        expectRefused(await post(raw), 400, 'malformed_json');
      }
    });

    it('refuses a list', async () => expectRefused(await post('[]'), 400, 'invalid_request', 'body'));

    it('refuses more than 64 KB, and a megabyte ahead of reading it', async () => {
      const long = (bytes: number): string => JSON.stringify({ x: 'x'.repeat(bytes - '{"x":""}'.length) });
      expectRefused(await post(long(65_536)), 400, 'invalid_request', 'body.x');
      for (const bytes of [65_537, 1_048_577]) expectRefused(await post(long(bytes)), 413, 'payload_too_large');
    });

    it('survives a body that is nested 30,000 deep', async () => {
      const answer = await post(`{"metadata":${'['.repeat(30_000)}${']'.repeat(30_000)}}`);
      expectRefused(answer, 400, 'invalid_request', 'body.metadata');
    });

    it('refuses other kinds, other encodings and compressed ones', async () => {
      expectRefused(await post('<a/>', { 'content-type': 'application/xml' }), 415, 'unsupported_media_type');
      expectRefused(
        await post('a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
        415,
        'unsupported_media_type',
      );
      expectRefused(
        await post('{}', { 'content-type': 'application/json; charset=latin1' }),
        415,
        'unsupported_media_type',
      );
      expectRefused(await post('{}', { 'content-encoding': 'gzip' }), 415, 'unsupported_media_type');
    });

    it('lets the last of two equal keys count', async () => {
      const answer = await post('{"priority":"wrong","priority":7}');
      expect(answer.status).to.equal(202);
      expect((await calls(`id = '${String(answer.body.call_id)}'`))[0]).to.include({ priority: 7 });
    });

    it('refuses broken percent-encoding in the path', async () => {
      expectRefused(await api.send('POST', '/api/v2/interaction/%zz'), 400, 'invalid_request');
      expectRefused(await api.send('GET', '/nowhere/%E0%A4%A'), 400, 'invalid_request');
    });
  });

  describe('with an Idempotency-Key', () => {
    const path = '/api/v2/interaction/+33100000001';
    const withKey = (key: string, json: unknown = {}, to = path) =>
      api.send('POST', to, { json, headers: { 'idempotency-key': key } });

    it('gives the first answer again, quoted or bare', async () => {
      const first = await withKey('"key-1"', { context: 'sales', priority: 2 });
      const again = await withKey('key-1', { priority: 2, context: 'sales' });
      expect(first.status).to.equal(202);
      expect(first.headers).not.to.have.property('idempotency-replayed');
      expect(again.status).to.equal(202);
      expect(again.headers).to.include({ 'idempotency-replayed': 'true', location: first.headers.location });
      expect(again.text).to.equal(first.text);
    });

    it('refuses another request under the same key', async () => {
      expect((await withKey('key-2')).status).to.equal(202);
      expectRefused(await withKey('key-2', { priority: 2 }), 422, 'idempotency_key_reused');
      expectRefused(await withKey('key-2', {}, '/api/v2/interaction/+33100000002'), 422, 'idempotency_key_reused');
      expectRefused(
        await withKey('key-2', { phone_number: '+33100000001' }, '/api/v2/calls'),
        422,
        'idempotency_key_reused',
      );
    });

    it('makes one call of fifty requests at once', async () => {
      const before = await countCalls();
      const answers = await Promise.all(Array.from({ length: 50 }, () => withKey('key-3')));
      expect(await countCalls()).to.equal(before + 1);
      const accepted = answers.filter(({ status }) => status === 202);
      expect(new Set(accepted.map(({ body }) => body.call_id)).size).to.equal(1);
      for (const answer of answers) {
        if (answer.status !== 202) expectRefused(answer, 409, 'idempotency_key_in_use');
      }
      expect((await withKey('key-3')).body.call_id).to.equal(accepted[0]!.body.call_id);
    });

    it('does not use up the key when it is refused', async () => {
      expectRefused(await withKey('key-4', { priority: 0 }), 400, 'invalid_request');
      expectRefused(await withKey('key-4', { context: 'nowhere' }), 422, 'context_not_allowed');
      expectRefused(await withKey('key-4', {}, '/api/v2/interaction/112'), 422, 'emergency_number');
      expect((await withKey('key-4')).status).to.equal(202);
    });

    it('keeps users apart', async () => {
      const other = await api.addUser('operator');
      const mine = await withKey('key-5');
      const theirs = await api.send('POST', path, {
        json: { priority: 9 },
        token: api.tokenOf(other.id),
        headers: { 'idempotency-key': 'key-5' },
      });
      expect(theirs.status).to.equal(202);
      expect(theirs.body.call_id).not.to.equal(mine.body.call_id);
    });

    it('refuses a key that is none', async () => {
      for (const key of ['', 'x'.repeat(256), '"abc']) {
        expectRefused(await withKey(key), 400, 'invalid_request', 'header.Idempotency-Key');
      }
      const twice = await api.send('POST', path, { headers: { 'idempotency-key': ['a', 'b'] } });
      expectRefused(twice, 400, 'invalid_request', 'header.Idempotency-Key');
    });
  });

  it('writes no whole number, token or password into the log', () => {
    expect(api.logged()).to.include('Request answered');
    expect(api.logged()).to.include('"route":"/api/v2/interaction/:number","status":202');
    expect(api.logged()).to.include('"route":"/api/v2/interaction/:number","status":422');
    expect(api.logged()).not.to.match(/33100000001|1234567890|eyJ/);
  });
});
