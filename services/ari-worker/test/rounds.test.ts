import { setImmediate as turn, setTimeout as timer } from 'node:timers/promises';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { createRounds, type Rounds } from '../src/slots/rounds.js';

const HOUR = 3_600_000;

describe('rounds', () => {
  let finish: (() => void)[];
  let rounds: Rounds;

  afterEach(async () => {
    const stopped = rounds.stop();
    for (const each of finish) each();
    await stopped;
  });

  it('never run twice at once, however long one takes; the next follows at its heels', async () => {
    set(1);
    rounds.start();
    await eventually(() => finish.length === 1);
    rounds.soon();
    await timer(1); // Behind any timer that was set just now.
    expect(finish).to.have.length(1);
    finish[0]?.();
    await eventually(() => finish.length === 2);
  });

  it('begin at once when they are asked to, and once more when one is under way', async () => {
    set(HOUR);
    rounds.start();
    rounds.soon();
    await eventually(() => finish.length === 1);
    rounds.soon();
    finish[0]?.();
    await eventually(() => finish.length === 2);
  });

  it('begin no more once they are stopped; the one under way is waited for', async () => {
    set(1);
    rounds.start();
    await eventually(() => finish.length === 1);
    let isStopped = false;
    const stopped = rounds.stop().then(() => (isStopped = true));
    rounds.soon();
    await turn();
    expect(isStopped).to.equal(false);
    finish[0]?.();
    await stopped;
    rounds.soon();
    await turn();
    expect(finish).to.have.length(1);
  });

  it('go on when they are started again', async () => {
    set(1);
    rounds.start();
    await rounds.stop();
    rounds.start();
    await eventually(() => finish.length === 1);
  });

  function set(everyMs: number): void {
    finish = [];
    rounds = createRounds(everyMs, () => new Promise((resolve) => finish.push(resolve)));
  }
});
