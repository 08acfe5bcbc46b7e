import { expect } from 'chai';
import type { UsageSample } from '../src/process-usage.js';
import { slope, usageLine, usageProblems, usageTrend, type UsageTrend } from '../src/usage-trend.js';

const MINUTE_MS = 60_000;

/** A process sampled every two seconds for so many minutes; what it holds depends on the minute (with fractions). */
function sampled(
  minutes: number,
  holds: { readonly megabytes?: (minute: number) => number; readonly descriptors?: (minute: number) => number },
): UsageSample[] {
  const { megabytes = () => 100, descriptors = () => 30 } = holds;
  return Array.from({ length: minutes * 30 + 1 }, (_, n) => ({
    at: 5_000 + n * 2_000,
    residentMegabytes: 150,
    liveMegabytes: n < 10 ? null : megabytes(n / 30),
    descriptors: descriptors(n / 30),
  }));
}

function trendOf(...args: Parameters<typeof sampled>): UsageTrend {
  const trend = usageTrend(sampled(...args));
  if (trend === null) throw new Error('nothing was measured');
  return trend;
}

describe('the slope of a line through points', () => {
  it('is that of the line they lie on', () => {
    expect(
      slope([
        [0, 5],
        [1, 7],
        [3, 11],
      ]),
    ).to.be.closeTo(2, 1e-9);
  });

  it('misses points beside it by the least squares', () => {
    expect(
      slope([
        [0, 0],
        [1, 3],
        [2, 0],
        [3, 3],
      ]),
    ).to.be.closeTo(0.6, 1e-9);
  });

  it('is nothing for one point, and for none', () => {
    expect(slope([[4, 2]])).to.equal(0);
    expect(slope([])).to.equal(0);
  });
});

describe('what became of a process’s memory and descriptors', () => {
  it('does not count what a process takes while it warms up', () => {
    const trend = trendOf(60, {
      megabytes: (minute) => 80 + 2 * Math.min(minute, 14),
      descriptors: (minute) => Math.min(minute, 14),
    });
    expect(trend.growthPerHour).to.be.closeTo(0, 1e-9);
    expect(trend.descriptors).to.deep.equal({ least: 14, most: 14, atFirst: 14, atLast: 14 });
  });

  it('warms a short soak up for a minute', () => {
    expect(usageTrend(sampled(1, {}))?.descriptors.atLast).to.equal(30);
    expect(usageTrend(sampled(0, {}))).to.equal(null);
    expect(trendOf(2, { descriptors: (minute) => (minute < 0.99 ? 500 : 30) }).descriptors.most).to.equal(30);
  });

  it('sees a leak below the garbage of a heap', () => {
    const sawtooth = (minute: number): number => 30 * ((minute % 3) / 3);
    const flat = trendOf(60, { megabytes: (minute) => 100 + sawtooth(minute) });
    const leaking = trendOf(60, { megabytes: (minute) => 100 + sawtooth(minute) + (12 * minute) / 60 });
    expect(flat.growthPerHour).to.be.closeTo(0, 1);
    expect(leaking.growthPerHour).to.be.closeTo(12, 1);
    expect(leaking.liveMegabytes).to.be.closeTo(111, 1);
  });

  it('says so on one line', () => {
    const api = trendOf(60, {
      megabytes: (minute) => 141 - (0.3 * minute) / 60,
      descriptors: (minute) => 31 + (Math.floor(minute) % 4),
    });
    const worker = trendOf(60, { megabytes: (minute) => 126 + (0.9 * minute) / 60 });
    expect(usageLine({ api, worker })).to.equal(
      'api 141 MB of 150, -0.3 MB/h; worker 127 MB of 150, +0.9 MB/h; descriptors api 31-34, worker 30-30',
    );
  });
});

describe('a process’s memory and descriptors are a finding', () => {
  const problems = (...args: Parameters<typeof sampled>): string[] => usageProblems({ api: trendOf(...args) });

  it('when a hundred and fifty bytes are kept of every call', () => {
    expect(problems(60, { megabytes: (minute) => 100 + (10.8 * minute) / 60 })).to.deep.equal([
      'the memory of the api grows by 10.8 MB/h',
    ]);
  });

  it('from a soak of three quarters of an hour on, whose last sample lies before its end', () => {
    const samples = sampled(45, { megabytes: (minute) => 100 + minute }).slice(0, -1);
    expect(usageProblems({ api: usageTrend(samples) })).to.have.length(1);
  });

  it('not when that is seen in a shorter soak, where it means nothing', () => {
    expect(problems(40, { megabytes: (minute) => 100 + minute })).to.deep.equal([]);
  });

  it('when a descriptor is left open every 30 s', () => {
    expect(problems(60, { descriptors: (minute) => 30 + Math.floor(2 * minute) })).to.deep.equal([
      'the api has 138 descriptors open, and had 71',
    ]);
  });

  it('not when many are open for a moment, at the end or before', () => {
    const striking = (minute: number): number => (minute % 1 < 0.2 ? 300 : 30);
    expect(problems(3, { descriptors: striking })).to.deep.equal([]);
    expect(problems(60, { descriptors: striking })).to.deep.equal([]);
  });

  it('when it did not live long enough to be measured', () => {
    expect(usageProblems({ worker: usageTrend(sampled(60, {}).filter(({ at }) => at < MINUTE_MS / 2)) })).to.deep.equal(
      ['the worker did not live long enough to be measured'],
    );
  });
});
