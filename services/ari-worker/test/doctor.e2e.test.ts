import { cpSync, mkdtempSync, appendFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRealAsterisk, type RealAsterisk } from '@dialgate/local-stack';
import { patience } from '@dialgate/testing';
import { expect } from 'chai';
import { examine } from '../src/doctor/examine.js';
import type { Finding } from '../src/doctor/finding.js';

const DOCKER_ASTERISK = fileURLToPath(new URL('../../../docker/asterisk/', import.meta.url));

/** No service stands beside it: its settings are not what is looked at here. */
const ALONE = 'file:///nowhere/service/src/doctor/main.ts';

const READER = { ARI_USERNAME: 'reader', ARI_PASSWORD: 'reader-4711' };

describe('doctor at a real Asterisk', function () {
  this.timeout(300_000);
  let asterisk: RealAsterisk;
  let configuration: string;

  before(async () => {
    configuration = mkdtempSync(join(tmpdir(), 'dialgate-doctor-'));
    cpSync(DOCKER_ASTERISK, configuration, { recursive: true });
    const { ARI_USERNAME, ARI_PASSWORD } = READER;
    appendFileSync(
      join(configuration, 'ari.conf'),
      `\n[${ARI_USERNAME}]\ntype = user\nread_only = yes\npassword = ${ARI_PASSWORD}\n`,
    );
    const started = await startRealAsterisk({ log: () => undefined, configuration });
    if ('unavailable' in started) throw new Error(started.unavailable);
    asterisk = started;
  });
  after(async () => {
    rmSync(configuration, { recursive: true, force: true });
    await asterisk.stop();
  });

  async function looksAt(settings: Record<string, string> = {}): Promise<Finding[]> {
    const { ariUrl, username, password } = asterisk;
    const environment = { ARI_HTTP_URL: ariUrl, ARI_USERNAME: username, ARI_PASSWORD: password, ...settings };
    const findings = await examine(environment, ALONE, patience(5_000));
    expect(await asterisk.cli('core show channels count'), 'channels left behind').to.include('0 active channels');
    expect((await asterisk.invites()).size, 'phones rung').to.equal(0);
    return findings;
  }

  const wrongOf = (findings: readonly Finding[]) =>
    findings.filter(({ verdict }) => verdict === 'wrong').map(({ code }) => code);

  it('finds nothing wrong with the configuration that works, and rings nobody', async () => {
    const findings = await looksAt();
    expect(wrongOf(findings)).to.deep.equal([]);
    expect(findings.filter(({ verdict }) => verdict === 'ok').map(({ code }) => code)).to.deep.equal([
      'asterisk',
      'asterisk_socket',
      'asterisk_rights',
      'asterisk_events',
      'dialplan',
      'trunk',
      'clock_asterisk',
    ]);
  });

  for (const [what, settings, codes] of [
    ['another password', { ARI_PASSWORD: 'another-4711' }, ['asterisk_unauthorized']],
    ['a user who may only read', READER, ['asterisk_read_only']],
    ['a context that is not there', { DEFAULT_CONTEXT: 'elsewhere' }, ['dialplan_missing']],
    ['an endpoint that it does not know', { DIAL_ENDPOINT: 'PJSIP/{number}@elsewhere' }, ['trunk_unavailable']],
    ['an endpoint without a contact', { DIAL_ENDPOINT: 'PJSIP/{number}@trunk-nocontact' }, ['trunk_unavailable']],
  ] as const) {
    it(`names ${what}`, async () => {
      expect(wrongOf(await looksAt({ ...settings }))).to.deep.equal(codes);
    });
  }

  for (const [module, code] of [
    ['res_ari_applications', 'asterisk_no_ari_applications'],
    ['res_ari_asterisk', 'asterisk_no_ari_asterisk'],
    ['res_ari_channels', 'asterisk_no_ari_channels'],
    ['res_ari_events', 'asterisk_no_ari_events'],
  ] as const) {
    it(`names the missing ${module}.so`, async () => {
      await asterisk.cli(`module unload ${module}.so`);
      try {
        expect(wrongOf(await looksAt())).to.include(code);
      } finally {
        await asterisk.cli(`module load ${module}.so`);
      }
    });
  }
});
