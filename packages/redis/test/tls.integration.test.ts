import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, overTls, startThrowawayRedis, type Redis } from '@dialgate/local-stack';
import { makeCertificates, patience, type Certificates } from '@dialgate/testing';
import { expect } from 'chai';
import { ignorantHandsOver, startKnowing } from './handing-over.js';

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
    server = await startThrowawayRedis({ settings: overTls(port, certificates) });
    redisUrl = Object.assign(new URL(server.url), { protocol: 'rediss:', port: String(port) }).href;
  });
  after(async () => {
    await (server as Redis | undefined)?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it('has jobs handed over by whoever knows the authority (NODE_EXTRA_CA_CERTS)', async () => {
    const knowing = await startKnowing(redisUrl, certificates);
    const came = await knowing.came;
    await knowing.stop();
    expect(came).to.equal(true);
  });

  it('is not believed by whoever does not', async () => {
    expect(await ignorantHandsOver(redisUrl)).to.equal(false);
  });
});
