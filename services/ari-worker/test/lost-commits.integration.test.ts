import type { Call } from '@dialgate/domain';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { brokenLaws } from './laws.js';
import { setUpWorkbench, type Workbench } from './workbench.js';

const LONG = { context: 'outbound-ivr', extension: 'long', priority: 1 };

/**
 * What a standby that lacks the last commits knows of a call: not that it was dialled, not that it was
 * claimed, not that it was answered.
 */
const LOST = {
  dial: `status = 'pending', dial_sent_at = NULL, ringing_at = NULL, answered_at = NULL`,
  claim: `status = 'pending', dial_sent_at = NULL, ringing_at = NULL, answered_at = NULL, attempt = 0,
    slot_id = NULL, slot_epoch = NULL, claimed_at = NULL, next_enqueue_at = now()`,
  answer: `status = 'ringing', answered_at = NULL`,
  ringing: `status = 'dialing', ringing_at = NULL`,
};

describe('when the database has lost its last commits', () => {
  let bench: Workbench;

  beforeEach(async () => {
    // The callee …002 lets it ring for 0.8 s; here that is long enough to lose something meanwhile.
    bench = await setUpWorkbench({ speed: 0.2 });
  });
  afterEach(() => bench.close());

  /** Has a call ring. */
  async function ringing(number: string): Promise<string> {
    const id = await bench.place(number, { destination: LONG, ringTimeoutMs: 60_000 });
    await bench.reaches(id, 'ringing');
    return id;
  }

  async function lose(id: string, what: keyof typeof LOST): Promise<void> {
    await bench.sql(`UPDATE calls SET ${LOST[what]} WHERE id = $1`, [id]);
    // The timeline is of the same commits.
    await bench.sql(
      `DELETE FROM call_events e USING calls c WHERE c.id = $1 AND e.call_id = c.id AND e.status > c.status`,
      [id],
    );
  }

  /** Ends an answered call and says how it ended. */
  async function hungUp(id: string): Promise<Call> {
    await bench.reaches(id, 'answered', 60_000);
    await bench.cancel(id);
    return bench.ended(id);
  }

  async function expectOneRing(ids: readonly string[]): Promise<void> {
    for (const id of ids) expect(bench.invites(id), 'INVITEs').to.equal(1);
    expect(await brokenLaws(bench, [...ids])).to.deep.equal([]);
  }

  for (const what of ['dial', 'claim', 'ringing'] as const) {
    it(`that of the ${what}, while it rings, the phone rings on and is answered`, async () => {
      await bench.startWorker();
      await bench.ready(1);
      const id = await ringing('+33100000002');
      await lose(id, what);
      expect(await hungUp(id)).to.include({ status: 'completed', hangupBy: 'gateway', attempt: 1 });
      await expectOneRing([id]);
    });

    it(`that of the ${what}, and the callee is busy, it ends as that`, async () => {
      await bench.startWorker();
      await bench.ready(1);
      const id = await ringing('+33100000008');
      await lose(id, what);
      expect(await bench.ended(id, 60_000)).to.include({ status: 'busy', sipStatus: 486, attempt: 1 });
      await expectOneRing([id]);
    });
  }

  // Side by side: what nobody speaks of is found by comparing rows with channels, every 30 s.
  it('that of the dial, of the claim and of the answer, while they talk, nobody is cut off', async () => {
    await bench.startWorker();
    await bench.ready(1);
    const lost = ['dial', 'claim', 'answer'] as const;
    const ids = await Promise.all(lost.map(() => bench.place('+33100000002', { destination: LONG })));
    await Promise.all(ids.map((id) => bench.reaches(id, 'answered')));
    await Promise.all(lost.map((what, n) => lose(ids[n] ?? '', what)));
    for (const [n, call] of (await Promise.all(ids.map(hungUp))).entries()) {
      expect(call, lost[n]).to.include({ status: 'completed', hangupBy: 'gateway', attempt: 1 });
    }
    await expectOneRing(ids);
  });

  for (const what of ['dial', 'claim'] as const) {
    it(`that of the ${what}, and its worker is dead, the next one follows the ringing phone`, async () => {
      const first = bench.startWorkerProcess();
      await bench.ready(1);
      const id = await ringing('+33100000006');
      first.kill('SIGKILL');
      await first.ended;
      await lose(id, what);
      await bench.startWorker();
      await bench.reaches(id, 'ringing', 60_000);
      expect(bench.channels(id)[0]?.ended).to.equal(null);
      await bench.cancel(id);
      expect(await bench.ended(id)).to.include({ status: 'canceled', attempt: 1 });
      await expectOneRing([id]);
    });
  }

  for (const what of ['dial', 'claim'] as const) {
    it(`that of the ${what}, before its phone rings, and its worker is dead, the next one follows the call`, async () => {
      const first = bench.startWorkerProcess();
      await bench.ready(1);
      const id = await bench.place('+33100000015', { destination: LONG, ringTimeoutMs: 120_000 });
      await eventually(() => bench.invites(id) === 1);
      first.kill('SIGKILL');
      await first.ended;
      await bench.reaches(id, 'dialing');
      await lose(id, what);
      await bench.startWorker();
      await bench.reaches(id, 'dialing', 60_000);
      expect(bench.channels(id)[0]?.ended).to.equal(null);
      await bench.cancel(id);
      expect(await bench.ended(id)).to.include({ status: 'canceled', attempt: 1 });
      await expectOneRing([id]);
    });
  }

  it('that of the dial, and of its slot, before its phone says a word, who has dialled tells the next one', async () => {
    await bench.startWorker();
    await bench.ready(1);
    const id = await bench.place('+33100000007', { destination: LONG, ringTimeoutMs: 120_000 });
    await eventually(() => bench.invites(id) === 1);
    await bench.reaches(id, 'dialing');
    await lose(id, 'dial');
    // Nor does it wait until it has another slot and compares rows with channels there.
    bench.simulator.faults.onRequest({
      request: 'list-channels',
      fault: { kind: 'answer', status: 503 },
      times: Infinity,
    });
    await bench.sql('UPDATE worker_slots SET epoch = epoch + 1, owner = gen_random_uuid()');
    await bench.sql('UPDATE calls SET slot_epoch = slot_epoch + 1 WHERE id = $1', [id]);
    await bench.reaches(id, 'dialing', 60_000);
    expect(await bench.call(id)).to.include({ attempt: 1 });
    expect(bench.channels(id)[0]?.ended).to.equal(null);
  });

  it('that of a claim, a second worker leaves the phone alone that the first one rings', async () => {
    await bench.startWorker();
    await bench.ready(1);
    await bench.startWorker();
    await bench.ready(2);
    const id = await ringing('+33100000002');
    await lose(id, 'claim');
    await bench.producer.add(id);
    expect(await hungUp(id)).to.include({ status: 'completed', hangupBy: 'gateway', attempt: 1 });
    await expectOneRing([id]);
  });

  it('that of all that became of a call, its phone does not ring again', async () => {
    await bench.startWorker();
    await bench.ready(1);
    const id = await bench.place('+33100000001');
    await bench.ended(id);
    await bench.sql(
      `UPDATE calls SET ended_at = NULL, hangup_cause = NULL, hangup_by = NULL, ${LOST.claim} WHERE id = $1`,
      [id],
    );
    await bench.producer.add(id);
    await eventually(async () => (await bench.timeline(id)).includes('lost'), 60_000);
    expect(await bench.ended(id)).to.include({ status: 'failed', failureReason: 'outcome_unknown' });
    expect(bench.invites(id)).to.equal(1);
  });
});
