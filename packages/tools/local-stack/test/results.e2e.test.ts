import type { Call } from '@dialgate/client';
import { AT_ONCE, eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { askAsterisk, realAsterisk, startGateway, type Gateway } from './gateway.js';
import { phonesOfATest } from './phone.js';
import { oneAfterAnother, samplesIn, silence } from './sound.js';

interface Channel {
  readonly id: string;
  readonly dialplan: { readonly app_name: string };
}

/** How long the sound is that `press-one` begins with, Debian's `hello`. */
const HELLO_MS = 800;

/** Against hanging only. */
const PATIENT_MS = 20_000;

describe('results from a real dialplan', () => {
  let gateway: Gateway;
  before(async () => {
    gateway = await startGateway(realAsterisk(), {
      both: { ALLOWED_CONTEXTS: 'outbound-ivr,answering-machine,ask-digits,press-one', ALLOWED_EXTENSIONS: '*' },
      worker: { RESULT_VARIABLES: 'AMDSTATUS,AMDCAUSE,DG_RESULT*' },
    });
  });
  after(() => gateway.stop());
  const aPhone = phonesOfATest();

  /** What is known of a call to this number when it is over. */
  async function resultsOf(number: string, where: Readonly<Record<string, string>>): Promise<Call['results']> {
    const id = await gateway.place(number, { ...where, variables: { DG_RESULT_MINE: 'the client’s own' } });
    return completed(id);
  }

  async function completed(id: string): Promise<Call['results']> {
    const { status, results } = await gateway.ended(id);
    expect(status).to.equal('completed');
    return results;
  }

  /** Places a call, and waits until the dialplan runs this application for it. */
  async function callUntil(application: string, number: string, context: string): Promise<string> {
    const id = await gateway.place(number, { context });
    const isThere = async () => {
      const [channel] = (await askAsterisk<Channel[]>('/channels')).filter((one) => one.id.startsWith(id));
      return channel?.dialplan.app_name === application;
    };
    await eventually(isThere, PATIENT_MS, AT_ONCE);
    return id;
  }

  it('are what it sets and says after the answer', async () => {
    const { results } = { results: await resultsOf('+33147000002', { extension: 'results' }) };
    expect(results).to.deep.equal({ DG_RESULT: 'second', language: 'de', choice: '1' });
  });

  it('arrive before the end when a hangup handler sets them', async () => {
    expect(await resultsOf('+33147000002', { extension: 'late-results' })).to.deep.equal({ DG_RESULT_END: 'over' });
  });

  it('tell the digits that a callee has pressed, each in a SIP INFO', async () => {
    expect(await resultsOf('+33147000020', { context: 'ask-digits' })).to.deep.equal({ DG_RESULT_DIGITS: '42' });
  });

  it('tell whether a callee has pressed 1 after a spoken text, in a SIP INFO', async () => {
    expect(await resultsOf('+33147000019', { context: 'press-one' })).to.deep.equal({ confirmed: 'yes', pressed: '1' });
  });

  it('tell whether 1 was pressed as an RTP telephone-event', async () => {
    const phone = await aPhone();
    const id = await callUntil('Read', phone.number, 'press-one');
    await phone.presses('1');
    expect(await completed(id)).to.deep.equal({ confirmed: 'yes', pressed: '1' });
  });

  it('tell each digit once that was pressed as an RTP telephone-event', async () => {
    const phone = await aPhone();
    const id = await callUntil('Read', phone.number, 'ask-digits');
    await phone.presses('442#');
    expect(await completed(id)).to.deep.equal({ DG_RESULT_DIGITS: '442' });
  });

  it('tell what AMD makes of a callee of whom no sound comes', async () => {
    const results = await resultsOf('+33147000002', { context: 'answering-machine' });
    expect(results).to.have.keys('AMDSTATUS', 'AMDCAUSE').and.to.have.property('AMDSTATUS', 'NOTSURE');
    expect(results.AMDCAUSE).to.match(/^TOOLONG-\d+$/);
  });

  describe('of AMD', () => {
    let hello: Int16Array;
    /** A voice: what `press-one` says first, as the callee's phone receives it. */
    before(async () => {
      const phone = await aPhone();
      const id = await gateway.place(phone.number, { context: 'press-one' });
      await eventually(() => phone.heard().length >= samplesIn(HELLO_MS));
      await gateway.request('POST', `/calls/${id}/hangup`);
      await completed(id);
      hello = phone.heard().slice(0, samplesIn(HELLO_MS));
    });

    /** What is known of a callee who says this once AMD listens, and whether something was said to them in the end. */
    async function madeOf(sound: Int16Array) {
      const phone = await aPhone();
      const id = await callUntil('AMD', phone.number, 'answering-machine');
      void phone.says(sound); // AMD need not hear it to its end.
      return { results: await completed(id), wasTalkedTo: phone.heard().length > 0 };
    }

    it('tell of a person who says hello and listens', async () => {
      const { results, wasTalkedTo } = await madeOf(oneAfterAnother(hello, silence(1_500)));
      expect(results).to.have.keys('AMDSTATUS', 'AMDCAUSE').and.to.have.property('AMDSTATUS', 'HUMAN');
      expect(results.AMDCAUSE).to.match(/^HUMAN-\d+-800$/);
      expect(wasTalkedTo).to.equal(true);
    });

    it('tell of a machine that talks on', async () => {
      const { results, wasTalkedTo } = await madeOf(oneAfterAnother(hello, hello, hello, hello, hello));
      expect(results).to.deep.equal({ AMDSTATUS: 'MACHINE', AMDCAUSE: 'MAXWORDS-3-2' });
      expect(wasTalkedTo).to.equal(false);
    });

    it('tell of a machine, too, when all that is heard is silence', async () => {
      const { results } = await madeOf(silence(4_000));
      expect(results).to.have.keys('AMDSTATUS', 'AMDCAUSE').and.to.have.property('AMDSTATUS', 'MACHINE');
      expect(results.AMDCAUSE).to.match(/^INITIALSILENCE-\d+-2500$/);
    });
  });
});
