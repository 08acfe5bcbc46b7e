import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { signedHeaders } from '../src/deliver/sign.js';

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

describe('signatures', () => {
  const body = '{"type":"call.answered","data":{"name":"Zoë"}}';

  it('are what the library of Standard Webhooks expects', () => {
    const secret = newSecret();
    const headers = signedHeaders('019b0c1e-7a3f-7f10-8a2b-3c4d5e6f7a8b', body, [secret], new Date());
    expect(new Webhook(secret).verify(body, headers)).to.deep.equal(JSON.parse(body));
    expect(() => new Webhook(secret).verify(body.replace('Zoë', 'Zoe'), headers)).to.throw();
    expect(() => new Webhook(newSecret()).verify(body, headers)).to.throw();
    expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'another' })).to.throw();
  });

  it('are two while two secrets are good, and either lets a receiver check', () => {
    const [present, previous] = [newSecret(), newSecret()];
    const headers = signedHeaders('id', body, [present, previous], new Date());
    for (const secret of [present, previous]) expect(() => new Webhook(secret).verify(body, headers)).not.to.throw();
    expect(headers['webhook-signature']).to.match(/^v1,\S{44} v1,\S{44}$/);
  });

  it('hold the time of the attempt, against replays by others', () => {
    const secret = newSecret();
    const headers = signedHeaders('id', body, [secret], new Date(Date.now() - 3_600_000));
    expect(() => new Webhook(secret).verify(body, headers)).to.throw(/too old/i);
  });
});
