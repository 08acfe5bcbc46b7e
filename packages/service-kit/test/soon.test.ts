import { eventually, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { soon, type Soon } from '../src/index.js';

describe('work that is asked for', () => {
  let finish: (() => void)[];
  let begun: number[];
  let asked: Soon;
  const REST_MS = 60;

  beforeEach(() => {
    [finish, begun] = [[], []];
    asked = soon(REST_MS, () => {
      begun.push(performance.now());
      return new Promise<void>((resolve) => finish.push(resolve));
    });
  });
  afterEach(() => asked.stop());

  it('is done once for all who asked before it began', async () => {
    for (let n = 0; n < 3; n++) asked.ask();
    await eventually(() => begun.length === 1);
    await finished(1);
    await restIsOver();
    expect(begun).to.have.length(1);
  });

  it('is done once more, after a rest, for who asked while it was done, and for who asked in the rest', async () => {
    asked.ask();
    await eventually(() => begun.length === 1);
    asked.ask();
    const doneAt = performance.now();
    await finished(1);
    asked.ask();
    await eventually(() => begun.length === 2);
    expect(begun[1]! - doneAt).to.be.at.least(REST_MS - 2); // A timer may end a little early.
  });

  it('rests four times as long as it took', async () => {
    asked.ask();
    await eventually(() => begun.length === 1);
    await eventually(() => performance.now() - begun[0]! > 2 * REST_MS);
    const doneAt = performance.now();
    asked.ask();
    await finished(1);
    await eventually(() => begun.length === 2);
    expect(begun[1]! - doneAt).to.be.at.least(8 * REST_MS - 2);
  });

  it('is not begun once it is stopped, not even for who asked before', async () => {
    asked.ask();
    await eventually(() => begun.length === 1);
    asked.ask();
    asked.stop();
    await finished(1);
    asked.ask();
    await restIsOver();
    expect(begun).to.have.length(1);
  });

  /** Long enough for what must not happen. */
  const restIsOver = (): Promise<unknown> => new Promise((over) => setTimeout(over, patience(3 * REST_MS)));

  /** The work under way is over, and what follows it has been said. */
  async function finished(nth: number): Promise<void> {
    finish[nth - 1]!();
    await new Promise((settled) => setImmediate(settled));
  }
});
