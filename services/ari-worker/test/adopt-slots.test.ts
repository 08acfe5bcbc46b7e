import { WORKER_TIMES } from '@dialgate/database';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { createAdoption } from '../src/slots/adopt-slots.js';

const TIMES = { ...WORKER_TIMES, adoptAfterMs: 0, steadyGapMs: 200 };

describe('a worker that looks for what others have left behind', () => {
  it('adopts nothing more when its last renewal is old: an outage of the database may have begun since', async () => {
    let asked = 0;
    const adoption = createAdoption(TIMES, async (mayStill) => {
      asked++;
      await eventually(() => !mayStill(), 5_000);
      return true;
    });
    adoption.leasesRenewed();
    await adoption.adoptAll(() => false);
    expect(asked).to.equal(1);
  });
});
