import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { NOWHERE, startApi, type Api } from './api.js';

const CALL = '/api/v2/interaction/+33100000001';
const REFUSED = '/api/v2/interaction/911';
const LIMIT = { TOLL_FRAUD_BREAKER: '5' };

describe('the toll fraud breaker', () => {
  let api: Api;
  let two: Api;
  before(async () => {
    api = await startApi(
      { ...LIMIT, USER_MAX_NEW_COUNTRIES_PER_DAY: '1', USER_MAX_CALLS_PER_DAY: '3' },
      { sweepMs: 50 },
    );
    two = await startApi(LIMIT, { beside: api });
  });
  after(async () => {
    await two.stop();
    await api.stop();
  });

  const ask = async (path: string, token: string, on = api): Promise<string> => {
    const { status, body } = await on.send('POST', path, { token });
    return String((body.code as string | undefined) ?? status);
  };
  const standing = async (id: string) =>
    (
      await api.tables.sql<{ at: Date | null; reason: string | null }>(
        'SELECT suspended_at AS at, suspended_reason AS reason FROM users WHERE id = $1',
        [id],
      )
    )[0]!;

  it('suspends a user at so many refusals over all instances, on all of them, and says so once', async () => {
    const { id } = await api.addUser('operator');
    const token = api.tokenOf(id);
    for (let i = 0; i < 4; i++) expect(await ask(REFUSED, token, i % 2 === 0 ? api : two)).to.equal('emergency_number');
    expect(await ask(CALL, token)).to.equal('202');
    const refused = await Promise.all([1, 2, 3, 4, 5, 6].map((i) => ask(REFUSED, token, i % 2 === 0 ? api : two)));
    expect(refused).to.include('emergency_number');
    for (const on of [api, two]) expect(await ask(CALL, token, on)).to.equal('user_suspended');
    expect((await standing(id)).reason)
      .to.include('TOLL_FRAUD_BREAKER')
      .and.to.include('5 refused requests');
    const said = (on: Api) => on.logged().split('User suspended by toll fraud breaker').length - 1;
    expect(said(api) + said(two)).to.equal(1);
  });

  it('counts refused numbers and new countries, no honest mistakes, and no day’s calls used up', async () => {
    const [wrong, lost, busy] = await Promise.all([1, 2, 3].map(() => api.addUser('operator')));
    for (let i = 0; i < 8; i++) await ask('/api/v2/interaction/nonsense', api.tokenOf(wrong!.id));
    expect((await standing(wrong!.id)).at).to.equal(null);

    await ask(CALL, api.tokenOf(lost!.id));
    for (let i = 0; i < 5; i++) {
      expect(await ask('/api/v2/interaction/+5352345678', api.tokenOf(lost!.id))).to.equal('user_new_countries');
    }
    expect((await standing(lost!.id)).at).not.to.equal(null);

    for (let i = 0; i < 3; i++) await ask(CALL, api.tokenOf(busy!.id));
    for (let i = 0; i < 5; i++) expect(await ask(CALL, api.tokenOf(busy!.id))).to.equal('user_calls_per_day');
    expect((await standing(busy!.id)).at).to.equal(null);
  });

  it('leaves a suspended user their calls to read and to hang up, and has none of them dialled', async () => {
    const { id, username } = await api.addUser('operator');
    const token = api.tokenOf(id);
    const created = await api.send('POST', CALL, { token });
    const answered = await api.send('POST', CALL, { token });
    await api.tables.sql(
      `UPDATE calls SET status = 'answered', attempt = 1, dial_sent_at = now(), answered_at = now() WHERE id = $1`,
      [answered.body.call_id],
    );
    await api.tables.database.users.suspend(id, 'test');

    const waiting = `/api/v2/status/${String(created.body.call_id)}`;
    const call = await eventually(async () => {
      const { body } = await api.send('GET', waiting, { token });
      return body.is_completed === true ? body : null;
    });
    expect(call).to.include({ status: 'failed', failure_reason: 'not_allowed' });
    expect(await api.tables.sql(`SELECT detail FROM call_events WHERE event = 'refused'`)).to.deep.include({
      detail: { refusal: 'user_suspended', reason: 'not_allowed' },
    });
    const hungUp = await api.send('DELETE', `/api/v2/calls/${String(answered.body.call_id)}`, { token });
    expect(hungUp.status).to.equal(202);
    expect(hungUp.body.status).to.equal('answered');

    await api.tables.database.users.lift(username);
    expect(await ask(CALL, token)).to.equal('202');
  });

  it('begins a new count when an admin has lifted the suspension', async () => {
    const { id, username } = await api.addUser('operator');
    const token = api.tokenOf(id);
    for (let i = 0; i < 5; i++) await ask(REFUSED, token);
    expect(await ask(CALL, token)).to.equal('user_suspended');
    await api.tables.database.users.lift(username);
    for (let i = 0; i < 4; i++) expect(await ask(REFUSED, token)).to.equal('emergency_number');
    expect(await ask(CALL, token)).to.equal('202');
    await ask(REFUSED, token);
    expect(await ask(CALL, token)).to.equal('user_suspended');
  });

  it('remembers the refusals over a restart', async () => {
    const { id } = await api.addUser('operator');
    const token = api.tokenOf(id);
    for (let i = 0; i < 4; i++) await ask(REFUSED, token);
    const again = await startApi(LIMIT, { beside: api });
    try {
      await ask(REFUSED, token, again);
      expect(await ask(CALL, token, again)).to.equal('user_suspended');
    } finally {
      await again.stop();
    }
  });

  it('goes on counting while Redis is away, and refuses nobody for that', async () => {
    const { id } = await api.addUser('operator');
    const token = api.tokenOf(id);
    const alone = await startApi({ ...LIMIT, REDIS_URL: `redis://${NOWHERE}` }, { beside: api });
    try {
      expect(await ask(CALL, token, alone)).to.equal('202');
      for (let i = 0; i < 5; i++) expect(await ask(REFUSED, token, alone)).to.equal('emergency_number');
      expect(await ask(CALL, token, alone)).to.equal('user_suspended');
    } finally {
      await alone.stop();
    }
  });

  it('is off at 0', async () => {
    const off = await startApi({ TOLL_FRAUD_BREAKER: '0' }, { beside: api });
    try {
      const { id } = await api.addUser('operator');
      for (let i = 0; i < 8; i++) await ask(REFUSED, api.tokenOf(id), off);
      expect(await ask(CALL, api.tokenOf(id), off)).to.equal('202');
    } finally {
      await off.stop();
    }
  });
});
