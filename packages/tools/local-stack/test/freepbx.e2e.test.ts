import { appendFileSync, cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { startRealAsterisk, type RealAsterisk } from '../src/index.js';
import { startGateway, type Gateway } from './gateway.js';
import { scratch } from './helpers.js';

const CONFIGURATION = fileURLToPath(new URL('../../../../docker/asterisk/', import.meta.url));
const DIALPLAN = new URL('freepbx-dialplan.conf', import.meta.url);

describe('through the outbound routes of a FreePBX, on a real Asterisk', function () {
  this.timeout(120_000);
  const place = scratch();
  let asterisk: RealAsterisk;
  before(async () => {
    cpSync(CONFIGURATION, place.directory, { recursive: true });
    appendFileSync(join(place.directory, 'extensions.conf'), `\n${readFileSync(DIALPLAN, 'utf8')}`);
    const started = await startRealAsterisk({ log: () => undefined, configuration: place.directory });
    if ('unavailable' in started) throw new Error(started.unavailable); // These tests run only where there is one.
    asterisk = started;
  });
  after(async () => {
    await asterisk.stop();
    place.remove();
  });

  const invites = async (called: string): Promise<number> => (await asterisk.invites()).get(called)?.length ?? 0;

  for (const [what, endpoint] of [
    ['with a template that has the prefix of the route', 'Local/00{digits}@outbound-allroutes/n'],
    ['with the digits alone', 'Local/{digits}@outbound-allroutes/n'],
  ] as const) {
    describe(what, () => {
      let gateway: Gateway;
      before(async () => {
        const ari = { url: asterisk.ariUrl, username: asterisk.username, password: asterisk.password };
        const both = { DIAL_ENDPOINT: endpoint, DEFAULT_CONTEXT: 'dialgate-ivr', ALLOWED_CONTEXTS: 'dialgate-ivr' };
        gateway = await startGateway(ari, { both });
      });
      after(() => gateway.stop());

      const hasPrefix = endpoint.includes('/00');
      const number = (end: string): string => `+3314${hasPrefix ? '7' : '8'}000${end}`;

      it('a phone rings, answers, and hears the IVR', async () => {
        const called = number('002');
        const id = await gateway.place(called);
        expect(await gateway.ended(id)).to.include({ status: 'completed', hangup_by: 'dialplan' });
        expect(await invites(called.slice(1))).to.equal(1);
      });

      it('a busy phone is busy', async () => {
        const called = number('008');
        expect(await gateway.ended(await gateway.place(called))).to.include({ status: 'busy' });
        expect(await invites(called.slice(1))).to.equal(1);
      });

      // A route without a destination on congestion plays an announcement, and answers for it.
      const status = hasPrefix ? 'failed' : 'completed';
      it(`a trunk that has no line left makes the call ${status}`, async () => {
        const called = number('503');
        expect(await gateway.ended(await gateway.place(called))).to.include({ status });
        expect(await invites(called.slice(1))).to.equal(1);
      });
    });
  }
});
