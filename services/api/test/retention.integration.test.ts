import { createTestDatabase, eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { startApi, type Api } from './api.js';
import { expectAsDescribed } from './described.js';

describe('the API’s retention', () => {
  let api: Api;
  afterEach(() => api.stop());

  /** A call that ended so many days ago. */
  async function oldCall(days: number): Promise<string> {
    const json = { phone_number: '+33612345678', caller_id: '+33199999999', metadata: { name: 'Jane' } };
    const id = String((await api.send('POST', '/api/v2/calls', { json })).body.call_id);
    await api.tables.sql(`UPDATE calls SET status = 'failed', ended_at = now() - $2 * interval '1 day' WHERE id = $1`, [
      id,
      days,
    ]);
    return id;
  }
  const status = async (id: string) => {
    const answer = await api.send('GET', `/api/v2/status/${id}`);
    expectAsDescribed('get /api/v2/status/{call_id}', answer);
    return answer.body;
  };

  it('erases what ended PERSONAL_DATA_DAYS ago, and the status says so', async () => {
    api = await startApi({ PERSONAL_DATA_DAYS: '30' }, { sweepMs: 50 });
    const [old, young] = [await oldCall(31), await oldCall(29)];
    const erased = await eventually(async () => {
      const body = await status(old);
      return body.erased_at === null ? null : body;
    });
    expect(erased).to.include({ phone_number: null, caller_id: null, metadata: null, status: 'failed' });
    expect(await status(young)).to.deep.include({
      phone_number: '+33612345678',
      metadata: { name: 'Jane' },
      erased_at: null,
    });
    await eventually(() => api.logged().includes('Personal data erased'));
  });

  it('deletes what ended CALL_RETENTION_DAYS ago: its status is not found then', async () => {
    const tables = await createTestDatabase();
    api = await startApi({}, { sweepMs: 50, tables });
    const [old, young] = [await oldCall(31), await oldCall(29)];
    await tables.sql(`UPDATE calls SET created_at = ended_at`);
    const beside = await startApi({ CALL_RETENTION_DAYS: '30' }, { sweepMs: 50, beside: api });
    try {
      await eventually(async () => (await api.send('GET', `/api/v2/status/${old}`)).status === 404);
      expect(await status(young)).to.include({ status: 'failed' });
      expect(await tables.sql('SELECT 1 FROM call_events WHERE call_id = $1', [old])).to.deep.equal([]);
      await eventually(() => beside.logged().includes('Old calls deleted'));
    } finally {
      await beside.stop();
    }
  });

  it('erases and deletes nothing unless it is told to, and forgets audit entries after AUDIT_DAYS', async () => {
    const tables = await createTestDatabase();
    await tables.sql(
      `INSERT INTO audit_entries (at, event, source) SELECT now() - n * interval '1 day', 'board_visited', 'api'
       FROM unnest(ARRAY[39, 41]) AS n`,
    );
    api = await startApi({ AUDIT_DAYS: '40' }, { sweepMs: 50, tables });
    const id = await oldCall(4_000);
    await eventually(async () => (await tables.sql(`SELECT 1 FROM audit_entries`)).length === 1);
    expect((await status(id)).phone_number).to.equal('+33612345678');
  });
});
