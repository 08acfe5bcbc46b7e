import { expect } from 'chai';
import { MUTANTS } from '../simulation/mutants.js';
import { runSeed } from '../simulation/run.js';
import { runSeeds } from '../simulation/run-seeds.js';

/** Every seed from 1 on that a test run tries. */
const SEEDS = 10_000;

/** Most mutants are found within a hundred seeds, the rarest within some two thousand (docs/reliability.md). */
const MUTANT_SEEDS = 8_000;

describe('the simulation', function () {
  // Against hanging, not for speed.
  this.timeout(300_000);

  it(`breaks no promise in ${SEEDS} seeds`, async () => {
    const { failed, seeds } = await runSeeds({ from: 1, count: SEEDS });
    const [first] = failed;
    const said =
      first && `seed ${first.seed}: ${first.violations.join('; ')}; replay: pnpm simulate --seed ${first.seed}`;
    expect(failed, said).to.have.length(0);
    expect(seeds).to.equal(SEEDS);
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
    const { statuses } = await runSeeds({ from: 1, count: 1_500 });
    expect(statuses).to.include.keys(
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
    );
  });

  it('leaves the clock and chance of the process as they were', async () => {
    const before = globals();
    await runSeed(1);
    expect(globals()).to.deep.equal(before);
    expect(Object.hasOwn(performance, 'now')).to.equal(false);
  });

  describe('notices when', () => {
    for (const { name, breaks, changes } of MUTANTS) {
      it(`it is not so that ${breaks} (${name})`, async () => {
        const { failed } = await runSeeds({ from: 1, count: MUTANT_SEEDS, changes });
        expect(failed).to.have.length(1);
      });
    }
  });
});

function globals(): unknown[] {
  const { random } = Math;
  return [setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate, random];
}
