import { depth } from '@dialgate/testing';
import { expect } from 'chai';
import { isDocumented, MUTANT_SEEDS } from '../simulation/mutant-seeds.js';
import { MUTANTS } from '../simulation/mutants.js';
import { brokenLaws, runSeeds, type SeedsSummary } from '../simulation/run-seeds.js';
import { runSeed } from '../simulation/run.js';

/** Every seed from 1 on that a test run tries in any case. */
const SEEDS = depth({ quick: 300, deep: 10_000 });

/** Where these have not reached every status, so many more are tried at a time, up to a seed by which all have been. */
const MORE_SEEDS = 100;
const LAST_SEED = 10_000;

/** Every status, and the rare reasons. */
const REACHED = [
  'completed',
  'busy',
  'busy declined',
  'no_answer',
  'canceled',
  'failed unreachable',
  'failed expired',
  'failed not_dialed',
  'failed trunk_unavailable',
  'failed dialplan_missing',
  'failed outcome_unknown',
  'failed lost',
  'failed asterisk_restarted',
  'completed lost',
];

/** What is to be done when the product's requests or timers have changed, and with them what a seed leads to. */
const FIND_ANEW = 'find the seeds anew: pnpm simulate --mutants --write';

describe('the simulation', function () {
  // Against hanging, not for speed.
  this.timeout(1_800_000);
  let tried: SeedsSummary;

  before(async () => {
    tried = await runSeeds({ from: 1, count: SEEDS });
  });

  it(`breaks no promise in ${SEEDS} seeds`, () => {
    const [first] = tried.failed;
    const said =
      first && `seed ${first.seed}: ${first.violations.join('; ')}; replay: pnpm simulate --seed ${first.seed}`;
    expect(tried.failed, said).to.have.length(0);
    expect(tried.seeds).to.equal(SEEDS);
  });

  it('does the same again for the same seed, traced or not', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const first = await runSeed(seed, { traced: true });
      const again = await runSeed(seed, { traced: true });
      expect(again.trace).to.deep.equal(first.trace);
      expect(await runSeed(seed)).to.deep.equal({ ...first, trace: [] });
    }
  });

  it('reaches every status and the rare reasons', async () => {
    const reached = new Set(Object.keys(tried.statuses));
    const isReached = (status: string): boolean => reached.has(status);
    for (let from = SEEDS + 1; from < LAST_SEED && !REACHED.every(isReached); from += MORE_SEEDS) {
      const { failed, statuses } = await runSeeds({ from, count: MORE_SEEDS });
      expect(failed).to.deep.equal([]);
      for (const status of Object.keys(statuses)) reached.add(status);
    }
    expect([...reached]).to.include.members(REACHED);
  });

  it('leaves the clock and chance of the process as they were', async () => {
    const before = globals();
    await runSeed(1);
    expect(globals()).to.deep.equal(before);
    expect(Object.hasOwn(performance, 'now')).to.equal(false);
  });

  it('is described by the table of its mutants', async () => {
    expect(await isDocumented(), FIND_ANEW).to.equal(true);
  });

  describe('notices when', () => {
    for (const { name, law, breaks, changes } of MUTANTS) {
      it(`it is not so that ${breaks} (${name} breaks ${law})`, async () => {
        const seed = MUTANT_SEEDS[name] ?? 1;
        const { violations } = await runSeed(seed, { changes });
        expect(brokenLaws(violations), `seed ${seed} with --mutant ${name}; ${FIND_ANEW}`).to.include(law);
        const { violations: unbroken } = await runSeed(seed);
        expect(unbroken, `seed ${seed} of the product itself`).to.deep.equal([]);
      });
    }
  });
});

function globals(): unknown[] {
  const { random } = Math;
  return [setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate, random];
}
