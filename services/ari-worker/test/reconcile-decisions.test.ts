import type { Call } from '@dialgate/domain';
import { someCall } from '@dialgate/testing';
import { expect } from 'chai';
import { isInApp } from '../src/ari/channels.js';
import { isStray, reconcileAction, seen, type ChannelSeen, type ReconcileAction } from '../src/reconcile/decisions.js';

const channel = (app_name: string, app_data: string, state = 'Up') => ({
  id: 'x',
  name: 'x',
  state,
  dialplan: { context: '', exten: '', priority: 1, app_name, app_data },
});

const AT = new Date('2026-01-01T12:01:00.000Z');
const READ = { at: AT, steadyForMs: Infinity };
const ago = (ms: number) => new Date(AT.getTime() - ms);
const CLAIM = { slotId: 1, slotEpoch: 3 };

const DOWN_ONCE: ChannelSeen = { seen: 'down', dialed: false, confirmed: false };
const DOWN: ChannelSeen = { seen: 'down', dialed: false, confirmed: true };
const DOWN_TRIED: ChannelSeen = { seen: 'down', dialed: true, confirmed: true };
const RINGING: ChannelSeen = { seen: 'ringing' };
const UP_WAITING: ChannelSeen = { seen: 'up', inOurApp: true };
const UP_TALKING: ChannelSeen = { seen: 'up', inOurApp: false };
const GONE_ONCE: ChannelSeen = { seen: 'gone', confirmed: false };
const GONE: ChannelSeen = { seen: 'gone', confirmed: true };

describe('reconciling an open call', () => {
  const dialed = { claim: CLAIM, attempt: 1, dialSentAt: ago(5_000), ringTimeoutMs: 30_000 };
  const cases: [what: string, call: Partial<Call>, channel: ChannelSeen, underWay: boolean, action: ReconcileAction][] =
    [
      ['claimed, its originate runs here', { claim: CLAIM, attempt: 1 }, DOWN, true, 'nothing'],
      ['claimed, nobody works on it', { claim: CLAIM, attempt: 1 }, DOWN, false, 'void_then_hang_up'],
      ['claimed, and its phone was tried', { claim: CLAIM, attempt: 1 }, DOWN_TRIED, false, 'restore_dial'],
      [
        'claimed, nobody works on it, at the first look',
        { claim: CLAIM, attempt: 1 },
        DOWN_ONCE,
        false,
        'reconcile_again',
      ],
      ['claimed, no channel at the first look', { claim: CLAIM, attempt: 1 }, GONE_ONCE, false, 'reconcile_again'],
      ['claimed, no channel', { claim: CLAIM, attempt: 1 }, GONE, false, 'void_then_hang_up'],
      ['not claimed at all', {}, DOWN, false, 'nothing'],
      ['dialing, in time', { ...dialed, status: 'dialing' }, DOWN, false, 'nothing'],
      ['dialing, and it rings', { ...dialed, status: 'dialing' }, RINGING, false, 'write_ringing'],
      ['dialing, gone, and its originate runs here', { ...dialed, status: 'dialing' }, GONE, true, 'reconcile_again'],
      ['ringing, and it rings', { ...dialed, status: 'ringing' }, RINGING, false, 'nothing'],
      ['ringing, in time', { ...dialed, status: 'ringing' }, DOWN, false, 'nothing'],
      [
        'dialing, ten seconds beyond its timeout',
        { ...dialed, status: 'dialing', dialSentAt: ago(40_001) },
        DOWN,
        false,
        'hang_up_overdue',
      ],
      ['ringing, not quite', { ...dialed, status: 'ringing', dialSentAt: ago(39_999) }, DOWN, false, 'nothing'],
      [
        'dialing, the callee waits in silence',
        { ...dialed, status: 'dialing' },
        UP_WAITING,
        false,
        'write_answered_and_continue',
      ],
      [
        'answered, the callee waits in silence',
        { ...dialed, status: 'answered' },
        UP_WAITING,
        false,
        'write_answered_and_continue',
      ],
      ['ringing, the callee talks already', { ...dialed, status: 'ringing' }, UP_TALKING, false, 'write_answered'],
      ['answered and talking', { ...dialed, status: 'answered' }, UP_TALKING, false, 'nothing'],
      ['dialing, gone at the first look', { ...dialed, status: 'dialing' }, GONE_ONCE, false, 'reconcile_again'],
      ['dialing, gone twice', { ...dialed, status: 'dialing' }, GONE, false, 'write_lost'],
      ['answered, gone twice', { ...dialed, status: 'answered' }, GONE, false, 'write_lost'],
      [
        'ringing, at the end of the ten seconds',
        { ...dialed, status: 'ringing', dialSentAt: ago(40_000) },
        DOWN,
        false,
        'nothing',
      ],
      ['answered, gone at the first look', { ...dialed, status: 'answered' }, GONE_ONCE, false, 'reconcile_again'],
      ['answered, and it seems to ring', { ...dialed, status: 'answered' }, RINGING, false, 'nothing'],
      ['over', { ...dialed, status: 'completed' }, GONE, false, 'nothing'],
      ['over, busy', { ...dialed, status: 'busy' }, UP_WAITING, false, 'nothing'],
      ['over, without an answer', { ...dialed, status: 'no_answer' }, UP_WAITING, false, 'nothing'],
      ['over, failed', { ...dialed, status: 'failed' }, UP_WAITING, false, 'nothing'],
      ['over, canceled', { ...dialed, status: 'canceled' }, UP_WAITING, false, 'nothing'],
    ];
  for (const [what, call, channel, underWay, action] of cases) {
    it(`${what}: ${action.replaceAll('_', ' ')}`, () => {
      expect(reconcileAction(someCall(call), channel, READ, underWay, false)).to.equal(action);
    });
  }
});

describe('reconciling a phone that rings, when the database’s clock was set forward', () => {
  const call = someCall({
    claim: CLAIM,
    attempt: 1,
    dialSentAt: ago(3_600_000),
    ringTimeoutMs: 30_000,
    status: 'ringing',
  });
  for (const [steadyForMs, action] of [
    [39_999, 'nothing'],
    [40_001, 'hang_up_overdue'],
  ] as const) {
    it(`${action.replaceAll('_', ' ')} ${steadyForMs} ms after it: it may ring for all of its time`, () => {
      expect(reconcileAction(call, RINGING, { at: AT, steadyForMs }, false, false)).to.equal(action);
    });
  }
});

describe('reconciling a claimed call whose row knows nothing of a dial', () => {
  const claimed = someCall({ claim: CLAIM, attempt: 1 });
  const cases: [what: string, channel: ChannelSeen, underWay: boolean, dialedHere: boolean, action: ReconcileAction][] =
    [
      ['its channel rings', RINGING, false, false, 'restore_dial'],
      ['the callee waits in silence', UP_WAITING, false, false, 'restore_dial'],
      ['the callee talks already', UP_TALKING, false, false, 'restore_dial'],
      ['it was dialled here and does not ring yet', DOWN, false, true, 'restore_dial'],
      ['it was dialled here and is gone', GONE, false, true, 'restore_dial'],
      ['it rings, and its originate runs here', RINGING, true, true, 'nothing'],
      ['nobody has dialled it', DOWN, false, false, 'void_then_hang_up'],
    ];
  for (const [what, channel, underWay, dialedHere, action] of cases) {
    it(`${what}: ${action.replaceAll('_', ' ')}`, () => {
      expect(reconcileAction(claimed, channel, READ, underWay, dialedHere)).to.equal(action);
    });
  }
});

describe('a channel that belongs to no open call', () => {
  const row = (overrides: Partial<Call>) => someCall({ claim: CLAIM, attempt: 2, ...overrides });

  it('is stray when its call is over, given back, or has a later attempt', () => {
    expect(isStray(row({ status: 'completed', endedAt: AT }), 2, true)).to.equal(true);
    expect(isStray(row({ status: 'pending', claim: null }), 2, true)).to.equal(true);
    expect(isStray(row({ status: 'dialing' }), 1, true)).to.equal(true);
    expect(isStray(row({ status: 'pending', claim: null, attempt: 1 }), 2, true), 'lost claim').to.equal(true);
  });
  it('is left alone when its call is open under this very attempt', () => {
    expect(isStray(row({ status: 'dialing' }), 2, true)).to.equal(false);
  });
  it('is ours without a row only if it waits in our application', () => {
    expect(isStray(null, 1, true)).to.equal(true);
    expect(isStray(null, 1, false)).to.equal(false);
  });
  it('is stray in whatever slot it was made, when its call needs it no more', () => {
    expect(isStray(row({ status: 'completed', endedAt: AT }), 2, false)).to.equal(true);
    expect(isStray(row({ status: 'pending', claim: null }), 2, false), 'given back').to.equal(true);
    expect(isStray(row({ status: 'ringing' }), 2, false)).to.equal(false);
  });
  it('is left alone while a claim waits for its dial, or a dialled call was adopted', () => {
    expect(isStray(row({ status: 'pending' }), 2, true)).to.equal(false);
    expect(isStray(row({ status: 'dialing', claim: null }), 2, true)).to.equal(false);
    expect(isStray(row({ status: 'pending', claim: null, attempt: 1 }), 2, false), 'lost claim').to.equal(false);
  });
  it('is told by its application, arguments apart', () => {
    const isOurs = (app: string) => app === 'gw-1';
    expect(isInApp(channel('Stasis', 'gw-1'), isOurs)).to.equal(true);
    expect(isInApp(channel('Stasis', 'gw-1,a'), isOurs)).to.equal(true);
    expect(isInApp(channel('Stasis', 'gw-12'), isOurs)).to.equal(false);
    expect(isInApp(channel('Wait', 'gw-1'), isOurs)).to.equal(false);
  });
});

describe('a look at a channel', () => {
  it('shows whether it rings, and of one that is up whether it waits for us', () => {
    expect(seen(channel('Stasis', 'gw-1', 'Down'), 'gw-1')).to.deep.equal({
      seen: 'down',
      dialed: false,
      confirmed: false,
    });
    expect(seen(channel('Stasis', 'gw-1', 'Ringing'), 'gw-1')).to.deep.equal({ seen: 'ringing' });
    expect(seen(channel('Stasis', 'gw-1'), 'gw-1')).to.deep.equal({ seen: 'up', inOurApp: true });
    expect(seen(channel('Stasis', 'gw-2'), 'gw-1')).to.deep.equal({ seen: 'up', inOurApp: false });
  });
});
