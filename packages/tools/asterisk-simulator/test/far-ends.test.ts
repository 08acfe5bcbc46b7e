import { expect } from 'chai';
import { calleeOf } from '../src/callees.js';
import { lookUpEndpoint } from '../src/endpoints.js';
import { causeOfSipStatus, causeText, sipStatusOfCause } from '../src/hangup-causes.js';
import { localCallee, throughLocal } from '../src/local-callees.js';
import { seededRandom } from '../src/random.js';

const world = { timerBMs: 32_000, random: seededRandom(1) };
const directory = {
  ...world,
  trunks: { trunk: 'works', dead: 'dead', empty: 'no-contact' },
  localContexts: { test: 'test', out: 'trunk' },
} as const;

describe('callees', () => {
  it('have a character for every number of the SIPp file', () => {
    const codes = [302, 400, 401, 403, 404, 405, 407, 408, 410, 415, 480, 481, 482, 483, 484, 486, 487, 488, 491]
      .concat([500, 501, 502, 503, 504, 600, 603, 604, 606])
      .map(String);
    for (const code of codes) {
      expect(calleeOf(`33100000${code}`, world).steps.at(-1)?.act).to.deep.equal({
        kind: 'refuse',
        sipStatus: Number(code),
      });
    }
  });

  it('give each SIP response the cause that was measured', () => {
    const measured = {
      486: 17,
      600: 17,
      603: 21,
      480: 19,
      408: 18,
      483: 19,
      404: 1,
      604: 1,
      410: 22,
      484: 28,
      488: 58,
    };
    for (const [sip, cause] of Object.entries(measured)) expect(causeOfSipStatus(Number(sip))).to.equal(cause);
    for (const sip of [400, 405, 415, 481, 482, 487, 491]) expect(causeOfSipStatus(sip)).to.equal(127);
    expect(causeOfSipStatus(503)).to.equal(34);
    expect([sipStatusOfCause(16), sipStatusOfCause(26), sipStatusOfCause(34)]).to.deep.equal([null, null, 503]);
    expect([causeText(17), causeText(200), causeText(0)]).to.deep.equal(['User busy', 'Unknown', 'Unknown']);
  });

  it('behind Local never speak SIP, and hold a busy tone for ten seconds', () => {
    const steps = throughLocal(calleeOf('33100000486', world)).steps;
    expect(steps.map(({ act }) => act)).to.deep.equal([
      { kind: 'dial-status', status: 'BUSY' },
      { kind: 'hang-up', cause: 17 },
    ]);
    expect(steps[1]?.afterMs).to.equal(10_000);
    expect(throughLocal(calleeOf('33100000503', world)).steps[0]?.act).to.deep.equal({
      kind: 'dial-status',
      status: 'CONGESTION',
    });
  });

  it('of the test context are those of its dialplan', () => {
    expect(localCallee('busy').steps.map(({ afterMs }) => afterMs)).to.deep.equal([1, 500, 1_000]);
    expect(localCallee('hc21')).to.include({ opening: 'ring-first' });
    expect(localCallee('nosuch')).to.include({ opening: 'no-dial' });
    expect(localCallee('constructor')).to.include({ opening: 'no-dial' });
  });
});

describe('endpoints', () => {
  it('are looked up as Asterisk does it', () => {
    for (const [text, found] of [
      ['nonsense', 'invalid'],
      ['PJSIP/', 'invalid'],
      ['/x', 'invalid'],
      ['PJSIP/1@nowhere', 'refused'],
      ['PJSIP/1@empty', 'refused'],
      ['PJSIP/1@trunk@dead', 'refused'],
      ['PJSIP/constructor', 'refused'],
      ['UnicastRTP/127.0.0.1', 'refused'],
    ]) {
      expect(lookUpEndpoint(text!, directory), text).to.equal(found);
    }
  });

  it('know their number, or the extension of a Local channel', () => {
    for (const [text, number, name] of [
      ['PJSIP/+331@trunk', '+331', 'PJSIP/trunk'],
      ['PJSIP/trunk', '', 'PJSIP/trunk'],
      ['PJSIP/trunk/sip:1@host', 'sip:1@host', 'PJSIP/trunk'],
      ['Local/331@out/n', '331', 'Local/331@out'],
      ['Local/331', '331', 'Local/331@default'],
    ]) {
      expect(lookUpEndpoint(text!, directory), text).to.include({ number, name });
    }
  });
});
