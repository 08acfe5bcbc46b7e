import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startThrowawayRedis, type Redis } from '@dialgate/local-stack';
import { bundled, makeCertificates, patience, type Certificates } from '@dialgate/testing';
import { expect } from 'chai';

describe('a Redis that speaks TLS, with the certificate of a private authority', function () {
  this.timeout(patience(60_000));
  let home: string;
  let server: Redis;
  let certificates: Certificates;
  let redisUrl: string;

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'dialgate-tls-'));
    certificates = makeCertificates(home);
    const port = await freePort();
    server = await startThrowawayRedis({
      settings: [
        `tls-port ${String(port)}`,
        `tls-cert-file "${certificates.certificate}"`,
        `tls-key-file "${certificates.key}"`,
        `tls-ca-cert-file "${certificates.authority}"`,
        'tls-auth-clients no',
      ],
    });
    redisUrl = Object.assign(new URL(server.url), { protocol: 'rediss:', port: String(port) }).href;
  });
  after(async () => {
    await (server as Redis | undefined)?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  /** @returns the exit code of a process of its own: authorities are read when it starts. */
  async function handsOver(environment: Readonly<Record<string, string>>): Promise<number | null> {
    const program = await bundled(new URL('./over-tls.ts', import.meta.url));
    const child = spawn(process.execPath, [program], {
      env: { REDIS_URL: redisUrl, ...environment },
      stdio: 'inherit',
    });
    return ((await once(child, 'exit')) as [number | null])[0];
  }

  it('has jobs handed over by whoever knows the authority (NODE_EXTRA_CA_CERTS)', async () => {
    const knowing = { NODE_EXTRA_CA_CERTS: certificates.authority, WITHIN_MS: String(patience(30_000)) };
    expect(await handsOver(knowing)).to.equal(0);
  });

  it('is not believed by whoever does not', async () => {
    expect(await handsOver({ WITHIN_MS: '2000' })).to.equal(1);
  });
});
