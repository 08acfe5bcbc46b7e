import { createHmac, generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import { secretKeyProblem, signingKey } from '../src/auth/secret-key.js';
import { createTokens } from '../src/auth/tokens.js';

const SECRET = 'Zk7w0Qv2mT9xLr4bNc8yHs1dJf6gPa3e';
const USER = '0192f3a4-5b6c-7d8e-9f00-112233445566';
const key = signingKey(SECRET);
const tokens = createTokens({ key, expiresInSeconds: 60 });
const issued = (by = tokens) => by.issue({ id: USER, tokenVersion: 3 });
const userOf = (token: string, by = tokens) => by.claimsOf(token)?.userId ?? null;
const claims = { sub: USER, iss: 'dialgate', aud: 'dialgate-api', exp: Math.floor(Date.now() / 1000) + 60 };

/** A token made by hand, with whatever header and claims. */
function forged(header: object, payload: object, secret: string | Buffer | null): string {
  const encoded = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = secret === null ? '' : createHmac('sha256', secret).update(encoded).digest('base64url');
  return `${encoded}.${signature}`;
}

describe('access tokens', () => {
  it('say who they were issued to, again and again', () => {
    const token = issued();
    for (let i = 0; i < 2; i++) expect(tokens.claimsOf(token)).to.include({ userId: USER, version: 3 });
  });

  it('are believed when made by hand with the right key and claims', () => {
    expect(userOf(forged({ alg: 'HS256', typ: 'JWT' }, claims, SECRET))).to.equal(USER);
  });

  it('end with their time, remembered or not', () => {
    let now = Date.now();
    const clocked = createTokens({ key, expiresInSeconds: 60, now: () => now });
    const token = issued(clocked);
    expect(userOf(token, clocked)).to.equal(USER);
    now += 61_000;
    expect(userOf(token, clocked)).to.equal(null);
    expect(userOf(token, createTokens({ key, expiresInSeconds: 60, now: () => now }))).to.equal(null);
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
    'signed by HS384 with our key': jwt.sign(claims, key.key, { algorithm: 'HS384' }),
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
    'of another issuer’s key id': forged({ alg: 'HS256', kid: signingKey(`${SECRET}2`).id }, claims, SECRET),
    'whose key id is a path': forged({ alg: 'HS256', kid: '../../../../dev/null' }, claims, ''),
    'whose key id is a path, with our key': forged({ alg: 'HS256', kid: '/proc/self/environ' }, claims, SECRET),
    'whose key id is an address': forged({ alg: 'HS256', kid: 'http://127.0.0.1/key' }, claims, SECRET),
    'whose key id is SQL': forged({ alg: 'HS256', kid: "x' UNION SELECT 'a" }, claims, 'a'),
    'whose key id is empty': forged({ alg: 'HS256', kid: '' }, claims, SECRET),
    'whose key id is null': forged({ alg: 'HS256', kid: null }, claims, SECRET),
    'whose key id is no text': forged({ alg: 'HS256', kid: { toString: key.id } }, claims, SECRET),
    'that bring a key of their own': jwt.sign(claims, privateKey, {
      algorithm: 'RS256',
      header: { alg: 'RS256', jwk: publicKey.export({ format: 'jwk' }), x5u: 'http://127.0.0.1/key' } as jwt.JwtHeader,
    }),
    'whose own id is no UUID': forged({ alg: 'HS256' }, { ...claims, jti: '*' }, SECRET),
    'whose version is no number': forged({ alg: 'HS256' }, { ...claims, ver: '3' }, SECRET),
    'whose header is no JSON': `${Buffer.from('{').toString('base64url')}.e30.AAAA`,
    'with a claim changed': issued().replace(
      /\.[^.]+\./,
      `.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`,
    ),
  };
  for (const [what, token] of Object.entries(bad)) {
    it(`are refused ${what}`, () => expect(userOf(token)).to.equal(null));
  }

  it('have each an id of their own, by which they can be ended', () => {
    const ids = [tokens.claimsOf(issued())?.id, tokens.claimsOf(issued())?.id];
    expect(new Set(ids).size).to.equal(2);
    for (const id of ids) expect(id).to.match(/^[0-9a-f-]{36}$/);
  });

  it('from before there were ids and versions are believed, and have an id all the same', () => {
    const before = [60, 61].map((more) => forged({ alg: 'HS256' }, { ...claims, iat: claims.exp - more }, SECRET));
    const found = before.map((token) => tokens.claimsOf(token));
    expect(found.map((one) => one?.version)).to.deep.equal([0, 0]);
    expect(new Set(found.map((one) => one?.id)).size).to.equal(2);
    for (const one of found) expect(one?.id).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
});

describe('a change of the signing key', () => {
  const later = signingKey('q3B9vTn5Xc1ZsW7eRk2yUh8oGm4aLd6f');
  const after = createTokens({ key: later, previous: [key], expiresInSeconds: 60 });

  it('leaves tokens good that were signed before, with a key id and without', () => {
    expect(userOf(issued(), after)).to.equal(USER);
    expect(userOf(forged({ alg: 'HS256' }, claims, SECRET), after)).to.equal(USER);
  });

  it('has the new key sign, and the old one not', () => {
    const { header } = jwt.decode(issued(after), { complete: true })!;
    expect(header.kid).to.equal(later.id);
    expect(userOf(issued(after))).to.equal(null);
    expect(userOf(issued(after), after)).to.equal(USER);
  });

  it('believes no key id that another key has', () => {
    expect(userOf(forged({ alg: 'HS256', kid: later.id }, claims, SECRET), after)).to.equal(null);
  });

  it('is over when the old key is no longer named', () => {
    expect(userOf(issued(), createTokens({ key: later, expiresInSeconds: 60 }))).to.equal(null);
  });

  it('tells the same key id everywhere, and nothing of the secret', () => {
    expect(signingKey(SECRET).id)
      .to.equal(key.id)
      .and.match(/^[A-Za-z0-9_-]{11}$/);
    expect(later.id).not.to.equal(key.id);
  });
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
