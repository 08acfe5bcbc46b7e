import type { SimulatorOptions } from '@dialgate/asterisk-simulator';
import { RESULTS_AT_MOST } from '@dialgate/domain';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { brokenLaws } from './laws.js';
import { setUpWorkbench, type Workbench } from './workbench.js';

const step = (app: string, data = '') => ({ app, data });
const set = (name: string, value: string) => step('Set', `${name}=${value}`);

const DIALPLAN: NonNullable<SimulatorOptions['dialplan']> = {
  'outbound-ivr': {
    results: [
      set('DG_RESULT', 'first'),
      set('DG_RESULT', 'second'),
      set('UNASKED', 'x'),
      step('UserEvent', 'DialgateResult,language: de,choice: 1'),
      step('UserEvent', 'Other,choice: 2'),
      step('Wait', '3'),
      step('Hangup', '16'),
    ],
    last: [step('UserEvent', 'DialgateResult,choice: 1'), step('Hangup', '16')],
    hostile: [set('DG_RESULT', 'a\u0000b\ud800'), set('DG_LONG', 'x'.repeat(9_000)), step('Hangup', '16')],
    flood: [
      ...Array.from({ length: 3 * RESULTS_AT_MOST }, (_, n) => set(`DG_${String(n)}`, String(n))),
      step('Wait', '0.3'),
      step('Hangup', '16'),
    ],
  },
};

const to = (extension: string) => ({ destination: { context: 'outbound-ivr', extension, priority: 1 } });

describe('results from the dialplan', () => {
  let bench: Workbench;

  async function workbench(environment: Readonly<Record<string, string>>): Promise<void> {
    bench = await setUpWorkbench({ dialplan: DIALPLAN });
    await bench.startWorker(environment);
    await bench.ready(1);
  }
  afterEach(() => bench.close());

  async function said(id: string): Promise<unknown[]> {
    const sql = `SELECT detail, status, source FROM call_events WHERE call_id = $1 AND event = 'result' ORDER BY id`;
    return bench.sql(sql, [id]);
  }

  it('stand in the timeline in order, between the answer and the end, and move nothing', async () => {
    await workbench({ RESULT_VARIABLES: 'DG_*' });
    const id = await bench.place('+33100000002', { ...to('results'), variables: { DG_MINE: 'the client’s own' } });
    expect(await bench.ended(id)).to.include({ status: 'completed', hangupBy: 'dialplan' });
    expect(await said(id)).to.deep.equal(
      [{ DG_RESULT: 'first' }, { DG_RESULT: 'second' }, { language: 'de', choice: '1' }].map((results) => ({
        detail: { results },
        status: null,
        source: 'asterisk',
      })),
    );
    const timeline = await bench.timeline(id);
    expect(timeline.indexOf('result')).to.be.greaterThan(timeline.indexOf('answered'));
    expect(lastOf(timeline)).to.equal('hung_up');
    expect(await bench.database.calls.results([id])).to.deep.equal(
      new Map([[id, { DG_RESULT: 'second', language: 'de', choice: '1' }]]),
    );
    expect(await brokenLaws(bench, [id])).to.deep.equal([]);
  });

  it('are those of user events only, unless variables were asked for', async () => {
    await workbench({});
    const id = await bench.place('+33100000002', to('results'));
    await bench.ended(id);
    expect(await bench.database.calls.results([id])).to.deep.equal(new Map([[id, { language: 'de', choice: '1' }]]));
  });

  it('are kept harmless: cut off, and without what the database would refuse', async () => {
    await workbench({ RESULT_VARIABLES: 'DG_*' });
    const id = await bench.place('+33100000002', to('hostile'));
    expect(await bench.ended(id)).to.include({ status: 'completed' });
    expect(await bench.database.calls.results([id])).to.deep.equal(
      new Map([[id, { DG_RESULT: 'a\ufffdb\ufffd', DG_LONG: 'x'.repeat(256) }]]),
    );
  });

  it('are dropped when they come after the end: the timeline of a call that is over is complete', async () => {
    await workbench({});
    // The end overtakes it on the same socket, whatever the time.
    const held = bench.simulator.faults.onEvent({
      fault: { kind: 'delay', ms: 100 },
      times: Infinity,
      when: ({ body }) => body.type === 'ChannelUserevent',
    });
    const over = await bench.place('+33100000002', to('last'));
    await bench.ended(over);
    // What was held back later arrives later: with this one, the first is there as well.
    const second = await bench.place('+33100000002', to('results'));
    await eventually(async () => (await said(second)).length === 1);
    expect(held.hits()).to.equal(3);
    expect(await said(over)).to.deep.equal([]);
  });

  it('are dropped when there are too many, and the call takes its course', async () => {
    await workbench({ RESULT_VARIABLES: 'DG_*' });
    const id = await bench.place('+33100000002', to('flood'));
    expect(await bench.ended(id)).to.include({ status: 'completed' });
    expect(await said(id)).to.have.length(RESULTS_AT_MOST);
    expect(lastOf(await bench.timeline(id))).to.equal('hung_up');
  });

  /** But for `continued`, which is noted when its answer is read: a short dialplan may be over by then. */
  const lastOf = (timeline: string[]): string | undefined => timeline.filter((event) => event !== 'continued').at(-1);
});
