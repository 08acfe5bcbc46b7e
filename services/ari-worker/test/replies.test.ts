import { expect } from 'chai';
import { replyOfAnswer, replyOfNetworkError } from '../src/ari/replies.js';

describe('a reply of Asterisk', () => {
  const answers: [status: number, body: unknown, kind: string][] = [
    [200, { id: 'x' }, 'ok'],
    [204, '', 'ok'],
    [404, { message: 'Channel not found' }, 'refused'],
    [404, '<html>not yet</html>', 'not_reached'],
    [409, { message: 'Channel not in Stasis application' }, 'refused'],
    [412, { message: 'Channel in invalid state' }, 'refused'],
    [500, { error: 'Allocation failed' }, 'refused'],
    [503, { message: 'Asterisk not booted' }, 'not_reached'],
    [401, { message: 'Authentication required' }, 'not_reached'],
    [403, { message: 'Write access denied' }, 'not_reached'],
  ];
  for (const [status, body, kind] of answers) {
    it(`${status} ${JSON.stringify(body)} is ${kind}`, () => expect(replyOfAnswer(status, body).kind).to.equal(kind));
  }

  it('keeps the message, under either key that Asterisk uses', () => {
    expect(replyOfAnswer(500, { error: 'Allocation failed' })).to.include({ message: 'Allocation failed' });
    expect(replyOfAnswer(404, { message: 'Channel not found' })).to.include({ message: 'Channel not found' });
  });

  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH']) {
    it(`${code} was certainly not carried out`, () => expect(replyOfNetworkError(code).kind).to.equal('not_reached'));
  }
  for (const code of ['ECONNRESET', 'ECONNABORTED', 'ETIMEDOUT', 'EPIPE', undefined]) {
    it(`${code ?? 'silence'} may have been carried out`, () =>
      expect(replyOfNetworkError(code).kind).to.equal('unknown'));
  }
});
