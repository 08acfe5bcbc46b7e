import { expect } from 'chai';
import fc from 'fast-check';
import { judgeNumber } from '../src/calls/number-policy.js';
import type { NumberPolicy } from '../src/calls/number-rules.js';

const OPEN: NumberPolicy = { validation: 'e164', allowedCountries: [], blockedPrefixes: [], allowPremium: false };

function verdictOn(number: string, policy: Partial<NumberPolicy> = {}): string {
  return judgeNumber(number, { ...OPEN, ...policy }).verdict;
}

describe('whether a number may be called', () => {
  for (const number of ['+1234567890', '+33100000001', '+442079460000', '+80012345678']) {
    it(`lets ${number} pass by default`, () => expect(verdictOn(number)).to.equal('fine'));
  }

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
  };
  for (const [what, number] of Object.entries(malformed)) {
    it(`calls ${what} malformed, extensions allowed or not`, () => {
      expect(verdictOn(number)).to.equal('malformed');
      expect(verdictOn(number, { validation: 'dialable' })).to.equal('malformed');
    });
  }

  const notInternational = {
    'a national number': '0612345678',
    'an extension': '1001',
    'too few digits': '+123456',
    'too many digits': '+1234567890123456',
    'a country code that begins with 0': '+0123456789',
  };
  for (const [what, number] of Object.entries(notInternational)) {
    it(`calls ${what} malformed unless extensions are allowed`, () => {
      expect(verdictOn(number)).to.equal('malformed');
      expect(verdictOn(number, { validation: 'dialable' })).to.equal('fine');
    });
  }

  for (const number of ['112', '911', '+112', '999', '000', '110', '+2710111']) {
    it(`never calls the emergency number ${number}`, () => {
      const open = { allowPremium: true };
      expect(verdictOn(number, open)).to.equal('refused');
      expect(verdictOn(number, { ...open, validation: 'dialable' })).to.equal('refused');
    });
  }

  for (const number of ['9911', '0112', '*911', '911#', '8911', '00112', '*67911']) {
    it(`never dials ${number} into a private exchange`, () => {
      expect(verdictOn(number, { validation: 'dialable' })).to.equal('refused');
    });
  }

  const costly = {
    'American premium': '+19005551234',
    'American premium with digits behind it': '+190055512345',
    'French premium': '+33899123456',
    'British premium': '+449098790000',
    'shared-cost': '+80812345678',
    Inmarsat: '+870773111632',
    Iridium: '+881612345678',
    'an international network': '+88216123456789',
    'international premium': '+979123456789',
  };
  for (const [what, number] of Object.entries(costly)) {
    it(`refuses ${what} unless it is allowed`, () => {
      expect(verdictOn(number)).to.equal('refused');
      expect(verdictOn(number, { allowPremium: true })).to.equal('fine');
    });
  }

  it('sees a premium number through the prefixes of a private exchange', () => {
    for (const number of ['0019005551234', '01119005551234', '19005551234']) {
      expect(verdictOn(number, { validation: 'dialable' }), number).to.equal('refused');
    }
    expect(verdictOn('1001', { validation: 'dialable' })).to.equal('fine');
    expect(verdictOn('*97', { validation: 'dialable' })).to.equal('fine');
  });

  it('calls only the countries that are allowed', () => {
    expect(verdictOn('+33100000001', { allowedCountries: ['FR'] })).to.equal('fine');
    expect(verdictOn('+442079460000', { allowedCountries: ['FR'] })).to.equal('refused');
  });

  it('does not take the Caribbean for the United States', () => {
    expect(verdictOn('+18765551234', { allowedCountries: ['US'] })).to.equal('refused');
    expect(verdictOn('+12025550100', { allowedCountries: ['US'] })).to.equal('fine');
  });

  it('refuses a number whose country cannot be told when only some are allowed', () => {
    expect(verdictOn('+1234567890', { allowedCountries: ['US'] })).to.equal('refused');
  });

  it('blocks prefixes, written with or without the plus', () => {
    for (const prefix of ['+3389', '3389']) {
      expect(verdictOn('+33891000000', { blockedPrefixes: [prefix], allowPremium: true })).to.equal('refused');
      expect(
        verdictOn('0033891000000', { blockedPrefixes: [prefix], allowPremium: true, validation: 'dialable' }),
      ).to.equal('refused');
      expect(verdictOn('+33100000001', { blockedPrefixes: [prefix] })).to.equal('fine');
    }
  });

  it('lets nothing through in disguise where countries or prefixes are restricted', () => {
    const policy = { validation: 'dialable', allowedCountries: ['FR'], blockedPrefixes: ['+44'] } as const;
    for (const number of ['9011448712345678', '*00448712345678', '0#0448712345678', '0044871#', '0612345678']) {
      expect(verdictOn(number, policy), number).to.equal('refused');
    }
    expect(verdictOn('+33100000001', policy)).to.equal('fine');
    expect(verdictOn('1001', policy)).to.equal('fine');
  });

  it('asks for a possible or a valid number only when told to', () => {
    expect(verdictOn('+1234567890', { validation: 'possible' })).to.equal('refused');
    expect(verdictOn('+12125550000000', { validation: 'possible' })).to.equal('refused');
    expect(verdictOn('+12345678901', { validation: 'possible' })).to.equal('fine');
    expect(verdictOn('+11111111111', { validation: 'valid' })).to.equal('refused');
    expect(verdictOn('+442079460000', { validation: 'valid' })).to.equal('fine');
  });

  it('lets nothing through that is not a number, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.constantFrom('e164', 'dialable'),
        (text, validation) => {
          const { verdict } = judgeNumber(text, { ...OPEN, validation });
          if (verdict === 'fine') expect(text).to.match(/^\+?[0-9*#]{2,20}$/);
        },
      ),
    );
  });
});
