import { startRealAsterisk, type RealAsterisk } from '@dialgate/local-stack';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { openAriClient, type AriClient } from '../src/ari/client.js';
import { hasAlerted } from '../src/reconcile/alerting.js';

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

  for (const [digits, what, alerts] of [
    ['006', 'rings', true],
    ['009', 'plays early media', true],
    ['015', 'is only tried', false],
    ['007', 'says nothing', false],
  ] as const) {
    it(`who ${what} ${alerts ? 'has been alerted' : 'has not, as far as anybody knows'}`, async () => {
      const id = `callee.${digits}`;
      await ari.createChannel({ id, endpoint: `PJSIP/+33100000${digits}@trunk`, app: APP, variables: {} });
      await eventually(async () => (await ari.dial(id, 30, 3_000)).kind === 'ok');
      await eventually(async () => (await asterisk.invites()).has(`+33100000${digits}`));
      const alerted = async () => {
        const reply = await ari.channel(id);
        return reply.kind === 'ok' && hasAlerted(ari, reply.body);
      };
      if (alerts) await eventually(alerted);
      expect(await alerted()).to.equal(alerts);
      await ari.hangUp(id);
    });
  }
});
