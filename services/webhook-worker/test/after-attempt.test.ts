import { expect } from 'chai';
import { afterAttempt, FAILING_FOR_MS, type AttemptResult } from '../src/deliver/after-attempt.js';

const answered = (status: number, retryAfterMs: number | null = null): AttemptResult => ({ status, retryAfterMs });
const HOUR = 3_600_000;

describe('what follows from an attempt', () => {
  it('is the end with 2xx, and with nothing else', () => {
    for (const status of [200, 201, 202, 204, 299]) {
      expect(afterAttempt(answered(status), 1, 0)).to.deep.equal({
        outcome: 'delivered',
        retryMs: 0,
        holdMs: 0,
        gone: false,
      });
    }
    for (const status of [100, 199, 300, 301, 302, 307, 400, 404, 500, 599]) {
      expect(afterAttempt(answered(status), 1, 0), String(status)).to.include({ outcome: null, retryMs: 5_000 });
    }
  });

  it('is the schedule of Standard Webhooks over three days, then the end', () => {
    const waits = Array.from({ length: 9 }, (_, n) => afterAttempt({ error: 'timeout' }, n + 1, 0).retryMs / 1_000);
    expect(waits).to.deep.equal([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(waits.reduce((sum, seconds) => sum + seconds * 1_000, 0)).to.equal(FAILING_FOR_MS);
    expect(afterAttempt({ error: 'timeout' }, 10, 0)).to.deep.equal({
      outcome: 'failed',
      retryMs: 0,
      holdMs: 0,
      gone: false,
    });
    expect(afterAttempt(answered(500), 11, 0).outcome).to.equal('failed');
  });

  it('comes up to a fifth later at random, and never earlier', () => {
    expect(afterAttempt(answered(500), 2, 1).retryMs).to.equal(360_000);
    expect(afterAttempt(answered(500), 2, 0.5).retryMs).to.equal(330_000);
  });

  it('leaves a receiver alone for as long as it asks, an hour at most', () => {
    expect(afterAttempt(answered(503, 60_000), 1, 0)).to.include({ retryMs: 60_000, holdMs: 60_000 });
    expect(afterAttempt(answered(429, 1_000), 2, 0)).to.include({ retryMs: 300_000, holdMs: 1_000 });
    expect(afterAttempt(answered(500, 30 * HOUR), 1, 0)).to.include({ retryMs: HOUR, holdMs: HOUR });
  });

  it('slows down for a receiver that has too much to do and does not say for how long', () => {
    for (const status of [429, 502, 503, 504]) expect(afterAttempt(answered(status), 1, 0).holdMs).to.equal(10_000);
    expect(afterAttempt(answered(500), 1, 0).holdMs).to.equal(0);
  });

  it('is the end of the endpoint with 410', () => {
    expect(afterAttempt(answered(410), 1, 0)).to.include({ outcome: 'failed', gone: true });
  });

  it('is the end of a delivery whose call is not there', () => {
    expect(afterAttempt({ error: 'call_gone' }, 1, 0)).to.include({ outcome: 'failed', gone: false });
  });
});
