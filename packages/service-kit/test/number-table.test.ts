import { readFileSync } from 'node:fs';
import type { NumberPolicy } from '@dialgate/domain';
import { OPEN_NUMBERS } from '@dialgate/testing';
import { expect } from 'chai';
import { admitNumber } from '../src/index.js';
import { EXTENSIONS, exchangeIn } from './numbers.js';

const SETTINGS: Readonly<Record<string, NumberPolicy>> = {
  open: OPEN_NUMBERS,
  extensions: EXTENSIONS,
  us_only: { ...OPEN_NUMBERS, allowedCountries: ['US'] },
  gb_only: { ...OPEN_NUMBERS, allowedCountries: ['GB'] },
  america: exchangeIn('US', '9'),
  britain: exchangeIn('GB', '9'),
  france: exchangeIn('FR', '0'),
  /** Nobody has said which outside lines there are, and every country is allowed. */
  germany: { ...exchangeIn('DE', '0'), outsideLinePrefixes: null, allowedCountries: [] },
};

const rows = readFileSync(new URL('numbers.csv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(','))
  .map(([number = '', setting = '', verdict = '', country = '', what = '']) => ({
    number,
    setting,
    verdict,
    country,
    what,
  }));

describe('the table of numbers', () => {
  for (const { number, setting, verdict, country, what } of rows) {
    it(`has ${number} ${verdict} where ${setting} is set: ${country} ${what}`, async () => {
      const judged = await admitNumber(number, SETTINGS[setting]!);
      expect(judged.verdict === 'refused' ? judged.refusal : judged.verdict).to.equal(verdict);
    });
  }

  it('has 300 numbers, and refuses some of 40 countries', () => {
    expect(rows.length).to.be.at.least(300);
    const refused = rows.filter(({ verdict }) => verdict !== 'allowed');
    expect(new Set(refused.map(({ country }) => country)).size).to.be.at.least(40);
  });
});
