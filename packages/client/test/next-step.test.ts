import { expect } from 'chai';
import { nextStep, type Outcome } from '../src/next-step.js';

const first = { attempt: 1, elapsedMs: 0, patienceMs: 60_000, random: 0 };
const answer = (status: number, retryAfterMs: number | null = null, code: string | null = null): Outcome => ({
  kind: 'answer',
  status,
  code,
  retryAfterMs,
});

describe('what the client does after a request', () => {
  it('takes what is an answer', () => {
    for (const status of [200, 202, 204, 400, 401, 403, 404, 409, 422, 500]) {
      expect(nextStep(answer(status), first), String(status)).to.deep.equal({ kind: 'take' });
    }
  });

  it('comes again where there was none, and where it was turned away for now', () => {
    expect(nextStep({ kind: 'none' }, first)).to.deep.equal({ kind: 'again', afterMs: 250 });
    for (const status of [408, 429, 502, 503, 504]) {
      expect(nextStep(answer(status), first).kind, String(status)).to.equal('again');
    }
    expect(nextStep(answer(409, null, 'idempotency_key_in_use'), first).kind).to.equal('again');
  });

  it('comes no sooner than it was told, and then not all at once', () => {
    expect(nextStep(answer(429, 3_000), first)).to.deep.equal({ kind: 'again', afterMs: 3_000 });
    expect(nextStep(answer(429, 3_000), { ...first, random: 0.5 })).to.deep.equal({ kind: 'again', afterMs: 3_300 });
  });

  it('waits longer each time, five seconds at most', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 50].map((attempt) => nextStep({ kind: 'none' }, { ...first, attempt }));
    expect(pauses.map((step) => (step.kind === 'again' ? step.afterMs : null))).to.deep.equal([
      250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000,
    ]);
  });

  it('takes the answer at once that would be repeated only after its patience is over', () => {
    const late = { ...first, elapsedMs: 58_000 };
    expect(nextStep(answer(503, 2_000), late).kind).to.equal('again');
    expect(nextStep(answer(503, 2_001), late)).to.deep.equal({ kind: 'take' });
    expect(nextStep(answer(429, 86_400_000), first)).to.deep.equal({ kind: 'take' });
  });
});
