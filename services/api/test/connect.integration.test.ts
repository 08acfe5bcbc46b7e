import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { fieldsOf, startApi, type Api } from './api.js';
import { expectAsDescribed } from './described.js';

const CONNECT = { CONNECT_CONTEXT: 'connect', CONNECT_EXTENSIONS: '1001' };

describe('calls that are connected to a second number', () => {
  let api: Api;
  afterEach(() => api.stop());
  const ask = (json: object) => api.send('POST', '/api/v2/interaction/+33612345678', { json });

  it('go on in the context that connects, with the number as it was judged, and show it', async () => {
    api = await startApi(CONNECT);
    for (const connect_to of ['+33187654321', '1001']) {
      const { status, body } = await ask({ connect_to });
      expect(status).to.equal(202);
      const shown = await api.send('GET', `/api/v2/calls/${String(body.call_id)}`);
      expectAsDescribed('get /api/v2/calls/{call_id}', shown);
      expect(shown.body).to.include({ connect_to, context: 'connect', extension: 's', priority: 1 });
    }
  });

  it('are refused for either number, by the field that it stands in', async () => {
    api = await startApi({ ...CONNECT, ALLOWED_COUNTRIES: 'FR' });
    const refused = async (connect_to: string) => {
      const answer = await ask({ connect_to });
      return [answer.status, answer.body.code, ...fieldsOf(answer)];
    };
    expect(await refused('+33899000000')).to.deep.equal([422, 'premium_number', 'body.connect_to']);
    expect(await refused('+12125551234')).to.deep.equal([422, 'country_not_allowed', 'body.connect_to']);
    expect(await refused('112')).to.deep.equal([422, 'emergency_number', 'body.connect_to']);
    expect(await refused('1002')).to.deep.equal([400, 'invalid_request', 'body.connect_to']);
    expect(await refused('1001@trunk')).to.deep.equal([400, 'invalid_request', 'body.connect_to']);
    await api.tables.database.doNotCall.add([{ number: '+33187654321', reason: null, addedAt: null, source: 'test' }]);
    expect((await refused('+33187654321'))[1]).to.equal('do_not_call');
    expect(await api.tables.sql('SELECT FROM calls')).to.have.length(0);
  });

  it('are refused where nothing is set up for it, and with a place of the client’s own', async () => {
    api = await startApi();
    const off = await ask({ connect_to: '+33187654321' });
    expect([off.status, off.body.code, fieldsOf(off)]).to.deep.equal([
      422,
      'connect_to_not_allowed',
      ['body.connect_to'],
    ]);
    const both = await ask({ connect_to: '+33187654321', context: 'sales', priority: 2 });
    expect([both.status, fieldsOf(both)]).to.deep.equal([400, ['body.context', 'body.priority']]);
    const forged = await ask({ variables: { DIALGATE_CONNECT: 'PJSIP/+33899000000@trunk' } });
    expect(forged.status).to.equal(400);
  });

  it('count for the limit of either number', async () => {
    api = await startApi({ ...CONNECT, DESTINATION_MAX_PER_MINUTE: '1' });
    expect((await ask({ connect_to: '+33187654321' })).status).to.equal(202);
    const next = await api.send('POST', '/api/v2/interaction/+33187654321');
    expect([next.status, next.body.code]).to.deep.equal([429, 'destination_calls_per_minute']);
  });

  it('are connected again when they are made again', async () => {
    api = await startApi(CONNECT, { sweepMs: 50 });
    const { body } = await ask({ connect_to: '1001', retry: { max: 1, on: ['busy'], after: 60 } });
    await api.tables.sql(
      `UPDATE calls SET status = 'busy', dial_sent_at = now(), ended_at = now() - interval '1 h' WHERE id = $1`,
      [body.call_id],
    );
    const again = () =>
      api.tables.sql<{ connect_to: string; context: string }>(
        `SELECT connect_to, context FROM calls WHERE order_try = 2`,
      );
    await eventually(async () => (await again()).length > 0);
    expect(await again()).to.deep.equal([{ connect_to: '1001', context: 'connect' }]);
  });
});
