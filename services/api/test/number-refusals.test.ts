import { expect } from 'chai';
import { judgeNumber } from '../src/calls/number-policy.js';

type Policy = Parameters<typeof judgeNumber>[1];

const OPEN: Policy = { validation: 'e164', allowedCountries: [], blockedPrefixes: [], allowPremium: false };
const EXTENSIONS: Partial<Policy> = { validation: 'dialable' };

describe('a number that may not be called', () => {
  const refusals: [number: string, policy: Partial<Policy>, why: string][] = [
    ['911', {}, 'Emergency numbers are never called'],
    ['*67999', EXTENSIONS, 'Emergency numbers are never called'],
    ['+2710111', {}, 'Emergency numbers are never called'],
    ['+33abc', {}, 'must be an international number'],
    ['1', EXTENSIONS, 'must be 2 to 20 of digits'],
    ['+33100000001', { blockedPrefixes: ['+331'] }, 'with this prefix are blocked'],
    ['+33100000001', { blockedPrefixes: ['99', '331'] }, 'with this prefix are blocked'],
    ['0033100000001', { ...EXTENSIONS, blockedPrefixes: ['331'] }, 'with this prefix are blocked'],
    ['1234567', { ...EXTENSIONS, blockedPrefixes: ['99'] }, 'more than 6 digits need their +'],
    ['*12*34567', { ...EXTENSIONS, allowedCountries: ['FR'] }, 'more than 6 digits need their +'],
    ['+442079460000', { allowedCountries: ['FR'] }, 'Calls to GB are not allowed'],
    ['+9991234567', { allowedCountries: ['FR'] }, 'country cannot be told'],
    ['+80812345678', {}, 'Calls to shared-cost numbers'],
    ['+870773111632', {}, 'Calls to satellite numbers'],
    ['+87812345678901', {}, 'Calls to personal numbers'],
    ['+881612345678', {}, 'Calls to satellite numbers'],
    ['+88216123456', {}, 'Calls to satellite and international network numbers'],
    ['+883510012345', {}, 'Calls to international network numbers'],
    ['+97912345678', {}, 'Calls to premium-rate numbers'],
    ['+33899123456', {}, 'Calls to premium-rate numbers'],
    ['+3389912345678', {}, 'Calls to premium-rate numbers'],
    ['+331234567', { validation: 'possible' }, 'No number has this length'],
    ['+9991234567', { validation: 'possible' }, 'No number has this length'],
    ['+33000000000', { validation: 'valid' }, 'belongs to no range that is in use'],
    ['+9991234567', { validation: 'valid' }, 'belongs to no range that is in use'],
  ];
  for (const [number, policy, why] of refusals) {
    it(`is told why: ${number}, ${why}`, () => {
      const judged = judgeNumber(number, { ...OPEN, ...policy });
      expect('problem' in judged ? judged.problem : judged.verdict).to.include(why);
    });
  }
});

describe('a number that may be called', () => {
  const fine: [number: string, policy: Partial<Policy>][] = [
    ['+33100000001', { blockedPrefixes: ['3310000000199', '1'] }],
    ['123456', { ...EXTENSIONS, blockedPrefixes: ['99'] }],
    ['12*34*56', { ...EXTENSIONS, blockedPrefixes: ['99'] }],
    ['+33100000001', { allowedCountries: ['FR'] }],
    ['+33899123456', { allowPremium: true }],
    ['+9991234567', {}],
    ['+33123456789', { validation: 'valid' }],
    ['1234112', EXTENSIONS],
    ['911911', EXTENSIONS],
    ['12*67911', EXTENSIONS],
  ];
  for (const [number, policy] of fine) {
    it(`is: ${number} ${JSON.stringify(policy)}`, () => {
      expect(judgeNumber(number, { ...OPEN, ...policy })).to.deep.equal({ verdict: 'fine' });
    });
  }
});
