import { expect } from 'chai';
import { argumentsOf, DEFAULT_DIALPLAN, durationMs, findExtension, placeExists } from '../src/dialplan.js';

describe('the dialplan', () => {
  it('finds exact names before patterns, and the name of a pattern itself', () => {
    const dialplan = { c: { _X: [{ app: 'A', data: '' }], 7: [{ app: 'B', data: '' }] } };
    expect(findExtension(dialplan, 'c', '7')?.[0]?.app).to.equal('B');
    expect(findExtension(dialplan, 'c', '8')?.[0]?.app).to.equal('A');
    expect(findExtension(dialplan, 'c', '_X')?.[0]?.app).to.equal('A');
    expect(findExtension(dialplan, 'c', '88')).to.equal(null);
    expect(findExtension(dialplan, 'C', '7')).to.equal(null);
  });

  it('knows which priorities exist', () => {
    const at = (context: string, extension: string, priority: number) =>
      placeExists(DEFAULT_DIALPLAN, { context, extension, priority });
    expect([at('outbound-ivr', 's', 1), at('outbound-ivr', 'hc3', 3), at('from-trunk', '33', 1)]).to.deep.equal([
      true,
      true,
      true,
    ]);
    expect([at('outbound-ivr', 's', 0), at('outbound-ivr', 'hc', 1), at('nowhere', 's', 1)]).to.deep.equal([
      false,
      false,
      false,
    ]);
  });

  it('knows how long its applications last and what they are told', () => {
    expect(durationMs({ app: 'Wait', data: '0.5' })).to.equal(500);
    expect(durationMs({ app: 'Playback', data: 'silence/3' })).to.equal(3_000);
    expect(durationMs({ app: 'Answer', data: '' })).to.equal(0);
    expect(argumentsOf({ app: 'Hangup', data: '${EXTEN:2}' }, 'hc21')).to.equal('21');
  });
});
