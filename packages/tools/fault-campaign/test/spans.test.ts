import { expect } from 'chai';
import { blindSpans, troublesFromNow } from '../src/spans.js';

describe('the spans of what was broken', () => {
  it('add up to a time in which nothing counts twice', () => {
    let now = 0;
    const troubles = troublesFromNow(() => now);
    const end = { first: broken(1_000), second: broken(2_000), third: broken(6_000) };
    now = 3_000;
    end.first();
    now = 4_000;
    end.second();
    now = 7_000;
    end.third();
    now = 8_000;
    end.third(); // Whole already.
    expect(troubles.within(0, 10_000)).to.equal(4_000);
    expect(troubles.within(2_500, 6_500)).to.equal(2_000);
    expect(troubles.any(4_500, 5_500)).to.equal(false);
    expect(troubles.any(4_500, 6_500)).to.equal(true);

    function broken(since: number): () => void {
      now = since;
      return troubles.begin();
    }
  });

  it('are still broken until they are whole', () => {
    const troubles = troublesFromNow(() => 1_000);
    troubles.begin();
    expect(troubles.within(0, 5_000)).to.equal(4_000);
    expect(troubles.any(9_000, 9_001)).to.equal(true);
  });

  it('hide the events of those applications that nobody could hear, and of no other', () => {
    const spans = blindSpans();
    const now = Date.now();
    const end = spans.begin(['gw-1']);
    expect([spans.covers('gw-1', now), spans.covers('gw-2', now)]).to.deep.equal([true, false]);
    expect(spans.overlap('gw-2', now - 60_000, now + 60_000)).to.equal(false);
    end();
    expect(spans.overlap('gw-1', now + 60_000, now + 61_000)).to.equal(false);
    spans.begin();
    expect(spans.covers('gw-2', now + 1_000)).to.equal(true);
  });
});
