import { someNewCall } from '@dialgate/testing';
import { expect } from 'chai';
import { keyOf, startApi, type Api } from './api.js';

const TRIES = 1_000;
const AT_ONCE = 20;

/** Always the same numbers from 0 to below 1 (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('the calls of others', function () {
  this.timeout(60_000);
  let api: Api;
  before(async () => (api = await startApi()));
  after(() => api.stop());

  it(`are not to be had in ${TRIES} tries, by token or key, whatever else the request says`, async () => {
    const { database, sql } = api.tables;
    const victim = await api.addUser('operator');
    const calls = Array.from({ length: 20 }, () => someNewCall({ userId: victim.id }));
    for (const call of calls) await database.calls.create(call);
    const thieves = await Promise.all([1, 2, 3].map(() => api.addUser('operator')));
    const tokens = [
      ...thieves.map(({ id }) => api.tokenOf(id)),
      ...(await Promise.all(
        thieves.map(({ username }) => keyOf(api, username, ['calls:create', 'calls:read', 'calls:cancel'])),
      )),
      // An admin's key without the scope for it is nobody special.
      await keyOf(api, api.admin.username, ['calls:read', 'calls:cancel']),
    ];
    const before = await sql('SELECT * FROM calls ORDER BY id');

    const next = numbers(7);
    const oneOf = <Item>(items: readonly Item[]): Item => items[Math.floor(next() * items.length)]!;
    const requests = Array.from({ length: TRIES }, () => {
      const { id } = oneOf(calls);
      const [method, path] = oneOf([
        ['GET', '/api/v2/status/ID'],
        ['GET', '/api/v2/interaction/ID/status'],
        ['GET', '/api/v2/calls/ID'],
        ['DELETE', '/api/v2/calls/ID'],
        ['POST', '/api/v2/calls/ID/hangup'],
      ] as const);
      const query = oneOf(['', `?user_id=${victim.id}`, '?admin=true', '?role=admin&scope=admin']);
      const headers = oneOf([{}, { 'x-user-id': victim.id }, { 'x-original-user': 'admin' }, { cookie: 'role=admin' }]);
      const json = method === 'POST' ? { user_id: victim.id, role: 'admin' } : undefined;
      const sending = { token: oneOf(tokens), headers, ...(json === undefined ? {} : { json }) };
      return { method, path: path.replace('ID', oneOf([id, id.toUpperCase()])) + query, sending };
    });
    let had = 0;
    while (requests.length > 0) {
      const some = requests.splice(0, AT_ONCE);
      const answers = await Promise.all(some.map(({ method, path, sending }) => api.send(method, path, sending)));
      for (const { status, body } of answers) if (status !== 404 || body.code !== 'call_not_found') had++;
    }
    expect(had).to.equal(0);
    expect(await sql('SELECT * FROM calls ORDER BY id')).to.deep.equal(before);
  });
});
