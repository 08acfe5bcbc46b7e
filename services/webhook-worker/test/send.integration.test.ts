import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { createSend, retryAfter, type Send } from '../src/deliver/send.js';
import { openReceiver, type Receiver } from './receiver.js';

const BODY = '{"type":"webhook.test"}';

/** A resolver that gives out these addresses, one list for each question, the last one for ever. */
function resolver(...lists: string[][]): LookupFunction & { asked: number } {
  const lookup = (_host: string, options: { all?: boolean }, done: (...answer: unknown[]) => void): void => {
    const list = lists[Math.min(resolve.asked++, lists.length - 1)] ?? [];
    const addresses: LookupAddress[] = list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all === true) done(null, addresses);
    else done(null, addresses[0]?.address, addresses[0]?.family);
  };
  const resolve = Object.assign(lookup as unknown as LookupFunction, { asked: 0 });
  return resolve;
}

describe('sending to an address that somebody gave us', () => {
  let trap: Receiver;
  let sixth: Receiver | null;

  before(async () => {
    trap = await openReceiver('0.0.0.0');
    sixth = await openReceiver('::1', trap.port).catch(() => null); // Not every machine has IPv6.
  });
  after(async () => {
    await trap.close();
    await sixth?.close();
  });

  const sender = (more: Partial<Parameters<typeof createSend>[0]> = {}): Send =>
    createSend({ timeoutMs: 20_000, allowHttp: true, allowedPrivate: [], ...more });
  const caught = () => trap.connections() + (sixth?.connections() ?? 0);

  for (const host of [
    '127.0.0.1',
    'localhost',
    '[::1]',
    '[::ffff:7f00:1]',
    '[::ffff:127.0.0.1]',
    '0x7f.1',
    '0x7f000001',
    '2130706433',
    '0177.0.0.1',
    '127.1',
    '127.255.255.254',
    '0.0.0.0',
    '0',
    '[::]',
    'localhost.',
  ]) {
    it(`reaches nothing at ${host}`, async () => {
      const before = caught();
      const result = await sender()(`http://${host}:${trap.port}/`, {}, BODY);
      expect(result, 'a name that is unknown here is no danger').to.deep.equal({
        error:
          host === 'localhost.' && 'error' in result && result.error === 'unreachable'
            ? 'unreachable'
            : 'address_refused',
      });
      expect(caught()).to.equal(before);
    });
  }

  for (const address of [
    '169.254.169.254',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '[fd00::1]',
    '[fe80::1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '255.255.255.255',
    '224.0.0.1',
  ]) {
    it(`does not try ${address}`, async () => {
      expect(await sender()(`https://${address}/`, {}, BODY)).to.deep.equal({ error: 'address_refused' });
    });
  }

  describe('by a name', () => {
    // It stands for the world outside: allowed, as no address on loopback is by itself.
    const OUTSIDE = '127.0.0.2';
    let outside: Receiver;
    before(async () => (outside = await openReceiver(OUTSIDE)));
    after(() => outside.close());
    const sendTo = (lookup: LookupFunction) => {
      const send = sender({ lookup, allowedPrivate: [OUTSIDE] });
      return () => send(`http://hooks.example.com:${outside.port}/`, {}, BODY);
    };

    it('reaches nothing where it leads here, alone or among others', async () => {
      const before = outside.connections();
      for (const list of [['127.0.0.1'], [OUTSIDE, '127.0.0.1'], ['::ffff:127.0.0.1'], ['::1', OUTSIDE]]) {
        expect(await sendTo(resolver(list))()).to.deep.equal({ error: 'address_refused' });
      }
      expect(outside.connections()).to.equal(before);
    });

    it('judges the very address that it connects to: a name that leads elsewhere the next time gains nothing', async () => {
      const here = await openReceiver('127.0.0.1', outside.port);
      const rebinding = resolver([OUTSIDE], ['127.0.0.1']);
      const send = sendTo(rebinding);
      expect(await send()).to.include({ status: 204 });
      expect(rebinding.asked, 'one question for judging and connecting').to.equal(1);
      expect(await send(), 'over no connection that was left open').to.deep.equal({ error: 'address_refused' });
      expect(rebinding.asked).to.equal(2);
      expect(here.connections()).to.equal(0);
      expect(outside.received.map(({ headers }) => headers.host)).to.deep.equal([`hooks.example.com:${outside.port}`]);
      await here.close();
    });
  });

  it('follows no redirect', async () => {
    const receiver = await openReceiver();
    const before = caught();
    receiver.answer = (_req, res) => void res.writeHead(307, { location: `http://127.0.0.1:${trap.port}/` }).end();
    const send = sender({ allowedPrivate: ['127.0.0.1'] });
    expect(await send(receiver.url, {}, BODY)).to.deep.equal({ status: 307, retryAfterMs: null });
    expect(caught()).to.equal(before);
    await receiver.close();
  });

  it('uses no proxy of the environment', async () => {
    const receiver = await openReceiver();
    const before = caught();
    process.env.http_proxy = `http://127.0.0.1:${trap.port}`;
    try {
      expect(await sender({ allowedPrivate: ['127.0.0.0/8'] })(receiver.url, {}, BODY)).to.include({ status: 204 });
    } finally {
      delete process.env.http_proxy;
    }
    expect(receiver.received.map(({ body }) => body)).to.deep.equal([BODY]);
    expect(caught()).to.equal(before);
    await receiver.close();
  });

  it('speaks HTTPS only, unless HTTP is allowed, and nothing else ever', async () => {
    const before = caught();
    const strict = sender({ allowHttp: false, allowedPrivate: ['127.0.0.1'] });
    expect(await strict(`http://127.0.0.1:${trap.port}/`, {}, BODY)).to.deep.equal({ error: 'https_required' });
    for (const scheme of ['gopher', 'ftp', 'file', 'ws', 'data'])
      expect(
        await sender({ allowedPrivate: ['127.0.0.1'] })(`${scheme}://127.0.0.1:${trap.port}/`, {}, BODY),
      ).to.have.property('error');
    expect(caught()).to.equal(before);
  });

  it('says that a receiver has no TLS, or is not there', async () => {
    const send = sender({ allowedPrivate: ['127.0.0.1'] });
    expect(await send(`https://127.0.0.1:${trap.port}/`, {}, BODY)).to.deep.equal({ error: 'tls' });
    expect(await send('http://127.0.0.1:1/', {}, BODY)).to.deep.equal({ error: 'unreachable' });
  });

  it('gives up a receiver that does not answer', async () => {
    const receiver = await openReceiver();
    receiver.answer = () => undefined;
    const send = sender({ allowedPrivate: ['127.0.0.1'], timeoutMs: 300 });
    expect(await send(receiver.url, {}, BODY)).to.deep.equal({ error: 'timeout' });
    await receiver.close();
  });

  it('reads nothing of an answer, however much there is, and hangs up', async () => {
    const receiver = await openReceiver();
    let closed = false;
    receiver.answer = (_req, res) => {
      res.on('close', () => (closed = true));
      res.on('error', () => undefined);
      res.writeHead(200);
      const more = (): void => {
        while (!closed && res.write(Buffer.alloc(65_536)));
        if (!closed) res.once('drain', more);
      };
      more();
    };
    expect(await sender({ allowedPrivate: ['127.0.0.1'] })(receiver.url, {}, BODY)).to.include({ status: 200 });
    await eventually(() => closed);
    await receiver.close();
  });

  it('says for how long the receiver wants to be left alone', async () => {
    const receiver = await openReceiver();
    receiver.answer = (_req, res) => void res.writeHead(503, { 'retry-after': '120' }).end();
    const send = sender({ allowedPrivate: ['127.0.0.1'] });
    expect(await send(receiver.url, {}, BODY)).to.deep.equal({ status: 503, retryAfterMs: 120_000 });
    await receiver.close();
    const now = Date.UTC(2026, 0, 1);
    expect(retryAfter('Thu, 01 Jan 2026 00:01:00 GMT', now)).to.equal(60_000);
    expect(retryAfter('Wed, 31 Dec 2025 00:00:00 GMT', now)).to.equal(0);
    for (const nonsense of ['soon', '-1', '1e99', undefined, ['5']]) expect(retryAfter(nonsense, now)).to.equal(null);
  });
});
