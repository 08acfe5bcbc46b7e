import { expect } from 'chai';
import { createChannelLists } from '../src/reconcile/channel-lists.js';

const SLOT = 1;

describe('the list of all channels of an Asterisk', () => {
  it('is made as long as nothing is known of the slot', () => {
    expect(createChannelLists().mustList(SLOT, 1_000)).to.equal(true);
  });

  it('is made each time where all channels are few, or most of them the slot’s own', () => {
    expect(rounds({ channels: 100, openCalls: 0 }, 3)).to.equal(3);
    expect(rounds({ channels: 10_000, openCalls: 5_000 }, 3)).to.equal(3);
  });

  it('costs as much again as the slot’s own calls, however many channels there are', () => {
    expect(rounds({ channels: 11_000, openCalls: 100 }, 100), 'each 1,100 of 11,000').to.equal(10);
    expect(rounds({ channels: 110_000, openCalls: 100 }, 100)).to.equal(1);
  });

  it('is made when something was left in the application of a slot that has no calls any more', () => {
    const lists = createChannelLists();
    lists.listed(SLOT, 10_000, 1);
    expect(lists.mustList(SLOT, 1)).to.equal(false);
    expect(lists.mustList(SLOT, 0)).to.equal(true);
    lists.listed(SLOT, 10_000, 0);
    expect(lists.mustList(SLOT, 0)).to.equal(false);
  });

  it('is decided for each slot by itself', () => {
    const lists = createChannelLists();
    lists.listed(SLOT, 10_000, 0);
    expect(lists.mustList(2, 1)).to.equal(true);
  });

  /** @returns how many of so many rounds were lists. */
  function rounds({ channels, openCalls }: { channels: number; openCalls: number }, count: number): number {
    const lists = createChannelLists();
    lists.listed(SLOT, channels, 0);
    let listed = 0;
    for (let n = 0; n < count; n++) {
      if (!lists.mustList(SLOT, openCalls)) continue;
      listed++;
      lists.listed(SLOT, channels, 0);
    }
    return listed;
  }
});
