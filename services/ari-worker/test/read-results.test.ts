import { readRecordings } from '@dialgate/testing';
import { expect } from 'chai';
import { parseAriEvent } from '../src/ari/events.js';
import { mayTellResults, resultsIn } from '../src/events/read-results.js';

/** What is found in the events of a recording, in order. */
function resultsOf(scenario: string, variables: readonly string[]): unknown[] {
  const recording = readRecordings().find(({ header }) => header.scenario === scenario);
  return (recording?.entries ?? []).flatMap((entry) => {
    const event = entry._ === 'event' ? parseAriEvent(JSON.stringify(entry.event)) : null;
    return event !== null && mayTellResults(event)
      ? [resultsIn(event, variables)].filter((results) => results !== null)
      : [];
  });
}

describe('the results in what a real Asterisk says', () => {
  const SAID = { language: 'de', choice: '1' };

  it('are the variables that were asked for, each time they are set, and the fields of our user event', () => {
    expect(resultsOf('results-after-continue', ['DG_*'])).to.deep.equal([
      { DG_RESULT: 'first' },
      { DG_RESULT: 'second' },
      SAID,
    ]);
    expect(resultsOf('results-after-continue', ['DG_RESULT_*'])).to.deep.equal([SAID]);
  });

  it('are only the user event’s where no variable was asked for', () => {
    expect(resultsOf('results-after-continue', [])).to.deep.equal([SAID]);
  });

  it('are nothing that was set before the answer: these are the client’s own', () => {
    expect(resultsOf('results-after-continue', ['GW_ID'])).to.deep.equal([SAID]);
  });

  it('are none in a call whose dialplan says none', () => {
    expect(resultsOf('answer-local-hangup', ['AMDSTATUS', 'DG_*'])).to.deep.equal([]);
  });
});
