import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startRealAsterisk, type RealAsterisk } from '@dialgate/local-stack';
import { makeCertificates, patience, type Certificates } from '@dialgate/testing';
import { expect } from 'chai';
import { openAriClient } from '../src/ari/client.js';
import { setUpWorkbench, type Workbench } from './workbench.js';

const TEMPLATES = fileURLToPath(new URL('../../../docker/asterisk', import.meta.url));
const WAIT_MS = 60_000;

describe('a real Asterisk that speaks TLS with the certificate of a private authority', function () {
  this.timeout(patience(300_000));
  let home: string;
  let bench: Workbench;
  let asterisk: RealAsterisk;
  let url: string;
  let certificates: Certificates;

  before(async function () {
    home = mkdtempSync(join(tmpdir(), 'dialgate-tls-'));
    certificates = makeCertificates(home);
    const port = await freePort();
    url = `https://127.0.0.1:${String(port)}/ari`;
    const started = await startRealAsterisk({
      log: () => undefined,
      configuration: withTls(home, port, certificates),
    });
    if ('unavailable' in started) return this.skip();
    asterisk = started;
    bench = await setUpWorkbench();
  });
  after(async () => {
    await (bench as Workbench | undefined)?.close();
    await (asterisk as RealAsterisk | undefined)?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it('is not spoken to by whoever does not know that authority', async () => {
    const ari = openAriClient({ url, username: asterisk.username, password: asterisk.password });
    expect((await ari.info()).kind).to.equal('unknown');
    ari.close();
    const knowing = openAriClient({
      url,
      username: asterisk.username,
      password: asterisk.password,
      ca: readFileSync(certificates.authority, 'utf8'),
    });
    expect((await knowing.info()).kind).to.equal('ok');
    knowing.close();
  });

  it('is dialled over by a worker with ARI_CA_FILE, its events and its requests encrypted', async () => {
    await bench.startWorker({
      ARI_HTTP_URL: url,
      ARI_USERNAME: asterisk.username,
      ARI_PASSWORD: asterisk.password,
      ARI_CA_FILE: certificates.authority,
      DIAL_ENDPOINT: 'PJSIP/{number}@trunk',
    });
    const id = await bench.place('+4930123001');
    expect((await bench.ended(id, WAIT_MS)).status).to.equal('completed');
  });
});

/** The demonstration's configuration, with a second port that speaks TLS. */
function withTls(home: string, port: number, { certificate, key }: Certificates): string {
  const configuration = join(home, 'asterisk');
  cpSync(TEMPLATES, configuration, { recursive: true });
  const http = join(configuration, 'http.conf');
  const lines = ['tlsenable = yes', `tlsbindaddr = 127.0.0.1:${String(port)}`];
  const files = [`tlscertfile = ${certificate}`, `tlsprivatekey = ${key}`];
  writeFileSync(http, [readFileSync(http, 'utf8'), ...lines, ...files, ''].join('\n'));
  return configuration;
}
