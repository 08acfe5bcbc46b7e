import { expect } from 'chai';
import { versionVerdict } from '../src/slots/asterisk-version.js';

describe('the version of an Asterisk', () => {
  for (const [version, verdict] of [
    ['22.10.1', 'served'],
    ['22.7.0', 'served'],
    ['22.10.1~dfsg+~cs6.15.60671435-1', 'served'],
    ['22.8-cert1', 'served'],
    ['certified/22.8-cert1', 'served'],
    ['23.1.0', 'served'],
    ['23.1.0-rc1', 'served'],
    ['22.6.0', 'too_old'],
    ['22.4.0', 'too_old'],
    ['22.3.0', 'too_old'],
    ['22.0.0', 'too_old'],
    ['23.0.0', 'too_old'],
    ['21.12.0', 'too_old'],
    ['20.17.0', 'too_old'],
    ['20.7-cert8', 'too_old'],
    ['certified/20.7-cert8', 'too_old'],
    ['18.26.4', 'too_old'],
    ['16.28.0~dfsg-0+deb11u4', 'too_old'],
    ['24.0.0', 'unknown'],
    ['GIT-master-7e4a1b2', 'unknown'],
    ['', 'unknown'],
  ] as const) {
    it(`${version === '' ? 'that says none' : version} is ${verdict}`, () => {
      expect(versionVerdict(version)).to.equal(verdict);
    });
  }
});
