import { expect } from 'chai';
import { appendFileSync, cpSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalStackError } from '../src/errors.js';
import { startRealAsterisk, type RealAsterisk } from '../src/index.js';
import { isAlive } from '../src/process-identity.js';
import { scratch, until } from './helpers.js';

describe('a real Asterisk', () => {
  let asterisk: RealAsterisk;

  before(async () => {
    const started = await startRealAsterisk({ log: () => undefined, timerBMs: 6_400 });
    if ('unavailable' in started) throw new Error(started.unavailable); // These tests run only where there is one.
    asterisk = started;
  });

  const ari = (method: string, path: string, password = asterisk.password): Promise<Response> =>
    fetch(`${asterisk.ariUrl}${path}`, {
      method,
      headers: { authorization: `Basic ${Buffer.from(`${asterisk.username}:${password}`).toString('base64')}` },
    });
  const call = (number: string): Promise<Response> =>
    ari(
      'POST',
      `/channels?endpoint=${encodeURIComponent(`PJSIP/${number}@trunk`)}&context=outbound-ivr&extension=s&priority=1&timeout=20`,
    );
  const channels = async (): Promise<unknown[]> => (await (await ari('GET', '/channels')).json()) as unknown[];

  it('answers ARI with a password made up for this run, and no other', async () => {
    expect((await ari('GET', '/asterisk/info')).status).to.equal(200);
    expect((await ari('GET', '/asterisk/info', 'gateway-secret')).status).to.equal(401);
  });

  it('rings a callee, who hangs up by himself, and the log shows one INVITE', async () => {
    expect((await call('+4930123001')).status).to.equal(200);
    await until(async () => (await asterisk.invites()).has('+4930123001'), 'the INVITE has arrived');
    await until(async () => (await channels()).length === 0, 'the call is over');
    const invites = (await asterisk.invites()).get('+4930123001');
    expect(invites).to.have.length(1);
    expect(invites?.[0]?.callId).to.not.equal('');
  });

  it('repeats an INVITE that nobody answers until timer B, and it still counts as one', async () => {
    expect((await call('+4930123007')).status).to.equal(200);
    await until(async () => (await asterisk.invites()).has('+4930123007'), 'the INVITE has arrived');
    expect(await channels()).to.have.length(1);
    await until(async () => (await channels()).length === 0, 'timer B has ended it');
    expect((await asterisk.invites()).get('+4930123007')).to.have.length(1);
  });

  it('counts a second dial of the same number', async () => {
    for (const times of [1, 2]) {
      expect((await call('+4930123486')).status).to.equal(200);
      await until(
        async () => (await asterisk.invites()).get('+4930123486')?.length === times,
        'the INVITE has arrived',
      );
    }
  });

  it('takes commands of its console', async () => {
    expect(await asterisk.cli('core show version')).to.match(/^Asterisk 2\d/);
    expect(await asterisk.cli('dialplan show s@outbound-ivr')).to.include('Wait(1.5)');
  });

  it('is killed with a call up and started again: the same address and password, no call, and the callees count on', async () => {
    expect((await call('+4930123002')).status).to.equal(200);
    await until(async () => (await asterisk.invites()).has('+4930123002'), 'the INVITE has arrived');
    const { pid } = asterisk.asterisk;
    await asterisk.kill();
    expect(isAlive(pid)).to.equal(false);
    expect(await ari('GET', '/channels').catch(() => null)).to.equal(null);

    await asterisk.startAgain();
    expect(asterisk.asterisk.pid).to.not.equal(pid);
    expect(await channels()).to.have.length(0);
    expect((await call('+4930123404')).status).to.equal(200);
    await until(async () => (await asterisk.invites()).has('+4930123404'), 'the INVITE has arrived');
    expect((await asterisk.invites()).get('+4930123002')).to.have.length(1);
  });

  it('that does not come up with its configuration is an error, not an Asterisk that cannot be had', async () => {
    const place = scratch();
    const configuration = place.directory;
    cpSync(fileURLToPath(new URL('../../../../docker/asterisk/', import.meta.url)), configuration, { recursive: true });
    appendFileSync(join(configuration, 'modules.conf'), '\nrequire = no_such_module.so\n');
    const started = await startRealAsterisk({ log: () => undefined, configuration }).catch((error: unknown) => error);
    place.remove();
    expect(started).to.be.instanceOf(LocalStackError).with.property('message').that.includes('no_such_module');
  });

  it('runs beside another one, and leaves nothing behind', async () => {
    const another = await startRealAsterisk({ log: () => undefined });
    if ('unavailable' in another) throw new Error(another.unavailable);
    expect(another.ariUrl).to.not.equal(asterisk.ariUrl);
    await another.stop();
    await asterisk.stop();
    for (const { asterisk: process, sipp, inviteLog } of [another, asterisk]) {
      expect(isAlive(process.pid) || isAlive(sipp.pid)).to.equal(false);
      expect(existsSync(dirname(inviteLog))).to.equal(false);
    }
  });
});
