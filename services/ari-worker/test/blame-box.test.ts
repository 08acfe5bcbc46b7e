import type { OtherBoxes } from '@dialgate/database';
import { expect } from 'chai';
import type { Attempt, Obstacle } from '../src/originate/attempt.js';
import { createBlameBox } from '../src/originate/blame-box.js';
import type { BreakerEvent } from '../src/originate/breaker-mode.js';

const NO_TRUNK = { then: 'fail', reason: 'trunk_unavailable', detail: {}, hasChannel: false, byBox: true } as const;
const NOT_ENTERED = {
  then: 'void_claim',
  why: 'never entered',
  retryInMs: 1_000,
  hasChannel: true,
  byBox: true,
} as const;

describe('a call that a box refuses', () => {
  it('goes back while one is left that has not refused it, however often this one took it, and says that this one has', async () => {
    for (const attempt of [1, 2, 3, 30]) {
      expect(await blamed(NO_TRUNK, 'one_left', attempt)).to.deep.equal({
        obstacle: {
          then: 'void_claim',
          why: 'trunk_unavailable on this Asterisk',
          retryInMs: 1_000,
          hasChannel: false,
          isRefusal: true,
        },
        told: [{ type: 'refused', isAlone: false, why: 'trunk_unavailable' }],
      });
    }
  });

  it('fails with its reason when each has refused it, or no other is alive; and only then is this one alone', async () => {
    expect(await blamed(NO_TRUNK, 'all_refused')).to.deep.equal({
      obstacle: NO_TRUNK,
      told: [{ type: 'refused', isAlone: false, why: 'trunk_unavailable' }],
    });
    expect(await blamed(NO_TRUNK, 'none_alive')).to.deep.equal({
      obstacle: NO_TRUNK,
      told: [{ type: 'refused', isAlone: true, why: 'trunk_unavailable' }],
    });
  });

  it('goes back as it would anyway where it may yet be carried by this one', async () => {
    for (const others of ['one_left', 'all_refused'] as const) {
      expect(await blamed(NOT_ENTERED, others)).to.deep.equal({
        obstacle: NOT_ENTERED,
        told: [{ type: 'refused', isAlone: false, why: 'not_made' }],
      });
    }
  });

  it('is not blamed for what is wrong with the call, and thanked for a channel', async () => {
    const canceled = { then: 'yield' } as const;
    expect(await blamed(canceled, 'one_left')).to.deep.equal({ obstacle: canceled, told: [] });
    expect(await blamed(null, 'one_left')).to.deep.equal({ obstacle: null, told: [{ type: 'answered' }] });
  });
});

async function blamed(obstacle: Obstacle | null, others: OtherBoxes, attempt = 1) {
  const told: BreakerEvent[] = [];
  const blameBox = createBlameBox({
    slots: { othersFor: () => Promise.resolve(others) },
    breaker: { takes: () => true, happened: (event) => told.push(event) },
  });
  const made = { known: { call: { id: 'a-call', attempt } }, lease: {} } as unknown as Attempt;
  return { obstacle: await blameBox(made, obstacle), told };
}
