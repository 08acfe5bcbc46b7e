import { startPostgresPair, type PostgresPair } from '@dialgate/local-stack';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { setUpWorkbench, type Workbench } from './workbench.js';

/** Callees with a character: they answer, are busy, let it ring, decline. */
const NUMBERS = ['+33100000002', '+33100000006', '+33100000001', '+33100000012'];

/** How often, of either kind of replication: `TEST_FAILOVERS=30` for a campaign. */
const ROUNDS = Number(process.env.TEST_FAILOVERS ?? 1);

for (const synchronous of [true, false]) {
  describe(`when PostgreSQL's primary is killed and its ${synchronous ? 'synchronous' : 'asynchronous'} standby promoted`, () => {
    let pair: PostgresPair;
    let bench: Workbench;

    beforeEach(async () => {
      pair = await startPostgresPair({ synchronous, log: () => undefined });
      bench = await setUpWorkbench({ speed: 4 }, { server: pair.url });
    });
    afterEach(async () => {
      await bench.close();
      await pair.stop();
    });

    for (let round = 1; round <= ROUNDS; round++) {
      it(`no call is dialled twice, and none ${synchronous ? 'is lost' : 'that is left stays open'} (${round})`, async () => {
        await Promise.all([bench.startWorker(), bench.startWorker()]);
        await bench.ready(2);
        // By the role of the services.
        const replication = await eventually(async () => {
          const told = await bench.database.replication();
          return told.standbys > 0 ? told : null; // Without waiting for it, it is not there from the first moment.
        }, 60_000);
        expect(replication).to.deep.equal({ standbys: 1, synchronous });
        const accepted: string[] = [];
        let placing = true;
        const clients = NUMBERS.map(async (number) => {
          for (let n = 0; placing || n < 4; n++) {
            // What fails was not accepted: the client was told so, or does not know.
            await bench.place(number, { ringTimeoutMs: 8_000 }).then(
              (id) => accepted.push(id),
              () => undefined,
            );
          }
        });
        await eventually(() => accepted.length >= 20, 60_000);
        await pair.killPrimary();
        await pair.promote();
        placing = false;
        await Promise.all(clients);

        const kept = synchronous ? accepted : await existing(accepted);
        if (synchronous) expect(await existing(accepted), 'accepted and gone').to.have.length(accepted.length);
        for (const id of kept) await bench.ended(id, 120_000);
        const twice = [...accepted].filter((id) => bench.invites(id) > 1);
        expect(twice, 'dialled twice').to.deep.equal([]);
      });
    }

    async function existing(ids: readonly string[]): Promise<string[]> {
      const rows = await bench.sql<{ id: string }>('SELECT id FROM calls WHERE id = ANY($1::uuid[])', [ids]);
      return rows.map(({ id }) => id);
    }
  });
}
