import { WORKER_TIMES } from '@dialgate/database';
import { isFinal } from '@dialgate/domain';
import { eventually, openTcpProxy, type TcpProxy } from '@dialgate/testing';
import { expect } from 'chai';
import { brokenLaws } from './laws.js';
import { setUpWorkbench, type RunningWorker, type Workbench } from './workbench.js';

/** Overload is slowness, not failure: whoever could be rung is rung, and nobody twice. */
describe('calls whose database takes two seconds for each answer', function () {
  this.timeout(600_000);
  let bench: Workbench;
  let worker: RunningWorker;
  let proxy: TcpProxy;
  // Four times that, for a new connection.
  const slow = { kind: 'latency', ms: 1_000, jitterMs: 25 } as const;

  before(async () => {
    bench = await setUpWorkbench({ speed: 1 }, { times: WORKER_TIMES });
    const { hostname, port } = new URL(bench.databaseUrl);
    proxy = await openTcpProxy({ host: hostname, port: Number(port || 5432) }, Math.random);
  });
  afterEach(() => worker.stop());
  after(async () => {
    await bench.close();
    proxy.close();
  });

  it('are all dialled, once, and none is given up; when it is quick again, so are they', async () => {
    await start({});
    await dialAll(31);
  });

  it('are all dialled under a pace, too, which slowness does not have them miss', async () => {
    await start({ ORIGINATE_PER_SECOND: '20', NODE_ORIGINATE_PER_SECOND: '15' });
    await dialAll(12);
  });

  async function start(environment: Readonly<Record<string, string>>): Promise<void> {
    const through = new URL(bench.databaseUrl);
    through.hostname = '127.0.0.1';
    through.port = String(proxy.port);
    worker = await bench.startWorker({ DATABASE_URL: through.href, DATABASE_POOL_SIZE: '10', ...environment });
    await bench.ready(1);
  }

  async function dialAll(many: number): Promise<void> {
    const held = await lease();
    proxy.set(slow);
    const ids = await Promise.all(Array.from({ length: many }, (_, n) => bench.place(`+33100${100 + n}002`)));
    await eventually(() => ids.every((id) => bench.invites(id) === 1), 400_000);
    expect(await lease(), 'nobody takes the slot anew, its holder neither').to.deep.equal(held);
    proxy.set({ kind: 'fair' });
    for (const id of ids) await bench.cancel(id);
    await eventually(async () =>
      [...(await bench.database.calls.findAll(ids)).values()].every((c) => isFinal(c.status)),
    );
    const calls = [...(await bench.database.calls.findAll(ids)).values()];
    expect(calls.filter(({ failureReason }) => failureReason !== null)).to.deep.equal([]);
    expect(await brokenLaws(bench, ids)).to.deep.equal([]);

    // The next one is accepted and answered as if nothing had been: the caution ends with the load.
    const next = await bench.place('+33100200001');
    expect(await bench.ended(next)).to.include({ status: 'completed', attempt: 1 });
  }

  function lease(): Promise<unknown[]> {
    return bench.sql('SELECT id, owner, epoch FROM worker_slots');
  }
});
