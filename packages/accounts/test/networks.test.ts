import { expect } from 'chai';
import { isNetwork, isWithin } from '../src/index.js';

describe('networks', () => {
  it('are addresses and CIDR', () => {
    for (const text of [
      '192.0.2.7',
      '192.0.2.0/24',
      '0.0.0.0/0',
      '10.1.2.3/8',
      '::1',
      '2001:db8::/32',
      '::ffff:192.0.2.1',
    ]) {
      expect(isNetwork(text), text).to.equal(true);
    }
    for (const text of ['', '192.0.2', '192.0.2.0/33', '192.0.2.0/-1', '192.0.2.0/', '::1/129', 'fe80::1%eth0', '/8']) {
      expect(isNetwork(text), text).to.equal(false);
    }
    for (const text of ['example.com', '192.0.2.0/24/1', ' 192.0.2.7', '192.0.2.7\n', '1'.repeat(10_000)]) {
      expect(isNetwork(text), text.slice(0, 20)).to.equal(false);
    }
  });

  it('hold the addresses that begin like them', () => {
    const networks = ['192.0.2.0/25', '198.51.100.7', '2001:db8:1::/48'];
    for (const address of ['192.0.2.0', '192.0.2.127', '198.51.100.7', '2001:db8:1:ffff::1']) {
      expect(isWithin(address, networks), address).to.equal(true);
    }
    for (const address of ['192.0.2.128', '198.51.100.8', '2001:db8:2::1', '::1', '127.0.0.1']) {
      expect(isWithin(address, networks), address).to.equal(false);
    }
  });

  it('hold an IPv4 address also in the form that IPv6 sockets give it', () => {
    expect(isWithin('::ffff:192.0.2.7', ['192.0.2.0/24'])).to.equal(true);
    expect(isWithin('::ffff:192.0.3.7', ['192.0.2.0/24'])).to.equal(false);
    expect(isWithin('fe80::1%eth0', ['fe80::/10'])).to.equal(true);
  });

  it('hold no client that is gone or is nowhere', () => {
    for (const address of [undefined, '', 'unknown', '192.0.2', '999.0.0.1']) {
      expect(isWithin(address, ['0.0.0.0/0', '::/0']), String(address)).to.equal(false);
    }
    expect(isWithin('192.0.2.7', [])).to.equal(false);
  });
});
