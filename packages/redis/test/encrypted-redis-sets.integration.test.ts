import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, startSentinelSet, type RedisSet, type ServerCertificate } from '@dialgate/local-stack';
import { makeCertificates, patience, type Certificates } from '@dialgate/testing';
import { expect } from 'chai';
import { PREFIX, ignorantHandsOver, startKnowing, type HandingOver } from './handing-over.js';

const SETS: readonly (readonly [name: string, start: (encrypted: ServerCertificate) => Promise<RedisSet>])[] = [
  ['three sentinels, a master and its replica', startSentinelSet],
  ['the nodes of a cluster', (encrypted) => startCluster(PREFIX, encrypted)],
];

for (const [name, startSet] of SETS) {
  describe(`${name} that speak TLS, with the certificate of a private authority for a name`, function () {
    this.timeout(patience(90_000));
    let home: string;
    let certificates: Certificates;
    let set: RedisSet;
    let knowing: HandingOver;

    before(async () => {
      home = mkdtempSync(join(tmpdir(), 'dialgate-tls-'));
      certificates = makeCertificates(home, 'localhost');
      set = await startSet(certificates);
    });
    after(async () => {
      await (knowing as HandingOver | undefined)?.stop();
      await (set as RedisSet | undefined)?.stop();
      rmSync(home, { recursive: true, force: true });
    });

    it('are not believed by whoever does not know the authority', async () => {
      expect(await ignorantHandsOver(set.url)).to.equal(false);
    });

    it('have jobs handed over by whoever knows it, and again when the master has been killed', async () => {
      knowing = await startKnowing(set.url, certificates);
      expect(await knowing.came).to.equal(true);
      await set.killMaster();
      await set.failedOver();
      expect(await knowing.another()).to.equal(true);
    });
  });
}
