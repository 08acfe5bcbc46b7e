import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { verifyWebhook, WebhookVerificationError } from '../src/index.js';

const SECRET = `whsec_${Buffer.from('k'.repeat(32)).toString('base64')}`;
const BODY = JSON.stringify({
  type: 'call.busy',
  timestamp: '2026-01-15T09:30:07.455Z',
  data: { call_id: 'a', sequence: 3 },
});

function signed(secret = SECRET, at = new Date()): Record<string, string> {
  return {
    'Webhook-Id': 'd1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('d1', at, BODY),
  };
}

describe('verifyWebhook', () => {
  it('says what was brought, whatever kind of headers it gets', () => {
    for (const headers of [signed(), new Headers(signed()), { ...signed(), via: ['a', 'b'], host: undefined }]) {
      const event = verifyWebhook({ body: BODY, headers, secret: SECRET });
      if (event.type === 'webhook.test') throw new Error('a call was taken for a test');
      const { type, data } = event;
      expect([type, data.call_id, data.sequence]).to.deep.equal(['call.busy', 'a', 3]);
    }
    expect(verifyWebhook({ body: Buffer.from(BODY), headers: signed(), secret: SECRET }).type).to.equal('call.busy');
  });

  it('takes either signature while a secret is being changed', () => {
    const old = signed(`whsec_${Buffer.from('o'.repeat(32)).toString('base64')}`);
    const both = `${old['webhook-signature']!} ${signed()['webhook-signature']!}`;
    const headers = { ...signed(), 'webhook-signature': both };
    expect(verifyWebhook({ body: BODY, headers, secret: SECRET }).type).to.equal('call.busy');
  });

  it('refuses another body, another secret, an old one and one without a signature', () => {
    const refused = (body: string, headers: Record<string, string>): void => {
      expect(() => verifyWebhook({ body, headers, secret: SECRET })).to.throw(WebhookVerificationError);
    };
    refused(BODY.replace('busy', 'failed'), signed());
    refused(BODY, signed(`whsec_${Buffer.from('x'.repeat(32)).toString('base64')}`));
    refused(BODY, signed(SECRET, new Date(Date.now() - 400_000)));
    refused(BODY, { 'webhook-id': 'd1' });
  });
});
