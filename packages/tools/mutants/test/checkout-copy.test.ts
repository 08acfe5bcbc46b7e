import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { copyCheckout } from '../src/checkout-copy.js';

describe('a copy of a checkout', () => {
  let home: string;
  beforeEach(() => (home = realpathSync(mkdtempSync(join(tmpdir(), 'dialgate-copy-')))));
  afterEach(() => rmSync(home, { recursive: true }));

  const write = (file: string, text = ''): void => {
    mkdirSync(dirname(join(home, file)), { recursive: true });
    writeFileSync(join(home, file), text);
  };
  const link = (file: string, target: string): void => {
    mkdirSync(dirname(join(home, file)), { recursive: true });
    symlinkSync(target, join(home, file));
  };

  it('has sources of its own, also where one package looks for another, and the original’s third-party packages', async () => {
    const files = [
      'package.json',
      'packages/domain/package.json',
      'packages/domain/index.ts',
      'services/api/package.json',
    ];
    for (const file of files) write(`original/${file}`, file);
    write('original/node_modules/.pnpm/chai@6/node_modules/chai/index.js');
    write('original/packages/domain/src/secret.env');
    link('original/node_modules/chai', '.pnpm/chai@6/node_modules/chai');
    link('original/services/api/node_modules/@dialgate/domain', '../../../../packages/domain');
    link('original/services/api/node_modules/chai', join(home, 'original/node_modules/.pnpm/chai@6/node_modules/chai'));

    const copy = join(home, 'copy');
    await copyCheckout(join(home, 'original'), files, copy);

    expect(readFileSync(join(copy, 'packages/domain/index.ts'), 'utf8')).to.equal('packages/domain/index.ts');
    expect(existsSync(join(copy, 'packages/domain/src/secret.env'))).to.equal(false);
    expect(realpathSync(join(copy, 'services/api/node_modules/@dialgate/domain'))).to.equal(
      join(copy, 'packages/domain'),
    );
    for (const name of ['node_modules/chai', 'services/api/node_modules/chai']) {
      expect(realpathSync(join(copy, name))).to.equal(
        join(home, 'original/node_modules/.pnpm/chai@6/node_modules/chai'),
      );
    }
    writeFileSync(join(copy, 'services/api/node_modules/@dialgate/domain/index.ts'), 'changed');
    expect(readFileSync(join(home, 'original/packages/domain/index.ts'), 'utf8')).to.equal('packages/domain/index.ts');
  });
});
