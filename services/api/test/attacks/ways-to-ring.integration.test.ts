import { CALL_LIMIT_NAMES, SCOPES, type Scope } from '@dialgate/domain';
import { createTestDatabase, eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { keyOf, startApi, type Answer, type Api } from '../api.js';

const NUMBER = '+33612345678';
const DESK = '+33199999999';

/** Who is connected to a second number. */
const FIRST = '+33612345600';

/** A fresh installation that connects calls as well: the test settings' open lists are taken back. */
const FRESH = {
  ALLOWED_CONTEXTS: '',
  ALLOWED_EXTENSIONS: '',
  ALLOWED_PRIORITIES: '',
  ALLOWED_CALLER_IDS: '',
  DEFAULT_CALLER_ID: DESK,
  CONNECT_CONTEXT: 'connect',
};

type Asked = Readonly<Record<string, unknown>> & { readonly number?: string };

/** How a call was answered, whichever way it came. */
interface Outcome {
  readonly status: number;
  readonly code: unknown;
}

const RETRY = { max: 2, on: ['busy'], after: 60 };

/** Every way in which a client can have a phone rung. */
const WAYS: Readonly<Record<string, (api: Api, token: string, asked: Asked) => Promise<Outcome>>> = {
  'by its path': async (api, token, { number = NUMBER, ...json }) =>
    outcomeOf(await api.send('POST', `/api/v2/interaction/${encodeURIComponent(number)}`, { token, json })),
  'by its body': async (api, token, { number = NUMBER, ...rest }) =>
    outcomeOf(await api.send('POST', '/api/v2/calls', { token, json: { phone_number: number, ...rest } })),
  'in a batch': async (api, token, { number = NUMBER, ...rest }) => {
    const json = { calls: [{ phone_number: number, ...rest }] };
    const answer = await api.send('POST', '/api/v2/calls/batch', { token, json });
    if (answer.status !== 200) return outcomeOf(answer);
    const [result] = answer.body.results as { status: number; problem: { code: string } | null }[];
    return { status: result!.status, code: result!.problem?.code };
  },
  'as an order to be made again': (api, token, asked) => WAYS['by its body']!(api, token, { ...asked, retry: RETRY }),
  'for later': (api, token, asked) => {
    const not_before = new Date(Date.now() + 3_600_000).toISOString();
    return WAYS['by its body']!(api, token, { ...asked, not_before });
  },
  'as the second number of another': (api, token, { number = NUMBER, ...rest }) =>
    WAYS['by its body']!(api, token, { ...rest, number: FIRST, connect_to: number }),
};

/** What a fresh installation refuses, and why. */
const FORBIDDEN: readonly (readonly [Asked, string])[] = [
  ...['112', '911', '999', '+33112'].map(
    (number) => [{ number }, number === '+33112' ? 'invalid_request' : 'emergency_number'] as const,
  ),
  [{ number: '+33899123456' }, 'premium_number'],
  [{ number: '+19005551234' }, 'premium_number'],
  [{ number: '+4990012345678' }, 'premium_number'],
  [{ number: '+881612345678' }, 'satellite_number'],
  [{ number: '+33118218' }, 'short_code'],
  [{ number: '1001' }, 'invalid_request'],
  [{ number: '*21*112#' }, 'emergency_number'],
  [{ caller_id: '+33188888888' }, 'caller_id_not_allowed'],
  [{ variables: { MIXMON_POST: 'id' } }, 'variable_not_allowed'],
  [{ variables: { DIALGATE_CONNECT: `PJSIP/${NUMBER}@trunk` } }, 'invalid_request'],
];

/** Where another call goes on is said by `connect_to` alone. */
const PLACES: readonly (readonly [Asked, string])[] = [
  [{ context: 'from-internal' }, 'context_not_allowed'],
  [{ context: 'connect' }, 'context_not_allowed'],
  [{ extension: '_X.' }, 'invalid_request'],
  [{ extension: '100' }, 'extension_not_allowed'],
  [{ priority: 2 }, 'priority_not_allowed'],
];

function outcomeOf({ status, body }: Answer): Outcome {
  return { status, code: body.code };
}

describe('every way to have a phone rung', function () {
  this.timeout(120_000);

  describe('in a fresh installation', () => {
    let api: Api;
    before(async () => (api = await startApi({ ...FRESH, TOLL_FRAUD_BREAKER: '0' })));
    after(() => api.stop());

    for (const [way, ask] of Object.entries(WAYS)) {
      it(`${way}: goes through the one decision, and writes nothing that it refuses`, async () => {
        const token = api.tokenOf((await api.addUser('operator')).id);
        const isSecond = way.startsWith('as the second');
        for (const [asked, code] of [...FORBIDDEN, ...(isSecond ? [] : PLACES)]) {
          expect((await ask(api, token, asked)).code, JSON.stringify(asked)).to.equal(code);
        }
        for (const [asked] of isSecond ? PLACES : []) {
          expect((await ask(api, token, asked)).status, JSON.stringify(asked)).to.equal(400);
        }
        expect(await api.tables.sql('SELECT FROM calls')).to.deep.equal([]);
        expect((await ask(api, token, { caller_id: DESK })).status).to.equal(202);
        await api.tables.sql('TRUNCATE calls, call_orders CASCADE');
      });

      it(`${way}: is closed to keys without its scope, and to a user who was suspended`, async () => {
        const { id, username } = await api.addUser('operator');
        const others = (Object.keys(SCOPES) as Scope[]).filter((scope) => scope !== 'calls:create');
        // An admin's, too: what a key may do is what it was made for.
        for (const name of [username, api.admin.username]) {
          const scopes = others.filter((scope) => name !== username || scope !== 'admin');
          expect(await ask(api, await keyOf(api, name, scopes), {})).to.deep.equal({ status: 403, code: 'forbidden' });
        }
        await api.tables.database.users.suspend(id, 'test');
        for (const token of [api.tokenOf(id), await keyOf(api, username, ['calls:create'])]) {
          expect(await ask(api, token, {})).to.deep.equal({ status: 403, code: 'user_suspended' });
        }
        expect(await api.tables.sql('SELECT FROM calls')).to.deep.equal([]);
      });
    }
  });

  for (const [way, ask] of Object.entries(WAYS)) {
    it(`${way}: counts for the limits on its user and its number`, async () => {
      const api = await startApi({ ...FRESH, USER_MAX_CALLS_PER_MINUTE: '2', DESTINATION_MAX_PER_MINUTE: '1' });
      try {
        const token = api.tokenOf(api.user.id);
        expect((await ask(api, token, {})).status).to.equal(202);
        const again = await ask(api, token, {});
        expect(again.status).to.equal(429);
        expect(CALL_LIMIT_NAMES).to.include(again.code);
        // The same number, whoever asks and whichever way.
        const other = api.tokenOf(api.admin.id);
        expect(await WAYS['by its path']!(api, other, {})).to.deep.equal({
          status: 429,
          code: 'destination_calls_per_minute',
        });
      } finally {
        await api.stop();
      }
    });
  }

  it('again, as it was ordered: goes through the decision of that moment, not of the one at which it was ordered', async () => {
    const tables = await createTestDatabase();
    const open = {
      ...FRESH,
      ALLOWED_VARIABLES: 'DG_*,ORDER',
      ALLOWED_CONTEXTS: 'outbound-ivr,sales',
      ALLOWED_EXTENSIONS: '*',
    };
    // This one, which would make them, must not look while they are due.
    const wide = await startApi(
      { ...open, ALLOWED_CALLER_IDS: '*', ALLOWED_PRIORITIES: '*' },
      { tables, sweepMs: 24 * 3_600_000 },
    );
    const orders: readonly (readonly [Asked, string])[] = [
      [{ number: '+12125551234' }, 'country_not_allowed'],
      [{ number: '+33612345679' }, 'prefix_blocked'],
      [{ connect_to: '+12125551235' }, 'country_not_allowed'],
      [{ context: 'sales' }, 'context_not_allowed'],
      [{ extension: '100' }, 'extension_not_allowed'],
      [{ priority: 2 }, 'priority_not_allowed'],
      [{ caller_id: '+33188888888' }, 'caller_id_not_allowed'],
      [{ variables: { ORDER: '1' } }, 'variable_not_allowed'],
    ];
    for (const [asked] of orders) {
      const { status } = await WAYS['as an order to be made again']!(wide, wide.tokenOf(wide.user.id), asked);
      expect(status, JSON.stringify(asked)).to.equal(202);
    }
    await tables.sql(`UPDATE calls SET status = 'busy', dial_sent_at = now(), ended_at = now() - interval '1 h'`);
    const strict = { ...FRESH, ALLOWED_COUNTRIES: 'FR', BLOCKED_PREFIXES: '+33612345679' };
    const narrow = await startApi(strict, { tables, beside: wide, sweepMs: 50 });
    try {
      const ends = await eventually(async () => {
        const rows = await tables.sql<{ ended_by: string | null; refusal: string | null }>(
          'SELECT ended_by, refusal FROM call_orders ORDER BY id',
        );
        return rows.every(({ ended_by }) => ended_by !== null) ? rows : null;
      });
      expect(ends).to.deep.equal(orders.map(([, refusal]) => ({ ended_by: 'refused', refusal })));
      expect(await tables.sql('SELECT FROM calls WHERE order_try > 1')).to.deep.equal([]);
    } finally {
      await narrow.stop();
      await wide.stop();
    }
  });
});

describe('who floods the queue', () => {
  it('has as many calls ahead of another’s as the limit on open calls lets them, and no more (S17)', async () => {
    const most = 10;
    const api = await startApi({ USER_MAX_CONCURRENT_CALLS: String(most), RATE_LIMIT_REQUESTS: '0' });
    try {
      const asked = 100;
      const calls = Array.from({ length: asked }, (_, n) => ({ phone_number: `+3361234${String(5_000 + n)}` }));
      const flood = await api.send('POST', '/api/v2/calls/batch', { json: { calls } });
      expect(flood.body).to.include({ accepted: most, refused: asked - most });
      const token = api.tokenOf((await api.addUser('operator')).id);
      const { body } = await api.send('POST', '/api/v2/calls', { token, json: { phone_number: NUMBER } });
      const { body: shown } = await api.send('GET', `/api/v2/calls/${String(body.call_id)}`, { token });
      const { position } = shown.queue as { position: number };
      console.log(
        `      S17: ${asked} calls asked for at once, ${position - 1} of them ahead of another's; goal ${most} at most`,
      );
      expect(position - 1).to.equal(most);
    } finally {
      await api.stop();
    }
  });
});
