import { expect } from 'chai';
import { realAsterisk, startGateway, type Gateway } from './gateway.js';

describe('results from a real dialplan', () => {
  let gateway: Gateway;
  before(async function () {
    this.timeout(60_000);
    gateway = await startGateway(realAsterisk(), {
      both: { ALLOWED_CONTEXTS: 'outbound-ivr,answering-machine,ask-digits,press-one', ALLOWED_EXTENSIONS: '*' },
      worker: { RESULT_VARIABLES: 'AMDSTATUS,AMDCAUSE,DG_RESULT*' },
    });
  });
  after(() => gateway.stop());

  /** What is known of a call to this number when it is over. */
  async function resultsOf(number: string, where: Readonly<Record<string, string>>): Promise<unknown> {
    const id = await gateway.place(number, { ...where, variables: { DG_RESULT_MINE: 'the client’s own' } });
    const { status, results } = await gateway.ended(id);
    expect(status).to.equal('completed');
    return results;
  }

  it('are what it sets and says after the answer', async () => {
    const { results } = { results: await resultsOf('+33147000002', { extension: 'results' }) };
    expect(results).to.deep.equal({ DG_RESULT: 'second', language: 'de', choice: '1' });
  });

  it('arrive before the end when a hangup handler sets them', async () => {
    expect(await resultsOf('+33147000002', { extension: 'late-results' })).to.deep.equal({ DG_RESULT_END: 'over' });
  });

  it('tell the digits that a callee has pressed', async () => {
    expect(await resultsOf('+33147000020', { context: 'ask-digits' })).to.deep.equal({ DG_RESULT_DIGITS: '42' });
  });

  it('tell whether a callee has pressed 1 after a spoken text', async () => {
    expect(await resultsOf('+33147000019', { context: 'press-one' })).to.deep.equal({ confirmed: 'yes', pressed: '1' });
  });

  it('tell what AMD makes of a callee who says nothing', async () => {
    const results = await resultsOf('+33147000002', { context: 'answering-machine' });
    expect(results).to.have.keys('AMDSTATUS', 'AMDCAUSE').and.to.have.property('AMDSTATUS', 'NOTSURE');
  });
});
