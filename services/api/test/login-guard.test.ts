import { silentLog } from '@dialgate/service-kit';
import { expect } from 'chai';
import { createLoginGuard, type LoginGuard } from '../src/auth/login-guard.js';
import { openRateLimits, type RateLimits } from '../src/limits/rate-limits.js';
import { NOWHERE } from './api.js';

describe('the guard of logins', () => {
  let limits: RateLimits;
  let guard: LoginGuard;
  /** How often it was asked what is counted. */
  let looks: number;
  beforeEach(() => {
    looks = 0;
    limits = openRateLimits({ redisUrl: `redis://${NOWHERE}`, prefix: 'test', log: silentLog });
    guard = createLoginGuard({
      limits: {
        update: (keys, change) => {
          looks += 1;
          return limits.update(keys, change);
        },
      },
      limit: 1,
      log: silentLog,
    });
  });
  afterEach(() => limits.close());

  const begin = (address = '198.18.0.1') => guard.begin({ username: 'somebody', address });
  const refusal = (login: Promise<unknown>) =>
    login.then(
      () => 'began',
      (error: unknown) => (error as { code: string }).code,
    );

  it('lets a hundred logins of one address wait, and turns away one more at once', async () => {
    const first = await begin();
    const waiting = Array.from({ length: 100 }, async () => (await begin()).end('right'));
    const oneMore = begin();
    expect(await Promise.race([...waiting, oneMore].map(refusal))).to.equal('too_many_requests');
    expect(await refusal(oneMore)).to.equal('too_many_requests');

    await first.end('right');
    expect(await Promise.all(waiting)).to.have.length(100);
    await (await begin()).end('right');
  });

  it('makes no address wait for another one', async () => {
    await begin();
    const waiting = Array.from({ length: 100 }, () => refusal(begin()));
    const other = guard.begin({ username: 'somebody else', address: '198.18.0.2' });
    expect(await Promise.race([...waiting, refusal(other)])).to.equal('began');
    await (await other).end('right');
  });

  it('does not ask again for each of many logins whether it is still locked', async () => {
    await (await begin()).end('wrong');
    expect(await refusal(begin())).to.equal('too_many_requests');
    const before = looks;
    for (let i = 0; i < 50; i++) expect(await refusal(begin())).to.equal('too_many_requests');
    expect(looks).to.equal(before);
  });
});
