import { startRealAsterisk, type RealAsterisk } from '@dialgate/local-stack';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { openAriClient, type AriClient } from '../src/ari/client.js';
import { hasAlerted, showsDial } from '../src/ari/last-response.js';

const APP = 'early-media';

/** What reconcile relies on, asked of a real Asterisk: what was sent while nobody listened can still be asked for. */
describe('a callee of a real Asterisk', function () {
  this.timeout(120_000);
  let asterisk: RealAsterisk;
  let ari: AriClient;
  let listener: WebSocket;

  before(async () => {
    const started = await startRealAsterisk({ log: () => undefined });
    if ('unavailable' in started) throw new Error(started.unavailable); // These tests run only where there is one.
    asterisk = started;
    const { ariUrl: url, username, password } = asterisk;
    ari = openAriClient({ url, username, password });
    listener = new WebSocket(`${url.replace('http', 'ws')}/events?app=${APP}&api_key=${username}:${password}`);
    await new Promise((resolve, reject) => listener.once('open', resolve).once('error', reject));
  });
  after(async () => {
    listener.terminate();
    ari.close();
    await asterisk.stop();
  });

  for (const [digits, what, alerts, responds] of [
    ['006', 'rings', true, true],
    ['009', 'plays early media', true, true],
    ['015', 'is only tried', false, true],
    ['007', 'says nothing', false, false],
  ] as const) {
    it(`who ${what} ${alerts ? 'has been alerted' : 'has not, as far as anybody knows'}`, async () => {
      const id = `callee.${digits}`;
      await ari.createChannel({ id, endpoint: `PJSIP/+33100000${digits}@trunk`, app: APP, variables: {} });
      expect(await asked(id, showsDial), 'before it is dialled').to.equal(false);
      await eventually(async () => (await ari.dial(id, 30, 3_000)).kind === 'ok');
      await eventually(async () => (await asterisk.invites()).has(`+33100000${digits}`));
      if (alerts) await eventually(() => asked(id, hasAlerted));
      if (responds) await eventually(() => asked(id, showsDial));
      expect(await asked(id, hasAlerted)).to.equal(alerts);
      expect(await asked(id, showsDial), 'it was dialled').to.equal(responds);
      await ari.hangUp(id);
    });
  }

  async function asked(id: string, what: typeof hasAlerted): Promise<boolean> {
    const reply = await ari.channel(id);
    return reply.kind === 'ok' && what(ari, reply.body);
  }
});
