import { expect } from 'chai';
import { believable } from '../src/mocha-run.js';
import { checkSteps, planTests, summary, tierOf } from '../src/test-plan.js';

describe('npm test', () => {
  it('runs everything when nothing is asked for', () => {
    expect(planTests([])).to.deep.equal({
      checks: true,
      tiers: ['unit', 'recordings', 'integration', 'e2e'],
      mochaArguments: [],
      whole: true,
    });
  });

  it('runs the tiers that are asked for, in their own order', () => {
    expect(planTests(['integration', 'unit']))
      .to.include({ checks: false, whole: false })
      .and.deep.include({ tiers: ['unit', 'integration'] });
  });

  it('hands everything else to Mocha', () => {
    expect(planTests(['e2e', '--grep', 'unit'])).to.deep.include({
      tiers: ['e2e'],
      mochaArguments: ['--grep', 'unit'],
    });
    expect(planTests(['--grep', 'foo']).tiers).to.have.length(4);
  });

  it('tells the tier of a file by its name', () => {
    expect(tierOf('services/api/test/health.test.ts')).to.equal('unit');
    expect(tierOf('services/api/test/health.integration.test.ts')).to.equal('integration');
    expect(tierOf('services/ari-worker/test/endings.recordings.test.ts')).to.equal('recordings');
    expect(tierOf('services/api/test/endings.e2e.test.ts')).to.equal('e2e');
  });

  it('finds the checks in package.json', () => {
    expect(checkSteps({ check: 'pnpm run format:check && pnpm run lint && pnpm run imports' })).to.deep.equal([
      'format:check',
      'lint',
      'imports',
    ]);
  });

  it('ends with the one line that a machine reads', () => {
    const results = [
      { name: 'check: lint', passed: 1, failed: 0, skipped: 0, seconds: 3.14 },
      { name: 'unit', passed: 40, failed: 2, skipped: 0, seconds: 1 },
    ];
    expect(summary(results).split('\n').at(-1)).to.equal('41 passed, 2 failed');
    const skipped = { name: 'e2e', passed: 0, failed: 0, skipped: 1, seconds: 0, note: 'skipped: no Asterisk' };
    expect(
      summary([...results, skipped])
        .split('\n')
        .at(-1),
    ).to.equal('41 passed, 2 failed, 1 skipped');
  });

  it('believes no process that failed without a failure, or never counted', () => {
    const counts = { passed: 3, failed: 0, skipped: 0 };
    expect(believable(counts, 0)).to.deep.equal(counts);
    expect(believable(counts, 1)).to.deep.equal({ passed: 3, failed: 1, skipped: 0 });
    expect(believable(null, 0)).to.deep.equal({ passed: 0, failed: 1, skipped: 0 });
    expect(believable({ passed: 3, failed: 4, skipped: 0 }, 4)).to.deep.equal({ passed: 3, failed: 4, skipped: 0 });
  });
});
