import { expect } from 'chai';
import fc from 'fast-check';
import {
  CALL_LIMIT_NAMES,
  ERROR_MEANINGS,
  isLimited,
  isSignOfFraud,
  judgeLimits,
  regionOf,
  userRegion,
  WINDOW_SECONDS,
  type CallLimit,
  type CallLimits,
  type Count,
  type CountedCall,
  type ErrorCode,
} from '../src/index.js';

const NONE = Object.fromEntries(CALL_LIMIT_NAMES.map((limit) => [limit, 0])) as CallLimits;

function someCall(id: string, overrides: Partial<CountedCall> = {}): CountedCall {
  return { id, userId: 'ada', number: '+33100000001', region: 'FR', own: {}, second: null, ...overrides };
}

const calls = (count: number, overrides?: (n: number) => Partial<CountedCall>): CountedCall[] =>
  Array.from({ length: count }, (_, n) => someCall(String(n), overrides?.(n)));

const subjects: Readonly<Record<string, string>> = { user: 'ada', destination: '+33100000001', total: '' };
const counted = (limit: CallLimit, count: number, roomInSeconds: number | null = null): Count => ({
  limit,
  subject: subjects[limit.split('_')[0] ?? ''] ?? '',
  count,
  roomInSeconds,
});

describe('a limit on accepted calls', () => {
  it('lets as many through as it allows, of those that come together, too', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CALL_LIMIT_NAMES),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 1, max: 20 }),
        (limit, quota, before, asked) => {
          const countries = (n: number) => ({ region: `+${1_000 + n}` });
          const facts = { counts: [counted(limit, before, 5)], knownRegions: new Set<string>() };
          const refused = judgeLimits(calls(asked, countries), { ...NONE, [limit]: quota }, facts);
          const accepted = asked - refused.size;
          expect(accepted).to.equal(Math.min(asked, Math.max(0, quota - before)));
          for (const one of refused.values()) {
            expect(one).to.include({ limit, quota, windowSeconds: WINDOW_SECONDS[limit] });
            expect(one.retryAfterSeconds).to.be.within(1, WINDOW_SECONDS[limit] ?? 5);
          }
        },
      ),
    );
  });

  it('counts the second phone of a call within a time, and not among those that are open', () => {
    const none = { counts: [], knownRegions: new Set<string>() };
    const connected = (id: string, second: CountedCall['second']) => someCall(id, { second });
    const to = (number: string, region = 'FR') => ({ number, region });
    const refusedOf = (limit: CallLimit, quota: number, ...asked: CountedCall[]) =>
      [...judgeLimits(asked, { ...NONE, [limit]: quota }, none).keys()].join();
    const [one, two] = [connected('1', to('+33200000001')), connected('2', to('+33200000002'))];
    expect(refusedOf('user_calls_per_minute', 3, one, two)).to.equal('2');
    expect(refusedOf('user_calls_per_minute', 4, one, two)).to.equal('');
    expect(refusedOf('user_open_calls', 2, one, two)).to.equal('');
    const again = someCall('3', { number: '+33200000001' });
    expect(refusedOf('destination_calls_per_minute', 1, one, again)).to.equal('3');
    expect(refusedOf('destination_calls_per_minute', 1, connected('4', to('+33100000001')))).to.equal('4');
    expect(refusedOf('user_new_countries', 1, one)).to.equal('');
    expect(refusedOf('user_new_countries', 1, connected('5', to('+12125551234', 'US')))).to.equal('5');
  });

  it('refuses nobody when it is 0', () => {
    const counts = CALL_LIMIT_NAMES.map((limit) => counted(limit, 1_000_000, 1));
    expect(judgeLimits(calls(100), NONE, { counts, knownRegions: new Set() }).size).to.equal(0);
  });

  it('counts a user, a number and all apart', () => {
    const wanted = [
      someCall('1'),
      someCall('2', { userId: 'bob' }),
      someCall('3', { userId: 'bob', number: '+33100000002' }),
      someCall('4', { userId: 'eve', number: '+33100000002' }),
    ];
    const by = (limits: Partial<CallLimits>) => [
      ...judgeLimits(wanted, { ...NONE, ...limits }, { counts: [], knownRegions: new Set() }).keys(),
    ];
    expect(by({ user_open_calls: 1 })).to.deep.equal(['3']);
    expect(by({ destination_calls_per_minute: 1 })).to.deep.equal(['2', '4']);
    expect(by({ total_calls_per_day: 1 })).to.deep.equal(['2', '3', '4']);
  });

  it('names the one that lasts longest', () => {
    const limits = { ...NONE, user_open_calls: 1, user_calls_per_minute: 1, total_calls_per_day: 1 };
    const counts = [
      counted('user_open_calls', 1),
      counted('user_calls_per_minute', 1, 30),
      counted('total_calls_per_day', 1, 900),
    ];
    const refused = judgeLimits(calls(1), limits, { counts, knownRegions: new Set() }).get('0');
    expect(refused).to.include({ limit: 'total_calls_per_day', retryAfterSeconds: 900 });
  });

  it('says when to come back: as soon as the oldest leaves the window, and for open calls in five seconds', () => {
    const retryOf = (limit: CallLimit, ...counts: Count[]) =>
      judgeLimits(calls(3), { ...NONE, [limit]: 2 }, { counts, knownRegions: new Set() }).get('2')?.retryAfterSeconds;
    expect(retryOf('user_calls_per_minute', counted('user_calls_per_minute', 1, 7))).to.equal(7);
    expect(retryOf('user_calls_per_minute', counted('user_calls_per_minute', 2, 0))).to.equal(1);
    expect(retryOf('user_calls_per_minute')).to.equal(60);
    expect(retryOf('user_open_calls', counted('user_open_calls', 1))).to.equal(5);
  });

  it('is set by any number but 0', () => {
    expect(isLimited(NONE)).to.equal(false);
    for (const limit of CALL_LIMIT_NAMES) expect(isLimited({ ...NONE, [limit]: 1 }), limit).to.equal(true);
  });

  it('gives way to the user’s own, which may be none', () => {
    const limits = { ...NONE, user_open_calls: 2, total_open_calls: 5 };
    const facts = { counts: [], knownRegions: new Set<string>() };
    expect(
      judgeLimits(
        calls(9, () => ({ own: { user_open_calls: 4 } })),
        limits,
        facts,
      ).size,
    ).to.equal(5);
    const refused = judgeLimits(
      calls(9, () => ({ own: { user_open_calls: 0 } })),
      limits,
      facts,
    );
    expect([...refused.values()].map(({ limit }) => limit)).to.deep.equal(Array(4).fill('total_open_calls'));
  });

  it('on new countries minds no country that is known, none twice, and no extension', () => {
    const wanted = [
      someCall('known', { region: 'FR' }),
      someCall('inside', { region: null }),
      someCall('first', { region: 'CU' }),
      someCall('again', { region: 'CU' }),
      someCall('second', { region: 'SO' }),
      someCall('of another', { region: 'SO', userId: 'bob' }),
    ];
    const knownRegions = new Set([userRegion('ada', 'FR')]);
    const refused = judgeLimits(wanted, { ...NONE, user_new_countries: 1 }, { counts: [], knownRegions });
    expect([...refused.keys()]).to.deep.equal(['second']);
  });
});

describe('what counts as a country', () => {
  it('is the country, and nothing for an extension', () => {
    expect(regionOf('+33612345678', 'FR')).to.equal('FR');
    expect(regionOf('1001', null)).to.equal(null);
  });

  it('counts a number whose country cannot be told by its first digits', () => {
    expect(regionOf('+12425550100', null)).to.equal('+1242');
  });
});

describe('signs of fraud', () => {
  it('are what a stolen token collects, and nothing that honest clients meet', () => {
    expect((Object.keys(ERROR_MEANINGS) as ErrorCode[]).filter(isSignOfFraud)).to.have.members([
      ...['emergency_number', 'short_code', 'feature_code_not_allowed'],
      ...['premium_number', 'shared_cost_number', 'satellite_number', 'personal_number', 'pager_number'],
      ...['international_network_number', 'prefix_blocked', 'prefix_not_allowed', 'country_not_allowed'],
      'user_new_countries',
    ]);
  });
});
