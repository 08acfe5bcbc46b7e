import { expect } from 'chai';
import { callOf, createLedger } from '../src/ledger.js';

describe('the ledger', () => {
  it('counts dials by number and channel, and names what was dialled twice', () => {
    const ledger = filled([
      ['call-1.1', '331', 0],
      ['call-1.2', '331', 1],
      ['call-2.1', '332', 1],
      ['call-3.1', '333', 1],
      ['call-3.2', '334', 1],
      ['call-4.1', '332', 1],
    ]);
    const { total, byNumber, byChannel } = ledger.invites();
    expect([total, byNumber.get('332'), byChannel.get('call-3.2'), byChannel.get('call-1.1')]).to.deep.equal([
      5,
      2,
      1,
      undefined,
    ]);
    expect(ledger.dialledTwice()).to.deep.equal([
      { what: 'call', key: 'call-3', dials: 2, channelIds: ['call-3.1', 'call-3.2'] },
      { what: 'number', key: '332', dials: 2, channelIds: ['call-2.1', 'call-4.1'] },
    ]);
  });

  it('keeps the first time of everything, and the first end', () => {
    let now = 10;
    const ledger = createLedger(() => now);
    const pen = ledger.created({ channelId: 'c', endpoint: 'e', number: 'n', app: 'a', variables: {} });
    now = 20;
    pen.rang(true);
    pen.ended({ cause: 17, techCause: 486, by: 'callee', told: true });
    now = 30;
    pen.rang(true);
    pen.ended({ cause: 16, techCause: null, by: 'client', told: true });
    expect(ledger.channel('c')).to.deep.include({
      createdAt: 10,
      rangAt: 20,
      ended: { at: 20, cause: 17, techCause: 486, by: 'callee', told: true },
    });
  });

  it('keeps both records of an id that was used again, and shows the younger', () => {
    const ledger = filled([
      ['same', '1', 1],
      ['same', '2', 0],
    ]);
    expect(ledger.channels()).to.have.length(2);
    expect(ledger.channel('same')?.number).to.equal('2');
  });

  it('forgets what is over, and no more', () => {
    const ledger = createLedger(() => 0);
    ledger.created({ channelId: 'alive', endpoint: '', number: '1', app: '', variables: {} }).dialled(1);
    ledger
      .created({ channelId: 'over', endpoint: '', number: '2', app: '', variables: {} })
      .ended({ cause: 16, techCause: null, by: 'client', told: true });
    ledger.clear();
    expect(ledger.channels().map(({ channelId }) => channelId)).to.deep.equal(['alive']);
    expect(ledger.invites().total).to.equal(0);
  });

  it('takes the attempt off a channel id', () => {
    expect([callOf('0190-a.3'), callOf('0190-a'), callOf('x.y')]).to.deep.equal(['0190-a', '0190-a', 'x.y']);
  });
});

function filled(channels: [channelId: string, number: string, dials: number][]) {
  const ledger = createLedger(() => 0);
  for (const [channelId, number, dials] of channels) {
    const pen = ledger.created({ channelId, endpoint: `PJSIP/${number}@trunk`, number, app: 'gw', variables: {} });
    for (let dial = 0; dial < dials; dial += 1) pen.dialled(30);
  }
  return ledger;
}
