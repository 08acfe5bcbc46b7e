import { eventually, openTcpProxy, slowness, testWorkerTimes, type TcpProxy } from '@dialgate/testing';
import { expect } from 'chai';
import { brokenLaws } from './laws.js';
import { setUpWorkbench, type RunningWorker, type Workbench } from './workbench.js';

const LONG = { context: 'outbound-ivr', extension: 'long', priority: 1 };

const BLACK_HOLE = { kind: 'black-hole' } as const;

/** Half of production's: the one worker looks for slots left behind while the other one’s lease runs out. */
const TIMES = testWorkerTimes(Math.min(0.5 * slowness(), 2));

describe('when PostgreSQL has been out of reach, and one worker is back before the other', () => {
  let bench: Workbench;
  let lines: TcpProxy[];

  beforeEach(async () => {
    bench = await setUpWorkbench({ speed: 1 }, { times: TIMES });
    lines = [];
  });
  afterEach(async () => {
    for (const line of lines) await line.heal();
    await bench.close();
    for (const line of lines) line.close();
  });

  it('the other keeps its slot, and what it has heard meanwhile is written', async () => {
    const [late, lateLine] = await workerOfOwnLine();
    const id = await bench.place('+33100000002', { destination: LONG });
    await bench.reaches(id, 'answered');
    const [prompt, promptLine] = await workerOfOwnLine();
    await bench.ready(2);
    await renewedSteadily(prompt, 1.2 * TIMES.adoptAfterMs);

    for (const line of lines) line.set(BLACK_HOLE);
    await bench.ask('DELETE', `/channels/${id}.1`);
    await eventually(async () => (await slotOf(late)).overForMs > 0);
    await promptLine.heal();
    await renewedSteadily(prompt, 0.3 * TIMES.adoptAfterMs); // And has looked for slots left behind.
    await lateLine.heal();

    await bench.ready(2);
    expect(await holders()).to.deep.equal([late.owner, prompt.owner]);
    expect(await bench.ended(id)).to.include({ status: 'completed', failureReason: null, hangupCause: 16 });
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  it('the other keeps its slot though the first has just been started', async () => {
    const [late, lateLine] = await workerOfOwnLine();
    const id = await bench.place('+33100000002', { destination: LONG });
    await bench.reaches(id, 'answered');
    const line = await lineToDatabase();
    lateLine.set(BLACK_HOLE);
    line.refuse();
    const starting = startWorker(line);
    await eventually(async () => (await slotOf(late)).overForMs > TIMES.leftAloneMs);
    await line.accept();
    const started = await starting;
    await bench.ready(1);
    await lateLine.heal();
    await bench.ready(2);

    expect(await holders()).to.deep.equal([late.owner, started.owner]);
    await bench.cancel(id);
    expect(await bench.ended(id)).to.include({ status: 'completed', hangupBy: 'gateway' });
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  async function lineToDatabase(): Promise<TcpProxy> {
    const { hostname: host, port } = new URL(bench.databaseUrl);
    const line = await openTcpProxy({ host, port: Number(port) }, Math.random);
    lines.push(line);
    return line;
  }

  function startWorker(line: TcpProxy): Promise<RunningWorker> {
    const url = new URL(bench.databaseUrl);
    url.host = `127.0.0.1:${String(line.port)}`;
    return bench.startWorker({ DATABASE_URL: url.href });
  }

  async function workerOfOwnLine(): Promise<[RunningWorker, TcpProxy]> {
    const line = await lineToDatabase();
    const worker = await startWorker(line);
    return [worker, line];
  }

  function renewedSteadily(worker: RunningWorker, forMs: number): Promise<unknown> {
    return eventually(async () => {
      const { overForMs, steadyForMs } = await slotOf(worker);
      return overForMs < 0 && steadyForMs > forMs;
    });
  }

  /** Of the slots, in the order in which they were made. */
  async function holders(): Promise<string[]> {
    const slots = await bench.sql<{ owner: string }>('SELECT owner FROM worker_slots ORDER BY number');
    return slots.map(({ owner }) => owner);
  }

  /** The slot that it holds: for how long its lease has been over, and its renewals have been steady. */
  async function slotOf({ owner }: RunningWorker) {
    const [slot] = await bench.sql<{ overForMs: number; steadyForMs: number }>(
      `SELECT extract(epoch FROM clock_timestamp() - lease_until)::float8 * 1000 AS "overForMs",
         extract(epoch FROM clock_timestamp() - steady_since)::float8 * 1000 AS "steadyForMs"
       FROM worker_slots WHERE owner = $1`,
      [owner],
    );
    if (slot === undefined) throw new Error('the slot has changed hands');
    return slot;
  }
});
