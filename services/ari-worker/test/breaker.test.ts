import { silentLog } from '@dialgate/service-kit';
import { expect } from 'chai';
import { REFUSALS_TO_OPEN } from '../src/originate/breaker-mode.js';
import { createBreaker, type Breaker } from '../src/originate/breaker.js';

describe('the breaker of a worker', () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const refuse = (breaker: Breaker): void => {
    for (let n = 0; n < REFUSALS_TO_OPEN; n++) breaker.happened({ type: 'refused', isAlone: false, why: 'test' });
  };

  it('waits for the end of its rest while it is open, and for nothing once the worker stops', () => {
    const breaker = createBreaker(silentLog);
    const before = timers();
    refuse(breaker);
    expect([breaker.takes(), timers()]).to.deep.equal([false, before + 1]);
    breaker.close();
    expect(timers()).to.equal(before);
  });

  it('waits for nothing either when it opens after that: an originate was still under way', () => {
    const breaker = createBreaker(silentLog);
    const before = timers();
    breaker.close();
    refuse(breaker);
    expect([breaker.takes(), timers()]).to.deep.equal([false, before]);
  });
});
