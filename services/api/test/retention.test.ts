import type { Forgotten, ForgetPosition } from '@dialgate/database';
import { silentLog, type Part } from '@dialgate/service-kit';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { createRetention } from '../src/calls/retention.js';

const position = (id: string): ForgetPosition => ({ id, endedAt: new Date(0) });

describe('the deletion of old calls', () => {
  let retention: Part | undefined;
  afterEach(() => retention?.stop?.());

  /** Rounds as fast as they go. @returns where each statement began, and in which round it was. */
  async function deleting(answer: (statement: number) => Forgotten) {
    const statements: { round: number; after: string | null }[] = [];
    const said: object[] = [];
    let round = 0;
    retention = createRetention({
      calls: {
        erasePersonalData: () => {
          round++;
          return Promise.resolve(0);
        },
        forgetOldCalls: (_days, after) => {
          statements.push({ round, after: after?.id ?? null });
          return Promise.resolve(answer(statements.length));
        },
      },
      trail: { forget: () => Promise.resolve(false) },
      keptFor: { personalDataDays: 1, callDays: 30, auditDays: 365 },
      log: { ...silentLog, info: (fields) => void said.push(fields) },
      everyMs: 1,
    });
    await retention.start?.();
    return { statements, said, rounds: () => round };
  }

  it('goes on behind what it has looked at, ten statements a round, and rests when there is no more', async () => {
    const { statements, said, rounds } = await deleting((statement) => ({
      calls: statement === 12 ? 0 : 7,
      next: statement === 12 ? null : position(`p${statement}`),
    }));
    await eventually(() => rounds() > 4);
    expect(statements.map(({ after }) => after)).to.deep.equal([
      ...[null, ...Array.from({ length: 11 }, (_, n) => `p${n + 1}`)],
    ]);
    expect(statements.map(({ round }) => round)).to.deep.equal([...Array.from({ length: 10 }, () => 1), 2, 2]);
    expect(said).to.deep.equal([{ deleted: 70 }, { deleted: 7 }]);
  });
});
