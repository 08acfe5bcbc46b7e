import { expect } from 'chai';
import { createApplications } from '../src/applications.js';
import { createCalls } from '../src/calls.js';
import { DEFAULT_DIALPLAN } from '../src/dialplan.js';
import { createEventFaults } from '../src/event-faults.js';
import { createLedger } from '../src/ledger.js';
import { seededRandom } from '../src/random.js';
import { manualClock } from './manual-clock.js';

describe('a call in simulated time', () => {
  it('to a silent number ends with 408 when timer B runs out, not before', () => {
    const { heardAfter } = dialled('PJSIP/33100000007@trunk', { timeoutSeconds: 60 });
    expect(heardAfter(31_999)).to.deep.equal(['Dial']);
    expect(heardAfter(1)).to.deep.equal(['ChannelHangupRequest', 'StasisEnd', 'ChannelDestroyed 18/408']);
  });

  it('to a closed port does the same, unless it may ring for less', () => {
    const { heardAfter } = dialled('PJSIP/331@trunk-dead', { timeoutSeconds: 20 });
    expect(heardAfter(19_999)).to.deep.equal(['Dial']);
    expect(heardAfter(1).at(-1)).to.equal('ChannelDestroyed 19/480');
  });

  it('is not ended by the ring timeout once it was answered', () => {
    const { heardAfter } = dialled('PJSIP/33100000002@trunk', { timeoutSeconds: 2 });
    expect(heardAfter(600_000).at(-1)).to.equal('Dial ANSWER');
  });

  it('rings for as long as the far end takes', () => {
    const { heardAfter } = dialled('PJSIP/33100000004@trunk', { timeoutSeconds: 10 });
    expect(heardAfter(4_999)).to.deep.equal(['Dial']);
    expect(heardAfter(1)).to.deep.equal(['ChannelStateChange Up', 'Dial ANSWER']);
  });

  it('leaves no timer behind when it is hung up', () => {
    const { heardAfter, calls } = dialled('PJSIP/33100000001@trunk', { timeoutSeconds: 30 });
    calls.hangUp('c', 16);
    heardAfter(0);
    expect(heardAfter(3_600_000)).to.deep.equal([]);
    expect(calls.count()).to.equal(0);
  });

  it('is heard in either order where Asterisk has none, by the seed', () => {
    const orders = new Set(
      [1, 2, 3, 4, 5, 6, 7, 8].map((seed) =>
        dialled('PJSIP/33100000006@trunk', { timeoutSeconds: 30, seed }).heardAfter(10).slice(1).join(),
      ),
    );
    expect([...orders].sort()).to.deep.equal([
      'ChannelStateChange Ringing,Dial RINGING',
      'Dial RINGING,ChannelStateChange Ringing',
    ]);
  });

  it('runs through the dialplan at its pace', () => {
    const { heardAfter, calls } = dialled('PJSIP/33100000005@trunk', { timeoutSeconds: 30 });
    heardAfter(5);
    expect(calls.continueAt('c', { context: 'outbound-ivr', extension: 'load', priority: 1 })).to.equal(null);
    expect(heardAfter(1_999)).to.deep.equal(['StasisEnd']);
    expect(heardAfter(1)).to.deep.equal(['ChannelDestroyed 16/undefined']);
  });

  it('can start at any priority, and is dropped at one that is not there', () => {
    for (const [priority, lastsMs] of [
      [2, 500],
      [9, 0],
    ] as const) {
      const { heardAfter, calls } = dialled('PJSIP/33100000005@trunk', { timeoutSeconds: 30 });
      heardAfter(5);
      calls.continueAt('c', { context: 'outbound-ivr', extension: 'prio', priority });
      expect(heardAfter(lastsMs).at(-1)).to.equal('ChannelDestroyed 16/undefined');
    }
  });
});

/** A dialled channel `c`, and what is newly heard of it when time passes. */
function dialled(endpoint: string, { timeoutSeconds, seed = 1 }: { timeoutSeconds: number; seed?: number }) {
  const clock = manualClock();
  const random = seededRandom(seed);
  const applications = createApplications({
    timestamp: () => 'now',
    asteriskId: 'test',
    eventFaults: createEventFaults(random),
  });
  const calls = createCalls({
    clock,
    random,
    applications,
    dialplan: DEFAULT_DIALPLAN,
    ledger: createLedger(() => clock.now()),
    directory: {
      trunks: { trunk: 'works', 'trunk-dead': 'dead' },
      localContexts: { test: 'test' },
      timerBMs: 32_000,
      random,
    },
  });

  let heard: string[] = [];
  applications.connect(['gw'], { send: (text) => void heard.push(named(JSON.parse(text) as Heard)) }, false);
  applications.setFilter('gw', { disallowed: [{ type: 'ChannelVarset' }, { type: 'ChannelDialplan' }] });
  calls.create({ endpoint, app: 'gw', appArgs: '', channelId: 'c', variables: [] });
  clock.pass(10);
  heard = [];
  calls.dial('c', timeoutSeconds);

  function heardAfter(ms: number): string[] {
    clock.pass(ms);
    const news = heard;
    heard = [];
    return news;
  }
  return { calls, heardAfter };
}

interface Heard {
  type: string;
  dialstatus?: string;
  cause?: number;
  tech_cause?: number;
  channel?: { state: string };
}

function named({ type, dialstatus, cause, tech_cause, channel }: Heard): string {
  if (type === 'Dial') return `Dial ${dialstatus ?? ''}`.trim();
  if (type === 'ChannelStateChange') return `${type} ${channel?.state ?? ''}`;
  return type === 'ChannelDestroyed' ? `${type} ${String(cause)}/${String(tech_cause)}` : type;
}
