import { isFinal, type CallStatus } from '@dialgate/domain';
import { depth, eventually, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { statusSeen } from './laws.js';
import { setUpWorkbench, type Workbench } from './workbench.js';

const CALLS = depth({ quick: 160, deep: 1_000 });
const PER_SECOND = 50;

/** How long all of them may take, against hanging only. */
const ALL_WITHIN_MS = 120_000;

/** A mix of every kind of ending; the friendly callee of any other number is in it too. */
const ENDINGS = [
  '001',
  '002',
  '003',
  '005',
  '006',
  '008',
  '012',
  '014',
  '017',
  '123',
  '404',
  '408',
  '480',
  '486',
  '503',
  '603',
];

describe(`${CALLS} mixed calls at fifty a second over two workers`, function () {
  this.timeout(patience(2 * ALL_WITHIN_MS));
  let bench: Workbench;
  let ids: string[];

  before(async () => {
    bench = await setUpWorkbench({ speed: 5 });
    await bench.startWorker();
    await bench.startWorker();
    ids = await placeAtRate();
    await eventually(async () => (await bench.database.calls.backlog()).waiting === 0, ALL_WITHIN_MS);
    await eventually(allFinal, ALL_WITHIN_MS);
  });
  after(() => bench.close());

  it('are all over', async () => {
    const [row] = await bench.sql<{ open: number }>(
      `SELECT count(*)::int AS open FROM calls WHERE status IN ('pending', 'dialing', 'ringing', 'answered')`,
    );
    expect(row?.open).to.equal(0);
  });

  it('were dialled once each', () => {
    expect(bench.simulator.ledger.dialledTwice().filter(({ what }) => what === 'call')).to.deep.equal([]);
    expect(bench.simulator.ledger.invites().total).to.equal(CALLS);
  });

  it('ended as the simulator itself saw them end', async () => {
    const truth = new Map(
      bench.simulator.ledger.channels().map((channel) => [channel.channelId, statusSeen(channel, false)]),
    );
    const rows = await bench.sql<{ channel: string; status: string }>(
      `SELECT id || '.' || attempt AS channel, status::text FROM calls`,
    );
    const wrong = rows.filter(({ channel, status }) => truth.get(channel) !== status);
    expect(wrong).to.deep.equal([]);
  });

  it('were shared between both workers', async () => {
    const rows = await bench.sql<{ slot_id: number }>('SELECT DISTINCT slot_id FROM calls WHERE slot_id IS NOT NULL');
    expect(rows.length).to.be.greaterThan(1); // A worker that was held up for long has another slot by now.
  });

  async function placeAtRate(): Promise<string[]> {
    const placed: Promise<string>[] = [];
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        const n = placed.length;
        placed.push(
          bench.place(`+331${String(n).padStart(5, '0')}${ENDINGS[n % ENDINGS.length]}`, { ringTimeoutMs: 5_000 }),
        );
        if (placed.length < CALLS) return;
        clearInterval(timer);
        resolve();
      }, 1_000 / PER_SECOND);
    });
    return Promise.all(placed);
  }

  async function allFinal(): Promise<boolean> {
    const calls = await bench.database.calls.findAll(ids);
    return [...calls.values()].every(({ status }) => isFinal(status));
  }
});

describe('the limits over all workers', function () {
  this.timeout(patience(2 * ALL_WITHIN_MS));
  let bench: Workbench;
  beforeEach(async () => {
    bench = await setUpWorkbench({ speed: 10 });
  });
  afterEach(() => bench.close());

  it('ORIGINATE_PER_SECOND is never exceeded in any second, and used', async () => {
    const limits = { ORIGINATE_PER_SECOND: '20' };
    await bench.startWorker(limits);
    await bench.startWorker(limits);
    await bench.ready(2);
    const ids = await Promise.all(
      Array.from({ length: depth({ quick: 45, deep: 100 }) }, () => bench.place('+33100000486')),
    );
    await eventually(async () => [...(await bench.database.calls.findAll(ids)).values()].every(isOver), ALL_WITHIN_MS);
    const rows = await bench.sql<{ at: Date }>('SELECT dial_sent_at AS at FROM calls ORDER BY dial_sent_at');
    const times = rows.map(({ at }) => at.getTime());
    for (const since of times) {
      expect(times.filter((at) => at >= since && at < since + 1_000).length).to.be.at.most(21);
    }
  });

  it('MAX_CONCURRENT_CALLS is never exceeded', async () => {
    const limits = { MAX_CONCURRENT_CALLS: '5' };
    await bench.startWorker(limits);
    await bench.startWorker(limits);
    await bench.ready(2);
    const ids = await Promise.all(Array.from({ length: 30 }, () => bench.place('+33100000001')));
    let most = 0;
    await eventually(async () => {
      most = Math.max(most, bench.simulator.liveChannels());
      return [...(await bench.database.calls.findAll(ids)).values()].every(isOver);
    }, ALL_WITHIN_MS);
    expect(most).to.be.within(1, 5);
    expect(bench.simulator.ledger.invites().total).to.equal(30);
  });

  function isOver({ status }: { status: CallStatus }): boolean {
    return isFinal(status);
  }
});
