import { expect } from 'chai';
import { verdictOn } from '../src/verdict.js';
import { channel, NOTHING_LEARNED, QUIET, row, TOLD } from './planted.js';

describe('the campaign’s verdict', () => {
  it('finds nothing where all is well', () => {
    const { judgements, ...verdict } = verdictOn([{ id: 'call-1', ...TOLD }], [row()], {
      ...QUIET,
      channels: [channel()],
    });
    expect(verdict).to.deep.equal({ calls: 1, lost: [], twice: [], wrong: [], unseen: 0, notRung: 0 });
    expect(judgements.get('call-1')).to.equal('right');
  });

  it('finds a call that no client was told of and that was not taken back', () => {
    const taken = row({
      ...{ id: 'call-2', status: 'canceled', cancelRequested: true, attempt: 0, ...NOTHING_LEARNED },
      ...{ dialSentAt: null, ringingAt: null, answeredAt: null },
    });
    const verdict = verdictOn([], [row(), taken], { ...QUIET, channels: [channel()] });
    expect(verdict.wrong).to.deep.equal(['call-1 (completed) was dialled, and no client was told of it']);
    expect(verdict.judgements.get('call-2')).to.equal('right');
  });

  it('finds what was lost, dialled twice, dialled without a row, and left open', () => {
    const channels = [channel(), channel({ channelId: 'call-1.2' }), channel({ channelId: 'stranger.1' })];
    const rows = [row(), row({ id: 'call-2', status: 'ringing', endedAt: null })];
    const verdict = verdictOn(
      ['call-1', 'call-2', 'call-3'].map((id) => ({ id, ...TOLD })),
      rows,
      { ...QUIET, channels },
    );
    expect(verdict.twice).to.deep.equal(['+33100000001 was rung 3 times']);
    expect(verdict.lost).to.deep.equal(['call-3 was accepted and has no row', 'call-2 is still ringing']);
    expect(verdict.wrong).to.deep.equal(['stranger was dialled and has no row']);
  });
});
