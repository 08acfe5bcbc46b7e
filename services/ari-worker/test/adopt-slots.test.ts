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

  it('takes for itself only what was given back while the database has been away until lately', async () => {
    const adoption = createAdoption({ ...TIMES, leftAloneMs: 200 }, () => Promise.resolve(false));
    const takes = () => adoption.takeOwn((onlyGivenBack) => Promise.resolve(onlyGivenBack));
    expect(await takes()).to.equal(false);
    await adoption.takeOwn(() => Promise.reject(new Error('away'))).catch(() => undefined);
    expect(await takes()).to.equal(true);
    await eventually(async () => !(await takes()));
    adoption.renewalFailed();
    expect(await takes()).to.equal(true);
  });
});
