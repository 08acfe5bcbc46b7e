import { expect } from 'chai';
import { allowsWebhookHost, WEBHOOK_HOST } from '../src/index.js';

describe('hosts that calls may be reported to', () => {
  it('are those that the list names', () => {
    const list = ['crm.example.com', '*.example.org', '[2001:db8::1]'];
    const allowed = (host: string) => allowsWebhookHost(list, host);
    expect(['crm.example.com', 'a.example.org', 'a.b.example.org', '[2001:db8::1]'].filter(allowed)).to.have.length(4);
    expect(
      [
        'example.com',
        'crm.example.com.evil.test',
        'xcrm.example.com',
        'example.org',
        '.example.org',
        'evilexample.org',
      ].filter(allowed),
    ).to.deep.equal([]);
    expect(allowsWebhookHost(['*'], 'anything.test')).to.equal(true);
    expect(allowsWebhookHost([], 'anything.test')).to.equal(false);
  });

  it('are written as URLs have them', () => {
    for (const entry of ['crm.example.com', '*.example.com', '*', '192.0.2.1', '[2001:db8::1]', 'n8n', 'x', '*.x'])
      expect(WEBHOOK_HOST.test(entry), entry).to.equal(true);
    for (const entry of [
      '',
      'CRM.example.com',
      'https://crm.example.com',
      'crm.example.com:8443',
      '*example.com',
      'a*.com',
      'a/b',
      '*.',
    ])
      expect(WEBHOOK_HOST.test(entry), entry).to.equal(false);
  });
});
