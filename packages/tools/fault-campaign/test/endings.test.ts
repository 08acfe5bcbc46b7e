import { readRecordings, type Recording } from '@dialgate/testing';
import { expect } from 'chai';
import { CALLEE_ENDINGS, HEARD_TO_THE_END, RANG_IN_VAIN, type Ending } from '../src/endings.js';

/** By the last three digits of the number that was called. */
const EXPECTED: Readonly<Record<string, Ending>> = {
  ...CALLEE_ENDINGS,
  '006': RANG_IN_VAIN,
  '009': RANG_IN_VAIN,
  '002': HEARD_TO_THE_END,
  '003': HEARD_TO_THE_END,
};

describe('the endings that the campaign expects', () => {
  const recordings = readRecordings().filter(({ header }) => header.cancel === null);
  const known = recordings.flatMap((recording) => {
    const digits = /^PJSIP\/\d*(\d{3})@trunk$/.exec(recording.header.endpoint)?.[1] ?? '';
    const expected = EXPECTED[digits];
    return expected === undefined ? [] : [{ recording, expected }];
  });

  for (const { recording, expected } of known) {
    it(`are those of a real Asterisk: ${recording.header.scenario}`, () => {
      const end = endOf(recording);
      expect({ status: recording.header.expected_final_status, ...end }).to.deep.equal({
        status: expected.status,
        cause: expected.cause,
        sipStatus: expected.sipStatus,
      });
    });
  }

  it('are known of most callees from recordings', () => {
    expect(known.length).to.be.at.least(10);
  });
});

function endOf({ entries }: Recording): { cause: unknown; sipStatus: unknown } {
  const events = entries.flatMap((entry) => (entry._ === 'event' ? [entry.event] : []));
  const end = events.findLast(({ type }) => type === 'ChannelDestroyed');
  return { cause: end?.cause, sipStatus: end?.tech_cause ?? null };
}
