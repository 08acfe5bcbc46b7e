import { expect } from 'chai';
import { createAccess } from '../src/access.js';

const LOGIN = { username: 'crm', password: 'nine foxes in a row' };

/** A gateway that gives out t1, t2 …, each good for 100 s. */
function office() {
  const clock = { now: 0 };
  let logins = 0;
  const logIn = () => Promise.resolve({ token: `t${String((logins += 1))}`, lifetimeMs: 100_000 });
  return { clock, access: createAccess({ login: LOGIN }, logIn, () => clock.now), logins: () => logins };
}

describe('how the client says who it is', () => {
  it('logs in once for many requests', async () => {
    const { access, logins } = office();
    expect(await Promise.all([access.token(), access.token(), access.token()])).to.deep.equal(['t1', 't1', 't1']);
    expect(await access.token()).to.equal('t1');
    expect(logins()).to.equal(1);
  });

  it('gets a new token before the old one ends', async () => {
    const { access, clock } = office();
    await access.token();
    clock.now = 79_999;
    expect(await access.token()).to.equal('t1');
    clock.now = 80_000;
    expect(await access.token()).to.equal('t2');
  });

  it('gets a new token when the gateway does not take the old one', async () => {
    const { access } = office();
    await access.token();
    expect(access.refused()).to.equal(true);
    expect(await access.token()).to.equal('t2');
  });

  it('asks again after a login that failed', async () => {
    let fails = true;
    const logIn = () =>
      fails ? Promise.reject(new Error('away')) : Promise.resolve({ token: 't', lifetimeMs: 100_000 });
    const access = createAccess({ login: LOGIN }, logIn, () => 0);
    expect(await access.token().catch(() => 'failed')).to.equal('failed');
    fails = false;
    expect(await access.token()).to.equal('t');
  });

  it('has no other key or token than it was given', async () => {
    const never = () => Promise.reject(new Error('never asked'));
    for (const credentials of [{ apiKey: 'dg_1' }, { token: 'dg_1' }]) {
      const access = createAccess(credentials, never, () => 0);
      expect(await access.token()).to.equal('dg_1');
      expect(access.refused()).to.equal(false);
    }
  });
});
