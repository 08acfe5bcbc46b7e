import { startRealAsterisk, type RealAsterisk } from '@dialgate/local-stack';
import { isFinal, type Call } from '@dialgate/domain';
import { eventually, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { setUpWorkbench, type Workbench } from './workbench.js';

const CALLS = 200;
const WAIT_MS = 120_000;

/** What a call may come to whose Asterisk was killed: nobody can know more. */
const LOST = [
  'completed asterisk_restarted',
  'completed lost',
  'failed asterisk_restarted',
  'failed lost',
  'failed outcome_unknown',
];

describe('two real Asterisks', function () {
  this.timeout(patience(600_000));
  let bench: Workbench;
  let boxes: RealAsterisk[];

  beforeEach(async () => {
    boxes = [await started(), await started()];
    bench = await setUpWorkbench();
  });
  afterEach(async () => {
    await bench.close();
    for (const box of boxes) await box.stop();
  });

  it('of which one is killed amid 200 calls: each call has one status, the right one, and no number is rung twice', async () => {
    const [killed, other] = boxes as [RealAsterisk, RealAsterisk];
    // One name for both: what tells them apart is what they say of themselves.
    for (const { ariUrl, username, password } of boxes) {
      await bench.startWorker({
        ARI_HTTP_URL: ariUrl,
        ARI_USERNAME: username,
        ARI_PASSWORD: password,
        DIAL_ENDPOINT: 'PJSIP/{number}@trunk',
        ORIGINATE_CONCURRENCY: '10',
      });
    }
    await eventually(
      async () => (await bench.database.slots.list()).filter(({ followed }) => followed).length === 2,
      WAIT_MS,
    );
    expect(new Set((await bench.database.slots.list()).map(({ entityId }) => entityId)).size).to.equal(2);

    const numbers = Array.from({ length: CALLS }, (_, n) => `+4930${String(n).padStart(4, '0')}002`);
    const ids = await Promise.all(numbers.map((number) => bench.place(number)));
    await eventually(async () => (await killed.invites()).size >= 20, WAIT_MS);
    await killed.kill();
    const rungBefore = new Set((await killed.invites()).keys());
    // The other one goes on alone, until all is over that the dead one had not dialled.
    await eventually(
      async () => (await calls(ids)).every((call) => isFinal(call.status) || call.dialSentAt !== null),
      WAIT_MS,
    );
    await killed.startAgain();
    const ended = await eventually(async () => {
      const all = await calls(ids);
      return all.every(({ status }) => isFinal(status)) && all;
    }, WAIT_MS);

    const rung = new Map(numbers.map((number) => [number, 0]));
    for (const box of [killed, other]) {
      for (const [number, invites] of await box.invites()) rung.set(number, (rung.get(number) ?? 0) + invites.length);
    }
    for (const { phoneNumber, status, failureReason, answeredAt } of ended) {
      const what = `${phoneNumber}: ${status} ${failureReason ?? ''}`.trim();
      expect(rung.get(phoneNumber), what).to.be.lessThanOrEqual(1);
      if (failureReason === null) {
        expect(what).to.equal(`${phoneNumber}: completed`);
        expect(rung.get(phoneNumber), what).to.equal(1);
      } else if (failureReason === 'not_dialed') {
        expect(rung.get(phoneNumber), what).to.equal(0); // It was killed between the permission and the dial.
      } else {
        expect(LOST, what).to.include(`${status} ${failureReason}`);
        expect(status === 'completed', what).to.equal(answeredAt !== null);
      }
    }
    // What rang at the other one has ended as it does there, whatever happened here.
    const atOther = ended.filter(({ phoneNumber }) => !rungBefore.has(phoneNumber) && rung.get(phoneNumber) === 1);
    expect(atOther.length).to.be.greaterThan(CALLS / 2);
    for (const { phoneNumber, failureReason } of atOther) expect(failureReason, phoneNumber).to.equal(null);
    expect(ended.filter(({ failureReason }) => failureReason !== null).length).to.be.greaterThan(0);
  });

  /** With one question: there are many, and it is asked again and again. */
  async function calls(ids: readonly string[]): Promise<Call[]> {
    return [...(await bench.database.calls.findAll(ids)).values()];
  }

  async function started(): Promise<RealAsterisk> {
    const asterisk = await startRealAsterisk({ log: () => undefined });
    if ('unavailable' in asterisk) throw new Error(asterisk.unavailable); // These tests run only where there is one.
    return asterisk;
  }
});
