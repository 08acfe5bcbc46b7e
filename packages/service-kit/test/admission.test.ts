import {
  connectEndpoint,
  NO_OWN_PERMISSIONS,
  REFUSALS,
  type AdmissionFacts,
  type AdmissionPolicy,
  type JudgedCall,
  type Verdict,
} from '@dialgate/domain';
import { canonicalNumbers, createAdmission } from '@dialgate/service-kit';
import { OPEN_NUMBERS, someAdmissionFacts } from '@dialgate/testing';
import { expect } from 'chai';
import { EXTENSIONS, exchangeIn } from './numbers.js';

/** A fresh installation with a caller ID. */
const FRESH: AdmissionPolicy = {
  numbers: OPEN_NUMBERS,
  contexts: ['outbound-ivr'],
  extensions: ['s'],
  priorities: ['1'],
  callerIds: ['+33199999999'],
  variables: ['DG_*'],
  connect: null,
  window: null,
};

const PLAIN = {
  destination: { context: 'outbound-ivr', extension: 's', priority: 1 },
  callerId: null,
  variables: {},
  connectTo: null,
};

interface Asked {
  readonly number?: string;
  readonly call?: Partial<JudgedCall>;
  readonly facts?: Partial<AdmissionFacts>;
  readonly policy?: Partial<AdmissionPolicy>;
}

async function verdictOn({ number = '+33100000001', call = {}, facts = {}, policy = {} }: Asked): Promise<Verdict> {
  const admission = createAdmission({ ...FRESH, ...policy });
  return admission.call({ ...PLAIN, ...call }, await admission.number(number), someAdmissionFacts(facts));
}

async function outcome(asked: Asked): Promise<string> {
  const verdict = await verdictOn(asked);
  if (verdict.verdict === 'refused') expect(REFUSALS).to.have.property(verdict.refusal);
  return verdict.verdict === 'refused' ? verdict.refusal : verdict.verdict;
}

const at = (place: Partial<JudgedCall['destination']>): Partial<JudgedCall> => ({
  destination: { ...PLAIN.destination, ...place },
});
const from = (number: string, name = ''): Partial<JudgedCall> => ({ callerId: { number, name } });
const own = (permissions: Partial<AdmissionFacts['permissions']>): Partial<AdmissionFacts> => ({
  permissions: { ...NO_OWN_PERMISSIONS, ...permissions },
});

describe('the one decision about a call', () => {
  it('allows what a fresh installation is configured for, and refuses every other place in the dialplan', async () => {
    expect(await outcome({})).to.equal('allowed');
    expect(await outcome({ call: at({ context: 'from-internal' }) })).to.equal('context_not_allowed');
    for (const extension of ['S', 'ss', '100', '*97']) {
      expect(await outcome({ call: at({ extension }) }), extension).to.equal('extension_not_allowed');
    }
    for (const priority of [2, 3, 11, 9_999]) {
      expect(await outcome({ call: at({ priority }) }), String(priority)).to.equal('priority_not_allowed');
    }
  });

  it('allows the places that are named, and with a star all of them', async () => {
    const policy = { contexts: ['a', 'b'], extensions: ['100', '*97'], priorities: ['2', '3'] };
    expect(await outcome({ policy, call: at({ context: 'b', extension: '*97', priority: 3 }) })).to.equal('allowed');
    expect(await outcome({ policy, call: at({ context: 'b', extension: '*97', priority: 1 }) })).to.include('priority');
    expect(await outcome({ policy, call: at({ context: 'b', extension: '97', priority: 2 }) })).to.include('extension');
    const open = { extensions: ['*'], priorities: ['*'] };
    expect(await outcome({ policy: open, call: at({ extension: 'x', priority: 7 }) })).to.equal('allowed');
    expect(await outcome({ policy: open, call: at({ context: 'x' }) })).to.equal('context_not_allowed');
  });

  it('lets only allowed numbers be presented, whatever name stands beside them', async () => {
    expect(await outcome({ call: from('+33199999999', 'The Bank') })).to.equal('allowed');
    expect(await outcome({ call: from('+33199999998', 'The Bank') })).to.equal('caller_id_not_allowed');
    expect(await outcome({ call: from('') })).to.equal('caller_id_not_allowed');
    expect(await outcome({ policy: { callerIds: [] }, call: from('+33199999999') })).to.equal('caller_id_not_allowed');
    expect(await outcome({ policy: { callerIds: [] } })).to.equal('allowed');
    expect(await outcome({ policy: { callerIds: ['*'] }, call: from('112') })).to.equal('allowed');
  });

  it('compares presented numbers in their international form, where a home country says what that is', async () => {
    const home = { numbers: { ...OPEN_NUMBERS, homeCountry: 'FR' } };
    expect(await outcome({ policy: home, call: from('0199999999') })).to.equal('allowed');
    expect(await outcome({ policy: home, call: from('0033199999999') })).to.equal('allowed');
    expect(await outcome({ policy: home, call: from('0199999998') })).to.equal('caller_id_not_allowed');
    expect(await outcome({ call: from('0199999999') })).to.equal('caller_id_not_allowed');
    expect(await outcome({ call: from('33199999999') })).to.equal('caller_id_not_allowed');
    expect(await outcome({ policy: { callerIds: ['1001'] }, call: from('1001') })).to.equal('allowed');
  });

  it('puts the lists of the user in the place of the installation’s, narrower and wider', async () => {
    const sales = own({ contexts: ['sales'], extensions: ['100'], priorities: ['5'], callerIds: ['+33188888888'] });
    const there = { ...at({ context: 'sales', extension: '100', priority: 5 }), ...from('+33188888888') };
    expect(await outcome({ facts: sales, call: there })).to.equal('allowed');
    expect(await outcome({ call: there })).to.equal('context_not_allowed');
    expect(await outcome({ facts: own({ contexts: ['sales'] }) })).to.equal('context_not_allowed');
    expect(await outcome({ facts: own({ extensions: ['100'] }) })).to.equal('extension_not_allowed');
    expect(await outcome({ facts: own({ priorities: ['5'] }) })).to.equal('priority_not_allowed');
    expect(await outcome({ facts: own({ callerIds: [] }), call: from('+33199999999') })).to.include('caller_id');
    expect(await outcome({ facts: own({ extensions: ['*'] }), call: at({ extension: 'x' }) })).to.equal('allowed');
  });

  it('names the variables that may not be set', async () => {
    const variables = { DG_A: '1', TRUNK: '2', OUT: '3' };
    expect(await verdictOn({ call: { variables } })).to.deep.equal({
      verdict: 'refused',
      refusal: 'variable_not_allowed',
      variables: ['TRUNK', 'OUT'],
    });
  });

  describe('about a call that is connected to a second number', () => {
    const connect = { context: 'connect', extensions: ['1001'], extensionEndpoint: 'PJSIP/{number}' };
    const to = (connectTo: string) => ({ connectTo, ...at({ context: 'connect' }) });

    it('judges that number as the first, and says that it is meant', async () => {
      expect(await outcome({ policy: { connect }, call: to('+33100000002') })).to.equal('allowed');
      for (const [number, refusal] of [
        ['911', 'emergency_number'],
        ['+33899000000', 'premium_number'],
        ['+881612345678', 'satellite_number'],
      ]) {
        const verdict = await verdictOn({ policy: { connect }, call: to(number ?? '') });
        expect(verdict).to.include({ verdict: 'refused', refusal, ofSecond: true });
      }
      expect(await verdictOn({ policy: { connect }, call: to('sip:me@example.com') })).to.include({
        verdict: 'malformed',
        ofSecond: true,
      });
      const country = { connect, numbers: { ...OPEN_NUMBERS, allowedCountries: ['FR'] } };
      expect(await outcome({ policy: country, call: to('+12125551234') })).to.equal('country_not_allowed');
    });

    it('allows the extensions that are named, and no other', async () => {
      expect(await outcome({ policy: { connect }, call: to('1001') })).to.equal('allowed');
      expect(await outcome({ policy: { connect }, call: to('1002') })).to.equal('malformed');
      expect(await outcome({ policy: { connect }, number: '1001' })).to.equal('malformed');
    });

    it('never dials an emergency number or a short code in an extension’s place, where more than a phone would take it', async () => {
      const named = ['112', '9911', '118000', '1001'];
      const by = (extensionEndpoint: string) => ({ connect: { ...connect, extensions: named, extensionEndpoint } });
      for (const leaves of [
        'Local/{number}@from-internal/n',
        'Local/{number}',
        'PJSIP/{digits}@trunk',
        'DAHDI/g1/{number}',
      ]) {
        const outcomes = await Promise.all(named.map((one) => outcome({ policy: by(leaves), call: to(one) })));
        expect(outcomes, leaves).to.deep.equal(['emergency_number', 'emergency_number', 'short_code', 'allowed']);
      }
      for (const phone of ['PJSIP/{number}', 'SIP/desk-{digits}']) {
        for (const one of named) expect(await outcome({ policy: by(phone), call: to(one) }), phone).to.equal('allowed');
      }
    });

    it('refuses all of them where nothing is set up for it, and any other place in the dialplan', async () => {
      expect(await outcome({ call: to('+33100000002') })).to.equal('connect_to_not_allowed');
      expect(await outcome({ policy: { connect }, call: { connectTo: '+33100000002' } })).to.equal(
        'context_not_allowed',
      );
      expect(await outcome({ policy: { connect }, call: at({ context: 'connect' }) })).to.equal('context_not_allowed');
    });

    it('holds the hours of both numbers', async () => {
      const spans = [{ days: [0, 1, 2, 3, 4, 5, 6], from: 480, to: 1_260 }];
      const policy = { connect, window: { spans, homeTimeZone: 'Europe/Paris' } };
      const facts = { at: new Date('2026-01-15T12:00:00Z') };
      expect(await outcome({ policy, facts, call: to('+33100000002') })).to.equal('allowed');
      expect(await outcome({ policy, facts, call: to('+12125551234') })).to.equal('outside_calling_window');
    });

    it('has the endpoint of its kind for what was judged', () => {
      expect(connectEndpoint('1001', connect, 'PJSIP/{number}@trunk')).to.equal('PJSIP/1001');
      expect(connectEndpoint('+33100000002', connect, 'PJSIP/{number}@trunk')).to.equal('PJSIP/+33100000002@trunk');
      expect(() => connectEndpoint('1001@evil', connect, 'PJSIP/{number}@trunk')).to.throw(RangeError);
    });
  });

  it('calls nobody on the do-not-call list', async () => {
    expect(await outcome({ facts: { onDoNotCallList: true } })).to.equal('do_not_call');
  });

  it('calls nobody outside the window of the zone that the number tells, and says when it opens', async () => {
    const spans = [{ days: [0, 1, 2, 3, 4, 5, 6], from: 480, to: 1_260 }];
    const policy = { window: { spans, homeTimeZone: 'Asia/Tokyo' }, numbers: EXTENSIONS };
    const facts = { at: new Date('2026-01-15T12:00:00Z') };
    expect(await outcome({ policy, facts, number: '+33100000001' })).to.equal('allowed');
    expect(await outcome({ policy, facts, number: '+12125551234' })).to.equal('outside_calling_window');
    expect(await verdictOn({ policy, facts, number: '+12125551234' })).to.deep.include({
      opensAt: new Date('2026-01-15T13:00:00Z'),
    });
    // Extensions are in the home zone: nine in the evening in Tokyo.
    expect(await outcome({ policy, facts, number: '1001' })).to.equal('outside_calling_window');
    expect(await outcome({ policy, facts: { at: new Date('2026-01-15T11:59:00Z') }, number: '1001' })).to.equal(
      'allowed',
    );
    expect(await outcome({ policy: { ...policy, window: null }, facts, number: '+12125551234' })).to.equal('allowed');
  });

  it('says of a number what is wrong with that first', async () => {
    const elsewhere = at({ context: 'elsewhere' });
    expect(await outcome({ number: '+19005551234', call: elsewhere })).to.equal('premium_number');
    expect(await outcome({ number: '12ab', call: elsewhere })).to.equal('malformed');
  });
});

describe('the numbers that may ring', () => {
  async function mayRing(
    number: string,
    policy: AdmissionPolicy['numbers'] = OPEN_NUMBERS,
  ): Promise<readonly string[]> {
    const verdict = await createAdmission({ ...FRESH, numbers: policy }).number(number);
    return verdict.verdict === 'allowed' ? verdict.mayRing : [];
  }

  it('are in international form, however they were asked for', async () => {
    expect(await mayRing('+33612345678')).to.deep.equal(['+33612345678']);
    expect(await mayRing('+330612345678')).to.include('+33612345678');
    const house = exchangeIn('FR', '0');
    for (const number of ['0612345678', '00612345678', '0033612345678', '+33612345678']) {
      expect(await mayRing(number, house), number).to.include('+33612345678');
    }
    const anyHouse = { ...house, outsideLinePrefixes: null };
    expect(await mayRing('0612345678', anyHouse)).to.include('+33612345678');
  });

  it('are an extension as it is, behind a feature code too', async () => {
    expect(await mayRing('1001', { ...EXTENSIONS, allowedFeatureCodes: ['*67'] })).to.deep.equal(['1001']);
    expect(await mayRing('*671001', { ...EXTENSIONS, allowedFeatureCodes: ['*67'] })).to.deep.equal([
      '1001',
      '*671001',
    ]);
    expect(await mayRing('*67', { ...EXTENSIONS, allowedFeatureCodes: ['*67'] })).to.deep.equal(['*67']);
  });

  it('are also what is left of a number with digits too many, which networks ignore', async () => {
    expect(await mayRing('+1212555123499')).to.include('+12125551234');
    expect(await mayRing('+12125551234')).to.deep.equal(['+12125551234']);
  });
});

describe('the canonical form of a number', () => {
  it('is international where that can be told, else the digits, without what people put between them', async () => {
    const plain = await canonicalNumbers(null);
    const french = await canonicalNumbers('FR');
    expect(plain('+33 (0)6.12-34/56 78')).to.equal('+33612345678');
    expect(french('06 12 34 56 78')).to.equal('+33612345678');
    expect(french('0033612345678')).to.equal('+33612345678');
    expect(plain('0612345678')).to.equal('0612345678');
    expect(french('1001')).to.equal('1001');
    for (const none of ['', 'abc', '+', '+33', '+33abc0000000', '1', '33+612345678', '٣٣١٠٠٠٠']) {
      expect(french(none), none).to.equal(null);
    }
  });
});
