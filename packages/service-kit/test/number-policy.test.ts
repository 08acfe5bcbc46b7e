import { knownCountries, NUMBER_REFUSALS, type NumberPolicy } from '@dialgate/domain';
import { OPEN_NUMBERS } from '@dialgate/testing';
import { expect } from 'chai';
import fc from 'fast-check';
import { admitNumber } from '../src/index.js';
import { EXTENSIONS, exchangeIn } from './numbers.js';

async function verdictOn(number: string, policy: Partial<NumberPolicy> = {}): Promise<string> {
  const judged = await admitNumber(number, { ...OPEN_NUMBERS, ...policy });
  return judged.verdict === 'refused' ? judged.refusal : judged.verdict;
}

describe('whether a number may be called', () => {
  const malformed = {
    nothing: '',
    letters: '+33abc0001',
    'another channel behind an ampersand': '100&PJSIP/200',
    'a line break': '+33100000001\r\n',
    'Arabic digits': '+٣٣١٠٠٠٠٠٠٠١',
    'full-width digits': '+３３１００００００１',
    separators: '+33 1 00 00 00 01',
    'an at sign': '+33100000001@elsewhere',
    'a NUL': '+33100000001\0',
    'a plus in the middle': '33+100000001',
    'one digit': '1',
    'an emergency number at an endpoint': '911@trunk',
    'too few digits behind a plus': '+123456',
    'too many digits behind a plus': '+1234567890123456',
    'a country code that begins with 0': '+0123456789',
  };
  for (const [what, number] of Object.entries(malformed)) {
    it(`calls ${what} malformed, extensions allowed or not`, async () => {
      expect(await verdictOn(number)).to.equal('malformed');
      expect(await verdictOn(number, EXTENSIONS)).to.equal('malformed');
    });
  }

  it('says what a number should look like', async () => {
    const problemOf = async (policy: NumberPolicy): Promise<unknown> => await admitNumber('1', policy);
    const example = 'must be an international number such as +33123456789';
    expect(await problemOf(OPEN_NUMBERS)).to.deep.equal({ verdict: 'malformed', problem: example });
    expect(await problemOf(EXTENSIONS)).to.deep.equal({
      verdict: 'malformed',
      problem: `${example}, or 2 to 20 of digits, * and #`,
    });
  });

  for (const number of ['0612345678', '1001']) {
    it(`calls ${number} malformed unless extensions are allowed`, async () => {
      expect(await verdictOn(number)).to.equal('malformed');
      expect(await verdictOn(number, EXTENSIONS)).not.to.equal('malformed');
    });
  }

  it('never calls an emergency number or a short code, whatever else is allowed', async () => {
    const everything = { ...EXTENSIONS, allowedTypes: ['premium'], allowedFeatureCodes: ['*67'] } as const;
    for (const number of ['112', '+911', '*67911', '9999', '+2710111']) {
      expect(await verdictOn(number, everything), number).to.equal('emergency_number');
    }
    for (const number of ['118008', '+49116116']) {
      expect(await verdictOn(number, everything), number).to.equal('short_code');
    }
  });

  it('leaves extensions alone that only look like an emergency number behind an outside line', async () => {
    expect(await verdictOn('9110', EXTENSIONS)).to.equal('emergency_number');
    expect(await verdictOn('9110', { ...EXTENSIONS, outsideLinePrefixes: ['0'] })).to.equal('allowed');
    expect(await verdictOn('0110', { ...EXTENSIONS, outsideLinePrefixes: ['0'] })).to.equal('emergency_number');
    expect(await verdictOn('0110', { ...EXTENSIONS, outsideLinePrefixes: [] })).to.equal('allowed');
    for (const number of ['123112', '911911']) {
      expect(await verdictOn(number, EXTENSIONS), number).to.equal('allowed');
    }
  });

  const costly = {
    premium: ['+19005551234', '+33899123456', '+979123456789'],
    shared_cost: ['+80812345678', '+491801234567'],
    satellite: ['+881612345678', '+870773111632'],
    personal: ['+447012345678', '+87812345678901'],
    pager: ['+447640123456'],
    international_network: ['+88216123456789'],
  } as const;
  for (const [type, numbers] of Object.entries(costly) as [keyof typeof costly, readonly string[]][]) {
    it(`refuses ${type} numbers unless they are allowed by name`, async () => {
      const others = (Object.keys(costly) as (keyof typeof costly)[]).filter((other) => other !== type);
      for (const number of numbers) {
        expect(await verdictOn(number), number).to.equal(`${type}_number`);
        expect(await verdictOn(number, { allowedTypes: others }), number).to.equal(`${type}_number`);
        expect(await verdictOn(number, { allowedTypes: [type] }), number).to.equal('allowed');
      }
    });
  }

  it('calls only the countries that are allowed', async () => {
    expect(await verdictOn('+33100000001', { allowedCountries: ['FR'] })).to.equal('allowed');
    expect(await verdictOn('+442079460000', { allowedCountries: ['FR'] })).to.equal('country_not_allowed');
  });

  it('calls only extensions without their country while no home country is set', async () => {
    for (const number of ['0612345678', '33612345678', '1234567']) {
      expect(await verdictOn(number, EXTENSIONS), number).to.equal('country_unknown');
    }
    expect(await verdictOn('123456', EXTENSIONS)).to.equal('allowed');
  });

  it('takes short numbers for short codes of the home country where no outside line keeps them inside', async () => {
    const house = exchangeIn('FR', '0');
    expect(await verdictOn('3615', house)).to.equal('allowed');
    expect(await verdictOn('3615', { ...house, outsideLinePrefixes: [] })).to.equal('short_code');
    expect(await verdictOn('3615', { ...house, outsideLinePrefixes: null })).to.equal('short_code');
  });

  it('takes the dearer meaning while nobody has said which outside lines there are', async () => {
    const house = exchangeIn('GB', '9');
    expect(await verdictOn('902079460000', house)).to.equal('allowed');
    expect(await verdictOn('902079460000', { ...house, outsideLinePrefixes: null })).to.equal('premium_number');
  });

  it('gives a national number in its international form', async () => {
    expect(await admitNumber('0612345678', exchangeIn('FR', '0'))).to.deep.equal({
      verdict: 'allowed',
      number: '+33612345678',
      country: 'FR',
      mayRing: ['+33612345678', '0612345678'],
    });
    const extension = { verdict: 'allowed', number: '1001', country: null, mayRing: ['1001'] };
    expect(await admitNumber('1001', EXTENSIONS)).to.deep.equal(extension);
  });

  it('dials the feature codes that are allowed by name, and judges the number behind them', async () => {
    const policy = { ...exchangeIn('US', '9'), allowedFeatureCodes: ['*67', '*97', '*6'] };
    expect(await verdictOn('*97', policy)).to.equal('allowed');
    expect(await verdictOn('*671001', policy)).to.equal('allowed');
    expect(await verdictOn('*6719005551234', policy)).to.equal('premium_number');
    expect(await verdictOn('*67911', policy)).to.equal('emergency_number');
    for (const number of ['*98', '*67*97', '1001#', '#97', '*7290012345678']) {
      expect(await verdictOn(number, policy), number).to.equal('feature_code_not_allowed');
    }
    expect(await verdictOn('*97', { ...policy, blockedPrefixes: ['*9'] })).to.equal('prefix_blocked');
  });

  it('judges a number whose plus is dropped as the exchange may read it', async () => {
    const digits = { endpoint: 'Local/{digits}@from-internal/n', homeCountry: 'US' } as const;
    // Egypt has no such number. Without its plus it is one of New York, and another one is premium.
    expect(await verdictOn('+2125550100', { ...digits, allowedCountries: ['MA'] })).to.equal('country_not_allowed');
    expect(await verdictOn('+9005551234', digits)).to.equal('premium_number');
    expect(await verdictOn('+9005551234', { homeCountry: 'US' })).to.equal('allowed');
    // A mobile phone of India, unless 9 is known to be an outside line.
    expect(await verdictOn('+919005551234', digits)).to.equal('allowed');
    expect(await verdictOn('+919005551234', { ...digits, outsideLinePrefixes: ['9'] })).to.equal('premium_number');
    // No such number, but in Great Britain a code that withholds the caller ID, and the police.
    expect(await verdictOn('+14110111', digits)).to.equal('emergency_number');
    expect(await verdictOn('+14110111')).to.equal('allowed');
  });

  it('blocks prefixes, written with or without the plus', async () => {
    for (const prefix of ['+3389', '3389']) {
      const policy: Partial<NumberPolicy> = { blockedPrefixes: [prefix], allowedTypes: ['premium'] };
      expect(await verdictOn('+33891000000', policy)).to.equal('prefix_blocked');
      expect(await verdictOn('0891000000', { ...exchangeIn('FR', '0'), ...policy })).to.equal('prefix_blocked');
      expect(await verdictOn('+33100000001', policy)).to.equal('allowed');
    }
    expect(await verdictOn('3389', { ...EXTENSIONS, blockedPrefixes: ['+3389'] })).to.equal('allowed');
    expect(await verdictOn('3389', { ...EXTENSIONS, blockedPrefixes: ['3389'] })).to.equal('prefix_blocked');
  });

  it('lets the longest prefix decide, and the block where both are as long', async () => {
    const policy = { allowedPrefixes: ['+33', '+33199'], blockedPrefixes: ['+331', '3319900', '44'] };
    expect(await verdictOn('+33612345678', policy)).to.equal('allowed');
    expect(await verdictOn('+33112345678', policy)).to.equal('prefix_blocked');
    expect(await verdictOn('+33199123456', policy)).to.equal('allowed');
    expect(await verdictOn('+33199001234', policy)).to.equal('prefix_blocked');
    expect(await verdictOn('+442079460000', { ...policy, allowedPrefixes: ['+44'] })).to.equal('prefix_blocked');
    expect(await verdictOn('+493023125000', policy)).to.equal('prefix_not_allowed');
  });

  it('asks for a possible or a valid number only when told to', async () => {
    expect(await verdictOn('+1234567890', { validation: 'possible' })).to.equal('number_not_possible');
    expect(await verdictOn('+12125550000000', { validation: 'possible' })).to.equal('number_not_possible');
    expect(await verdictOn('+9991234567', { validation: 'possible' })).to.equal('number_not_possible');
    expect(await verdictOn('+12345678901', { validation: 'possible' })).to.equal('allowed');
    expect(await verdictOn('+11111111111', { validation: 'valid' })).to.equal('number_not_valid');
    expect(await verdictOn('+442079460000', { validation: 'valid' })).to.equal('allowed');
  });

  it('allows nothing that is not a number, and refuses for no other reason than those of the list', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.stringMatching(/^\+?[0-9*#]{1,22}$/),
      fc.stringMatching(/^\+[1-9][0-9]{6,14}$/),
    );
    const policy = fc.constantFrom(OPEN_NUMBERS, EXTENSIONS, exchangeIn('US', '9'), exchangeIn('FR', '0'));
    await fc.assert(
      fc.asyncProperty(text, policy, async (number, settings) => {
        const judged = await admitNumber(number, settings);
        if (judged.verdict === 'allowed') expect(number).to.match(/^(?:\+[1-9][0-9]{6,14}|[0-9]{2,20})$/);
        if (judged.verdict === 'refused') expect(NUMBER_REFUSALS).to.have.property(judged.refusal);
      }),
    );
  });
});

describe('the list of short numbers', () => {
  it('has every country with a calling code, and patterns that can be used', async () => {
    expect(knownCountries()).to.have.length(241);
    for (const homeCountry of knownCountries()) {
      expect(await verdictOn('987654', { ...EXTENSIONS, homeCountry }), homeCountry).to.be.oneOf([
        'allowed',
        'short_code',
      ]);
    }
  });
});
