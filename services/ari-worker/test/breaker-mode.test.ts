import { silentLog } from '@dialgate/service-kit';
import { expect } from 'chai';
import { createBreaker } from '../src/originate/breaker.js';
import {
  answeredRate,
  CLOSED,
  nextBreaker,
  type BreakerEvent,
  type BreakerState,
} from '../src/originate/breaker-mode.js';

const ANSWERED: BreakerEvent = { type: 'answered' };
const REFUSED: BreakerEvent = { type: 'refused', isAlone: false, why: 'trunk_unavailable' };
const REFUSED_ALONE: BreakerEvent = { ...REFUSED, isAlone: true };
const RESTED: BreakerEvent = { type: 'rested' };

function after(...events: BreakerEvent[]): BreakerState {
  return events.reduce(nextBreaker, CLOSED);
}

const times = (n: number, event: BreakerEvent): BreakerEvent[] => Array.from({ length: n }, () => event);
const OPEN = times(5, REFUSED);

describe('what a breaker tells of refusals', () => {
  it('is nothing before five in a row, then how many and why, until a channel is made', () => {
    const breaker = createBreaker(silentLog);
    times(4, REFUSED_ALONE).forEach(breaker.happened);
    expect(breaker.refusals()).to.equal(null);
    breaker.happened({ ...REFUSED_ALONE, why: 'dialplan_missing' });
    expect(breaker.refusals()).to.include({ inARow: 5, why: 'dialplan_missing' });
    breaker.happened(ANSWERED);
    expect(breaker.refusals()).to.equal(null);
    breaker.close();
  });
});

describe('the breaker of a box', () => {
  for (const [what, events, mode] of [
    ['four refusals', times(4, REFUSED), 'closed'],
    ['five refusals in a row', OPEN, 'open'],
    ['refusals with a channel made between them', [...times(4, REFUSED), ANSWERED, ...times(4, REFUSED)], 'closed'],
    ['any number of refusals while no other box is alive', times(50, REFUSED_ALONE), 'closed'],
    ['a rest', [...OPEN, RESTED], 'half_open'],
    ['what ends well that was under way when it opened', [...OPEN, ANSWERED], 'open'],
    ['a first channel after the rest', [...OPEN, RESTED, ANSWERED], 'closed'],
    ['a first refusal after the rest', [...OPEN, RESTED, REFUSED], 'open'],
    ['a first refusal after the rest, of the only box', [...OPEN, RESTED, REFUSED_ALONE], 'closed'],
    ['the loss of the other boxes', [...OPEN, REFUSED_ALONE], 'closed'],
    ['a rest that nobody needed', [RESTED], 'closed'],
  ] as const) {
    it(`is ${mode} after ${what}`, () => {
      expect(after(...events).mode).to.equal(mode);
    });
  }

  it('knows which share of the last fifty channels was made', () => {
    expect(answeredRate(CLOSED)).to.equal(null);
    expect(answeredRate(after(ANSWERED, REFUSED_ALONE, ANSWERED, ANSWERED))).to.equal(0.75);
    expect(answeredRate(after(...times(50, REFUSED_ALONE), ...times(25, ANSWERED)))).to.equal(0.5);
  });
});
