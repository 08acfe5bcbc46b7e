import { hashPassword, isPassword, NOBODYS_HASH, passwordWeakness } from '@dialgate/accounts';
import { expect } from 'chai';

describe('passwords', () => {
  it('knows a password again and no other', async () => {
    const kept = await hashPassword('correct staple 7 horse');
    expect(kept).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await isPassword('correct staple 7 horse', kept)).to.equal(true);
    expect(await isPassword('correct staple 7 horsE', kept)).to.equal(false);
  });

  it('salts: the same password is kept differently each time', async () => {
    expect(await hashPassword('same')).not.to.equal(await hashPassword('same'));
  });

  it('has a hash of nobody’s password that costs as much to compare with as any other', async () => {
    const cost = (hash: string): string[] => hash.split('$').slice(0, 4);
    expect(cost(NOBODYS_HASH)).to.deep.equal(cost(await hashPassword('a user’s')));
    expect(await isPassword('a user’s', NOBODYS_HASH)).to.equal(false);
  });

  it('takes a hash that is none of ours for nobody’s password', async () => {
    expect(await isPassword('!', '!')).to.equal(false);
    expect(await isPassword('', '')).to.equal(false);
  });

  const weak: Record<string, string> = {
    'one that is short': 'Xk3!vbQ90zt',
    'the username': 'administrator-of-it',
    'the username with digits behind': 'operator-one42',
    'a common one': 'passwordpassword',
    'a common one in disguise': '!!P@ssw0rd2026!!',
    'a placeholder': 'change-me-now-123',
    'the same character again and again': 'aaaaaaaaaaaaaaaa',
    'two characters in turn': 'abababababababab',
    'a run of digits': '1234567890123456',
    'the alphabet': 'abcdefghijklmnopqrstuvwxyz',
  };
  for (const [what, password] of Object.entries(weak)) {
    it(`calls ${what} weak`, () => {
      const username = what.startsWith('the username with') ? 'operator-one' : 'administrator-of-it';
      expect(passwordWeakness(password, username)).to.be.a('string');
    });
  }

  it('finds nothing wrong with a random one or a sentence', () => {
    expect(passwordWeakness('q8-TzV!rW2mLx0', 'admin')).to.equal(null);
    expect(passwordWeakness('nine brown foxes sang', 'admin')).to.equal(null);
  });
});
