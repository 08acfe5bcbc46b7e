import type { Replication } from '@dialgate/database';
import { silentLog } from '@dialgate/service-kit';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { watchReplication } from '../src/watch-replication.js';

describe('a worker that starts says of its PostgreSQL', () => {
  for (const [what, replication, expected] of [
    ['that it does not wait for its standbys', { standbys: 1, synchronous: false }, 1],
    ['nothing when it waits for them', { standbys: 1, synchronous: true }, 0],
    ['nothing when it has none', { standbys: 0, synchronous: false }, 0],
  ] as const) {
    it(what, async () => {
      const said: string[] = [];
      let asked = 0;
      const ask = (): Promise<Replication> => Promise.resolve(asked++).then(() => replication);
      const log = { ...silentLog, warn: (_fields: object, message: string) => void said.push(message) };
      const watch = watchReplication({ replication: ask }, log);
      await watch.start?.();
      await eventually(() => asked > 0);
      await watch.stop?.();
      expect(said).to.deep.equal(Array<string>(expected).fill('PostgreSQL replicates asynchronously'));
    });
  }
});
