import { expect } from 'chai';
import { OutOfPatienceError, waitFor, type Asked } from '../src/index.js';

const quiet = (): void => undefined;

describe('a patient wait', () => {
  it('asks until what it waits for is there', async () => {
    const answers: Asked<string>[] = [{ notYet: 'asleep' }, { notYet: 'yawning' }, { got: 'awake' }];
    const got = await waitFor({ what: 'the server', say: quiet, ask: () => Promise.resolve(answers.shift()!) });
    expect(got).to.equal('awake');
    expect(answers).to.deep.equal([]);
  });

  it('says what it waits for, for how long and why, also while an answer does not come', async () => {
    const said: string[] = [];
    let asked = 0;
    const answer = new Promise<Asked<string>>((resolve) => {
      const look = setInterval(() => {
        if (said.length < 2) return;
        clearInterval(look);
        resolve({ got: 'done' });
      }, 1);
    });
    await waitFor({
      what: 'PostgreSQL',
      say: (line) => said.push(line),
      sayEveryMs: 5,
      ask: () => (asked++ === 0 ? Promise.resolve({ notYet: 'it is starting up' }) : answer),
    });
    expect(said[0]).to.match(/^still waiting for PostgreSQL \(\d+ s\)/);
    expect(said.at(-1)).to.include(': it is starting up');
  });

  it('gives up at its limit, with the last reason, though nothing answers at all', async () => {
    const error = await waitFor({
      what: 'Redis',
      say: quiet,
      limitMs: 20,
      ask: () => new Promise(() => undefined),
    }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(OutOfPatienceError);
    expect(String(error)).to.include('gave up waiting for Redis after');
  });

  it('has no limit under ten minutes unless it is given one', async () => {
    const limits: number[] = [];
    const real = globalThis.setTimeout;
    globalThis.setTimeout = ((run: () => void, ms: number) => {
      limits.push(ms);
      return real(run, ms);
    }) as typeof setTimeout;
    try {
      await waitFor({ what: 'it', say: quiet, ask: () => Promise.resolve({ got: 1 }) });
    } finally {
      globalThis.setTimeout = real;
    }
    expect(Math.max(...limits)).to.be.at.least(600_000);
  });

  it('ends at once with what is wrong for good, and when it is called off', async () => {
    const wrong = await waitFor({
      what: 'it',
      say: quiet,
      ask: () => Promise.reject(new Error('wrong password')),
    }).catch(String);
    expect(wrong).to.equal('Error: wrong password');

    const off = new AbortController();
    const waiting = waitFor({ what: 'it', say: quiet, signal: off.signal, ask: () => new Promise(() => undefined) });
    off.abort(new Error('its process has ended'));
    expect(await waiting.catch(String)).to.equal('Error: its process has ended');
  });
});
