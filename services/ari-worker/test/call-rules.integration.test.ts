import { durationSeconds } from '@dialgate/domain';
import { eventually, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { brokenLaws } from './laws.js';
import { setUpWorkbench, type Workbench } from './workbench.js';

const LONG = { context: 'outbound-ivr', extension: 'long', priority: 1 };

describe('a call that has been up for MAX_CALL_SECONDS', () => {
  let bench: Workbench;

  before(async () => {
    bench = await setUpWorkbench({ speed: 10 });
  });
  after(() => bench.close());

  it('is hung up by the gateway, and one that only rings is not', async () => {
    await bench.startWorker({ MAX_CALL_SECONDS: '2' });
    await bench.ready(1);
    const ringing = await bench.place('+33100000006', { ringTimeoutMs: 600_000 });
    await bench.reaches(ringing, 'ringing');
    const up = await bench.place('+33100000002', { destination: LONG });
    const call = await bench.ended(up);
    expect(call).to.include({ status: 'completed', hangupBy: 'gateway', hangupCause: 16, cancelRequestedAt: null });
    expect(durationSeconds(call)).to.be.at.least(2);
    expect(bench.channels(up)[0]?.ended).to.include({ by: 'client' });
    expect(await bench.call(ringing)).to.include({ status: 'ringing' });
    expect(await brokenLaws(bench, [up])).to.deep.equal([]);
    await bench.cancel(ringing);
    await bench.ended(ringing);
  });
});

describe('a call whose user is suspended between its claim and its dial', () => {
  let bench: Workbench;

  before(async () => {
    bench = await setUpWorkbench();
    await bench.sql(`CREATE FUNCTION suspend() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN UPDATE users SET suspended_at = now() WHERE id = NEW.user_id; RETURN NULL; END $$`);
    await bench.sql(`CREATE TRIGGER suspend AFTER UPDATE ON calls FOR EACH ROW
      WHEN (OLD.attempt = 0 AND NEW.attempt = 1) EXECUTE FUNCTION suspend()`);
  });
  after(() => bench.close());

  for (const [pace, environment] of [
    ['at any pace', {}],
    ['at a limited pace', { ORIGINATE_PER_SECOND: '50' }],
  ] as const) {
    it(`rings nobody, ${pace}, and ends`, async () => {
      const worker = await bench.startWorker(environment);
      await bench.ready(1);
      const id = await bench.place('+33100000001');
      await eventually(() => bench.channels(id).length === 1 && bench.channels(id)[0]?.ended !== null);
      expect(await bench.ended(id)).to.include({ status: 'failed', failureReason: 'not_allowed', dialSentAt: null });
      expect(bench.invites(id)).to.equal(0);
      expect(await brokenLaws(bench, [id])).to.deep.equal([]);
      await worker.stop();
      await bench.sql('UPDATE users SET suspended_at = NULL');
    });
  }
});

describe('a channel that Asterisk could not allocate', () => {
  let bench: Workbench;

  before(async () => {
    bench = await setUpWorkbench();
    await bench.startWorker();
    await bench.ready(1);
  });
  after(() => bench.close());

  it('is asked for twice more, and the call goes on', async () => {
    const creates = countCreates();
    const refused = refuseAllocation(2);
    const id = await bench.place('+33100000001');
    expect(await bench.ended(id)).to.include({ status: 'completed', attempt: 1 });
    expect([refused.hits(), creates()]).to.deep.equal([2, 3]);
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  it('three times is a trunk that is not available, and nobody asks again', async () => {
    const creates = countCreates();
    const refused = refuseAllocation(Infinity);
    const id = await bench.place('+33100000001');
    expect(await bench.ended(id)).to.include({
      status: 'failed',
      failureReason: 'trunk_unavailable',
      attempt: 1,
      dialSentAt: null,
    });
    refused.remove();
    const next = await bench.place('+33100000001');
    expect(await bench.ended(next)).to.include({ status: 'completed' });
    expect([refused.hits(), creates()]).to.deep.equal([3, 4]);
    expect(await brokenLaws(bench, [id, next])).to.deep.equal([]);
  });

  function refuseAllocation(times: number) {
    const fault = { kind: 'answer', status: 500, body: { error: 'Allocation failed' } } as const;
    return bench.simulator.faults.onRequest({ request: 'create', fault, times });
  }

  function countCreates(): () => number {
    let seen = 0;
    bench.simulator.faults.onRequest({ request: 'create', fault: { kind: 'drop' }, when: () => ++seen < 0 });
    return () => seen;
  }
});

describe('the timeline of a call', () => {
  let bench: Workbench;

  before(async () => {
    bench = await setUpWorkbench({ speed: 2 });
    await bench.startWorker();
    await bench.ready(1);
  });
  after(() => bench.close());

  it("has Asterisk's own time beside what Asterisk said, and none beside what it did not say", async () => {
    // Events that arrive late happened when Asterisk says that they did.
    const late = { kind: 'delay', ms: patience(300) } as const;
    bench.simulator.faults.onEvent({
      fault: late,
      times: Infinity,
      when: ({ body }) => body.type === 'ChannelDestroyed',
    });
    const id = await bench.place('+33100000001');
    await bench.ended(id);
    await eventually(async () => (await bench.timeline(id)).includes('continued'));
    const told = await bench.sql<{ event: string; source: string; at: Date; asterisk_at: Date | null }>(
      'SELECT event, source, at, asterisk_at FROM call_events WHERE call_id = $1 ORDER BY id',
      [id],
    );
    const [channel] = bench.channels(id);
    const truth: [event: string, at: number | null | undefined][] = [
      ['ringing', channel?.rangAt],
      ['answered', channel?.answeredAt],
      ['hung_up', channel?.ended?.at],
    ];
    for (const [event, at] of truth) {
      const line = told.find((one) => one.event === event);
      expect(line, event).to.include({ source: 'asterisk' });
      expect(line?.asterisk_at?.getTime(), event).to.be.closeTo(at ?? NaN, patience(100));
    }
    const unsaid = told.filter(({ source }) => source !== 'asterisk');
    expect(unsaid.map(({ event }) => event)).to.include.members(['created', 'claimed', 'dial_sent', 'continued']);
    for (const { event, asterisk_at: at } of unsaid) expect(at, event).to.equal(null);
  });
});
