import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startRealAsterisk, type RealAsterisk } from '@dialgate/local-stack';
import { patience } from '@dialgate/testing';
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
  const ca = (): string => join(home, 'ca.crt');

  before(async function () {
    home = mkdtempSync(join(tmpdir(), 'dialgate-tls-'));
    makeCertificates(home);
    const port = await freePort();
    url = `https://127.0.0.1:${String(port)}/ari`;
    const started = await startRealAsterisk({
      log: () => undefined,
      configuration: withTls(home, port),
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
      ca: readFileSync(ca(), 'utf8'),
    });
    expect((await knowing.info()).kind).to.equal('ok');
    knowing.close();
  });

  it('is dialled over by a worker with ARI_CA_FILE, its events and its requests encrypted', async () => {
    await bench.startWorker({
      ARI_HTTP_URL: url,
      ARI_USERNAME: asterisk.username,
      ARI_PASSWORD: asterisk.password,
      ARI_CA_FILE: ca(),
      DIAL_ENDPOINT: 'PJSIP/{number}@trunk',
    });
    const id = await bench.place('+4930123001');
    expect((await bench.ended(id, WAIT_MS)).status).to.equal('completed');
  });
});

/** The demonstration's configuration, with a second port that speaks TLS. */
function withTls(home: string, port: number): string {
  const configuration = join(home, 'asterisk');
  cpSync(TEMPLATES, configuration, { recursive: true });
  const http = join(configuration, 'http.conf');
  const lines = ['tlsenable = yes', `tlsbindaddr = 127.0.0.1:${String(port)}`];
  const files = [`tlscertfile = ${join(home, 'pbx.crt')}`, `tlsprivatekey = ${join(home, 'pbx.key')}`];
  writeFileSync(http, [readFileSync(http, 'utf8'), ...lines, ...files, ''].join('\n'));
  return configuration;
}

/** An authority, and a certificate for 127.0.0.1 that it has signed. */
function makeCertificates(home: string): void {
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { cwd: home, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=An authority of our own');
  openssl(
    ...['req', '-x509', ...key, '-keyout', 'pbx.key', '-out', 'pbx.crt', '-subj', '/CN=pbx'],
    ...['-CA', 'ca.crt', '-CAkey', 'ca.key', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
  );
}
