import { expect } from 'chai';
import { believable, THE_RUN, type Counts } from '../src/mocha-run.js';
import {
  checkSteps,
  costTable,
  depthOn,
  longestFirst,
  planTests,
  speedNote,
  summary,
  tierOf,
  withoutAsterisk,
} from '../src/test-plan.js';

describe('npm test', () => {
  it('runs everything when nothing is asked for', () => {
    expect(planTests([])).to.deep.equal({
      checks: true,
      tiers: ['unit', 'recordings', 'integration', 'e2e'],
      depth: 'quick',
      files: [],
      slowest: false,
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

  it('runs the files that are named and no others', () => {
    const files = ['services/api/test/tokens.test.ts', 'packages/database/test/calls.integration.test.ts'];
    expect(planTests([...files, '--grep', 'expired'])).to.deep.equal({
      checks: false,
      tiers: ['unit', 'integration'],
      depth: 'quick',
      files,
      slowest: false,
      mochaArguments: ['--grep', 'expired'],
      whole: false,
    });
    expect(planTests(['--grep', 'x.test.ts'])).to.deep.include({ files: [], mochaArguments: ['--grep', 'x.test.ts'] });
  });

  it('searches deep when it is told to, and by itself in CI', () => {
    expect(planTests(['--deep'])).to.include({ depth: 'deep', whole: true, checks: true });
    expect(planTests(['integration', '--deep', '--grep', 'load'])).to.deep.include({
      depth: 'deep',
      mochaArguments: ['--grep', 'load'],
    });
    expect(planTests([], { CI: 'true' })).to.include({ depth: 'deep' });
    expect(planTests(['--quick'], { CI: 'true' })).to.include({ depth: 'quick', whole: true });
  });

  it('lowers the depth on a slow machine, and says so', () => {
    expect(depthOn(1, 'deep')).to.equal('deep');
    expect(depthOn(8, 'deep')).to.equal('quick');
    expect(speedNote(1.2, 'deep')).to.equal(null);
    expect(speedNote(8.04, 'deep')).to.match(/8\.0 times slower.*every behaviour was tested.*quick instead of deep/);
    expect(speedNote(8.04, 'quick')).to.match(/8\.0 times slower.*limits/);
  });

  it('shows the files that took most, and all together, when it is told to', () => {
    expect(planTests(['--slowest'])).to.include({ slowest: true, whole: true });
    const lines = costTable([
      { name: 'a.test.ts', seconds: 9, cpuSeconds: 0.5 },
      { name: 'b.test.ts', seconds: 2, cpuSeconds: 3.25 },
    ]).split('\n');
    expect(lines.slice(2).map((line) => line.trim().replace(/ +/g, ' '))).to.deep.equal([
      '3.3 2.0 b.test.ts',
      '0.5 9.0 a.test.ts',
      '3.8 all 2, without the servers they share',
    ]);
  });

  it('tells the tier of a file by its name', () => {
    expect(tierOf('services/api/test/health.test.ts')).to.equal('unit');
    expect(tierOf('services/api/test/health.integration.test.ts')).to.equal('integration');
    expect(tierOf('services/ari-worker/test/endings.recordings.test.ts')).to.equal('recordings');
    expect(tierOf('services/api/test/endings.e2e.test.ts')).to.equal('e2e');
  });

  it('hands out the files that take longest first, and all of them', () => {
    const files = ['packages/domain/test/a.test.ts', 'packages/tools/fault-campaign/test/b.integration.test.ts'];
    expect(longestFirst(files)).to.deep.equal(files.toReversed());
  });

  it('finds the checks in package.json', () => {
    expect(checkSteps({ check: 'pnpm run format:check && pnpm run lint && pnpm run imports' })).to.deep.equal([
      'format:check',
      'lint',
      'imports',
    ]);
  });

  it('skips what needs an Asterisk only where none can be had, and not where it is required', () => {
    const unavailable = { unavailable: 'no real Asterisk: it needs Linux' };
    expect(withoutAsterisk(unavailable)).to.include({ failed: 0, skipped: 1 });
    expect(withoutAsterisk(unavailable, { required: true })).to.include({ failed: 1, skipped: 0 });
    expect(withoutAsterisk({ broken: 'asterisk ended by itself' })).to.include({ failed: 1, skipped: 0 });
  });

  it('ends with the one line that a machine reads, and what must be known of the machine above it', () => {
    const results = [
      { name: 'check: lint', passed: 1, failed: 0, skipped: 0, seconds: 3.14 },
      { name: 'unit', passed: 40, failed: 2, skipped: 0, seconds: null },
    ];
    expect(summary(results).split('\n').at(-1)).to.equal('41 passed, 2 failed');
    const skipped = withoutAsterisk({ unavailable: 'no Asterisk' });
    const lines = summary([...results, skipped], 'This machine is slow.').split('\n');
    expect(lines.slice(-2)).to.deep.equal(['This machine is slow.', '41 passed, 2 failed, 1 skipped']);
  });

  it('believes no run that failed without a failure, or never counted', () => {
    const counted = (failed: number): Map<string, Counts> =>
      new Map([['a.test.ts', { passed: 3, failed, skipped: 0 }]]);
    const once = { passed: 0, failed: 1, skipped: 0 };
    expect(believable(counted(0), 0)).to.deep.equal(counted(0));
    expect(believable(counted(0), 1)).to.deep.equal(counted(0).set(THE_RUN, once));
    expect(believable(null, 0)).to.deep.equal(new Map([[THE_RUN, once]]));
    expect(believable(counted(4), 4)).to.deep.equal(counted(4));
  });
});
