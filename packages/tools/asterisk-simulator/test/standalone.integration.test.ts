import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bundled, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { ariClient, openEars, PASSWORD, USERNAME } from './support.js';

describe('the simulator as a process of its own', function () {
  this.timeout(15_000);

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`says where it listens, serves, and ends within a second of ${signal}`, async () => {
      const child = await start(['--port', '0', '--speed', '20'], { ARI_USERNAME: USERNAME, ARI_PASSWORD: PASSWORD });
      const [line] = (await once(child.stdout!, 'data')) as [Buffer];
      const ariUrl = /^asterisk simulator listening on (http:\S+)\n$/.exec(line.toString())?.[1];
      expect(ariUrl).to.match(/^http:\/\/127\.0\.0\.1:\d+\/ari$/);

      const client = ariClient(ariUrl!);
      const ears = await openEars(ariUrl!, 'gw');
      await client.create('long', 'PJSIP/33100000006@trunk');
      await ears.untilHeard('long', 'StasisStart');
      await client.dial('long', 600);

      const asked = Date.now();
      child.kill(signal);
      const [code] = (await once(child, 'exit')) as [number];
      expect(code).to.equal(0);
      expect(Date.now() - asked).to.be.below(patience(1_000));
      client.close();
    });
  }

  it('does not start without a password, and takes none from its command line', async () => {
    for (const args of [[], ['--password', 'x']]) {
      const child = await start(args, { ARI_USERNAME: USERNAME });
      const [code] = (await once(child, 'exit')) as [number];
      expect(code).not.to.equal(0);
    }
  });
});

async function start(args: string[], environment: Record<string, string>): Promise<ChildProcess> {
  const main = await bundled(new URL('../src/main.ts', import.meta.url));
  return spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
