import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(HERE, 'dist');

describe('what is packed of the client', function () {
  this.timeout(120_000);
  after(() => rm(OUT, { recursive: true, force: true }));

  it('runs in plain Node, with nothing but its own dependencies, and has its types', async () => {
    const { publishConfig, dependencies } = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8')) as {
      readonly publishConfig: {
        readonly exports: { readonly '.': { readonly types: string; readonly default: string } };
      };
      readonly dependencies: Record<string, string>;
    };
    expect(Object.entries(dependencies).filter(([, version]) => version.startsWith('workspace'))).to.deep.equal([]);

    await promisify(execFile)(join(HERE, '../../node_modules/.bin/tsc'), ['-p', 'tsconfig.package.json'], {
      cwd: HERE,
    });
    const { types, default: entry } = publishConfig.exports['.'];
    expect(readFileSync(join(HERE, types), 'utf8')).to.include('createDialgateClient');
    const program = `const client = await import(${JSON.stringify(entry)}); console.log(Object.keys(client).sort().join(' '));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      cwd: HERE,
    });
    expect(stdout.trim()).to.equal(
      'DialgateApiError NoAnswerError WaitTimeoutError WebhookVerificationError createDialgateClient verifyWebhook',
    );
  });
});
