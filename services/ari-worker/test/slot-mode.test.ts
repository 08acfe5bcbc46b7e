import { expect } from 'chai';
import { SLOT_MODES, type SlotEvent, type SlotMode } from '../src/slots/slot-mode.js';

const MODES = Object.keys(SLOT_MODES) as SlotMode[];
const EVENTS: readonly SlotEvent[] = [
  'socket_opened',
  'socket_lost',
  'other_asterisk',
  'too_old',
  'filtered',
  'reconciled',
  'reconcile_failed',
  'invalidated',
  'closed',
];

function after(...events: SlotEvent[]): SlotMode {
  return events.reduce<SlotMode>((mode, event) => SLOT_MODES[mode][event] ?? mode, 'disconnected');
}

describe('the modes of a slot', () => {
  it('lead to ready when the socket was opened, filtered and reconciled, and in no other order', () => {
    expect(after('socket_opened', 'filtered', 'reconciled')).to.equal('ready');
    expect(after('socket_opened', 'reconciled', 'filtered')).to.equal('reconciling');
    expect(after('filtered', 'reconciled', 'socket_opened')).to.equal('filtering');
    const ways = MODES.flatMap((mode) =>
      EVENTS.filter((event) => SLOT_MODES[mode][event] === 'ready').map((event) => `${mode} ${event}`),
    );
    expect(ways).to.deep.equal(['reconciling reconciled']);
  });

  it('lead back to the filter when what is known is worth nothing, and to nothing known when the socket is lost', () => {
    for (const events of [[], ['filtered'], ['filtered', 'reconciled']] as const) {
      expect(after('socket_opened', ...events, 'invalidated')).to.equal('filtering');
      expect(after('socket_opened', ...events, 'socket_lost')).to.equal('disconnected');
    }
  });

  it('lead from another Asterisk nowhere but to the end', () => {
    expect(after('socket_opened', 'other_asterisk', 'filtered', 'reconciled', 'socket_lost', 'socket_opened')).to.equal(
      'misplaced',
    );
  });

  it('are not ready after a comparison that failed, until one has succeeded', () => {
    const ready = ['socket_opened', 'filtered', 'reconciled'] as const;
    expect(after(...ready, 'reconcile_failed')).to.equal('reconciling');
    expect(after(...ready, 'reconcile_failed', 'reconciled')).to.equal('ready');
  });

  it('end with closed, from everywhere and for good', () => {
    for (const mode of MODES) {
      expect(SLOT_MODES[mode].closed ?? mode).to.equal('closed');
      if (mode === 'closed') expect(SLOT_MODES[mode]).to.deep.equal({});
    }
  });
});
