import { expect } from 'chai';
import { createChooseLook } from '../src/reconcile/choose-look.js';

const SLOT = 1;

describe('the look at the channels of an Asterisk', () => {
  it('is a list as long as nothing is known of the slot', () => {
    expect(createChooseLook().mustList(SLOT, 1_000)).to.equal(true);
  });

  it('is a list each time where all channels are few, or most of them the slot’s own', () => {
    expect(rounds({ channels: 100, openCalls: 0 }, 3)).to.equal(3);
    expect(rounds({ channels: 10_000, openCalls: 5_000 }, 3)).to.equal(3);
  });

  it('costs what the slot’s own calls cost, and as much again for lists, however many channels there are', () => {
    expect(rounds({ channels: 11_000, openCalls: 100 }, 100), 'each 1,100 of 11,000').to.equal(10);
    expect(rounds({ channels: 110_000, openCalls: 100 }, 100)).to.equal(1);
  });

  it('is a list when something was left in the application of a slot that has no calls any more', () => {
    const looks = createChooseLook();
    looks.listed(SLOT, 10_000, 1);
    expect(looks.mustList(SLOT, 1)).to.equal(false);
    expect(looks.mustList(SLOT, 0)).to.equal(true);
    looks.listed(SLOT, 10_000, 0);
    expect(looks.mustList(SLOT, 0)).to.equal(false);
  });

  it('is chosen for each slot by itself', () => {
    const looks = createChooseLook();
    looks.listed(SLOT, 10_000, 0);
    expect(looks.mustList(2, 1)).to.equal(true);
  });

  /** @returns how many of so many rounds were lists. */
  function rounds({ channels, openCalls }: { channels: number; openCalls: number }, count: number): number {
    const looks = createChooseLook();
    looks.listed(SLOT, channels, 0);
    let lists = 0;
    for (let n = 0; n < count; n++) {
      if (!looks.mustList(SLOT, openCalls)) continue;
      lists++;
      looks.listed(SLOT, channels, 0);
    }
    return lists;
  }
});
