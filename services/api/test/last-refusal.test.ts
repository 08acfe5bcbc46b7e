import { RefusedWriteError, type Calls } from '@dialgate/database';
import { DialgateError } from '@dialgate/domain';
import { expect } from 'chai';
import { rememberLastRefusal } from '../src/health/last-refusal.js';

type Create = Calls['create'];

const failing = (cause: Error) =>
  new DialgateError('database_unavailable', 'The database cannot be reached just now.', { cause });
const FULL = failing(new RefusedWriteError('disk_full'));

describe('what PostgreSQL said to the last call', () => {
  const clock = { now: 0 };

  /** What is remembered after these calls came, each with its error, or null where it was written. */
  async function after(...errors: readonly (Error | null)[]) {
    const left = [...errors];
    const create = (() => {
      const error = left.shift();
      return error ? Promise.reject(error) : Promise.resolve('written');
    }) as unknown as Create;
    const memory = rememberLastRefusal({ create, earlier: () => Promise.resolve(null) }, () => clock.now);
    const told = errors.map(() =>
      memory.remembered.create({} as Parameters<Create>[0]).catch((error: unknown) => error),
    );
    expect(await Promise.all(told)).to.deep.equal(errors.map((error) => error ?? 'written'));
    return memory;
  }

  it('stands for those to come, for a minute or until one is written', async () => {
    const { lastRefusal } = await after(FULL);
    expect(lastRefusal()).to.equal('disk_full');
    clock.now += 59_999;
    expect(lastRefusal()).to.equal('disk_full');
    clock.now += 1;
    expect(lastRefusal()).to.equal(null);
    expect((await after(FULL, null)).lastRefusal()).to.equal(null);
  });

  it('is forgotten where asking tells: out of reach, read-only', async () => {
    expect((await after(failing(new Error('ECONNREFUSED')))).lastRefusal()).to.equal(null);
    expect((await after(failing(new RefusedWriteError('read_only')))).lastRefusal()).to.equal(null);
  });
});
