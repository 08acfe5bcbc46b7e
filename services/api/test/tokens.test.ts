import { createHmac, generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import { secretKeyProblem, signingKey } from '../src/auth/secret-key.js';
import { createTokens } from '../src/auth/tokens.js';

const SECRET = 'Zk7w0Qv2mT9xLr4bNc8yHs1dJf6gPa3e';
const USER = '0192f3a4-5b6c-7d8e-9f00-112233445566';
const key = signingKey(SECRET);
const tokens = createTokens({ key, expiresInSeconds: 60 });
const claims = { sub: USER, iss: 'dialgate', aud: 'dialgate-api', exp: Math.floor(Date.now() / 1000) + 60 };

/** A token made by hand, with whatever header and claims. */
function forged(header: object, payload: object, secret: string | Buffer | null): string {
  const encoded = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = secret === null ? '' : createHmac('sha256', secret).update(encoded).digest('base64url');
  return `${encoded}.${signature}`;
}

describe('access tokens', () => {
  it('say who they were issued to, again and again', () => {
    const token = tokens.issue(USER);
    expect(tokens.userOf(token)).to.equal(USER);
    expect(tokens.userOf(token)).to.equal(USER);
  });

  it('are believed when made by hand with the right key and claims', () => {
    expect(tokens.userOf(forged({ alg: 'HS256', typ: 'JWT' }, claims, SECRET))).to.equal(USER);
  });

  it('end with their time, remembered or not', () => {
    let now = Date.now();
    const clocked = createTokens({ key, expiresInSeconds: 60, now: () => now });
    const token = clocked.issue(USER);
    expect(clocked.userOf(token)).to.equal(USER);
    now += 61_000;
    expect(clocked.userOf(token)).to.equal(null);
    expect(createTokens({ key, expiresInSeconds: 60, now: () => now }).userOf(token)).to.equal(null);
  });

  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' });
  const bad: Record<string, string> = {
    'without a signature (alg none)': forged({ alg: 'none', typ: 'JWT' }, claims, null),
    'that say none and are signed': forged({ alg: 'none', typ: 'JWT' }, claims, SECRET),
    'that say None': forged({ alg: 'None' }, claims, null),
    'signed with another key': forged({ alg: 'HS256' }, claims, 'another key that is long enough, too'),
    'signed with a public key as the secret': forged({ alg: 'HS256' }, claims, publicPem),
    'signed by RS256': jwt.sign(claims, privateKey, { algorithm: 'RS256' }),
    'signed by HS384 with our key': jwt.sign(claims, key, { algorithm: 'HS384' }),
    'of another issuer': forged({ alg: 'HS256' }, { ...claims, iss: 'somebody' }, SECRET),
    'for another audience': forged({ alg: 'HS256' }, { ...claims, aud: 'somebody' }, SECRET),
    'without an issuer': forged({ alg: 'HS256' }, { ...claims, iss: undefined }, SECRET),
    'without an audience': forged({ alg: 'HS256' }, { ...claims, aud: undefined }, SECRET),
    'without an expiry': forged({ alg: 'HS256' }, { ...claims, exp: undefined }, SECRET),
    'with an expiry that is no number': forged({ alg: 'HS256' }, { ...claims, exp: '9999999999' }, SECRET),
    'without a subject': forged({ alg: 'HS256' }, { ...claims, sub: undefined }, SECRET),
    'for a subject that is no user id': forged({ alg: 'HS256' }, { ...claims, sub: 'admin' }, SECRET),
    'not yet valid': forged({ alg: 'HS256' }, { ...claims, nbf: claims.exp }, SECRET),
    'that are none': 'a.b.c',
    'that are empty': '',
    'with a claim changed': tokens
      .issue(USER)
      .replace(/\.[^.]+\./, `.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`),
  };
  for (const [what, token] of Object.entries(bad)) {
    it(`are refused ${what}`, () => expect(tokens.userOf(token)).to.equal(null));
  }
});

describe('the signing secret', () => {
  it('may be random', () => {
    for (const secret of [SECRET, 'f3a9c27be01d48657b2e90c4d1a85f36', 'k9Jx+2/Qw7ZsT0vYbN4mRfGh1dLpA8eC6uXoViEjKtM=']) {
      expect(secretKeyProblem(secret), secret).to.equal(null);
    }
  });

  it('may not be short, a placeholder or a pattern', () => {
    const bad = [
      'short',
      'change-me-please-change-me-please!!',
      'your-secret-key-goes-here-0123456789',
      'REPLACE_THIS_WITH_A_RANDOM_STRING_42',
      'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
      'k9Jx2Qw7k9Jx2Qw7k9Jx2Qw7k9Jx2Qw7',
      'abcdefghijklmnopqrstuvwxyz0123456789',
      'supersecretsupersecretsupersecret12',
    ];
    for (const secret of bad) expect(secretKeyProblem(secret), secret).to.be.a('string');
  });
});
