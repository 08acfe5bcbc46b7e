import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

const RULES = join(ROOT, '.dependency-cruiser.cjs');

/** Each a wrong import, in the first of the files, and the rule that must catch it. */
const PLANTED: Record<string, Record<string, string>> = {
  'domain-imports-nothing': { 'packages/domain/src/call.ts': `import 'node:fs';` },
  'client-stands-alone': {
    'packages/client/src/client.ts': `import '../../domain/src/index.js';`,
    'packages/domain/src/index.ts': '',
  },
  'services-are-apart': {
    'services/api/src/app.ts': `import '../../ari-worker/src/wiring.js';`,
    'services/ari-worker/src/wiring.ts': '',
  },
  'packages-below-services': {
    'packages/redis/src/index.ts': `import '../../../services/api/src/app.js';`,
    'services/api/src/app.ts': '',
  },
  'ari-is-a-border': {
    'services/ari-worker/src/ari/client.ts': `import '../wiring.js';`,
    'services/ari-worker/src/wiring.ts': '',
  },
  'only-the-index-of-a-package': {
    'services/api/src/app.ts': `import '../../../packages/database/src/slots.js';`,
    'packages/database/src/slots.ts': '',
  },
  'prisma-only-in-database': { 'services/api/src/app.ts': `import '@prisma/client';` },
  'bullmq-only-in-redis': { 'services/api/src/app.ts': `import 'bullmq';` },
  'ioredis-only-in-redis': { 'services/api/src/app.ts': `import 'ioredis';` },
  'express-only-in-api': { 'services/ari-worker/src/wiring.ts': `import 'express';` },
  'winston-only-in-service-kit': { 'services/api/src/app.ts': `import 'winston';` },
  'tools-only-from-tools-and-tests': {
    'services/ari-worker/src/wiring.ts': `import '../../../packages/tools/asterisk-simulator/src/index.js';`,
    'packages/tools/asterisk-simulator/src/index.ts': '',
  },
  'api-audit': planted('audit/audit-view.ts', 'routes/audit.ts'),
  'api-limits': planted('limits/hits.ts', 'auth/lockout.ts'),
  'api-schemas': planted('schemas/login.ts', 'calls/idempotency.ts'),
  'api-health': planted('health/check-health.ts', 'routes/health.ts'),
  'api-middleware': planted('middleware/errors.ts', 'auth/tokens.ts'),
  'api-calls': planted('calls/create-call.ts', 'routes/create.ts'),
  'api-auth': planted('auth/log-in.ts', 'routes/token.ts'),
  'api-streams': planted('streams/streams.ts', 'routes/streams.ts'),
  'api-board': planted('board/board.ts', 'app.ts'),
  'api-openapi': planted('openapi/document.ts', 'routes/docs.ts'),
  'api-docs': planted('docs/page.ts', 'routes/docs.ts'),
  'calls-know-no-http': { 'services/api/src/calls/create-call.ts': `import 'express';` },
  'no-room-for-everything': planted('calls/create-call.ts', 'calls/utils.ts'),
  'no-cycles': {
    'packages/redis/src/a.ts': `import './b.js';`,
    'packages/redis/src/b.ts': `import './a.js';`,
  },
  'no-unresolvable': { 'packages/redis/src/c.ts': `import './gone.js';` },
};

/** A file of the API that imports another one. */
function planted(from: string, to: string): Record<string, string> {
  return {
    [`services/api/src/${from}`]: `import '../${to.replace(/\.ts$/, '.js')}';`,
    [`services/api/src/${to}`]: '',
  };
}

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

describe('the import rules', function () {
  // Against hanging: each look takes seconds, and a busy machine as many times more.
  this.timeout(120_000);
  let project: string;

  beforeEach(async () => {
    project = await mkdtemp(join(tmpdir(), 'import-rules-'));
    await symlink(join(ROOT, 'tsconfig.base.json'), join(project, 'tsconfig.base.json'));
    await symlink(join(ROOT, 'tsconfig.check.json'), join(project, 'tsconfig.check.json'));
  });
  afterEach(() => rm(project, { recursive: true }));

  async function violationsIn(files: ReadonlyMap<string, string>): Promise<Violation[]> {
    for (const [path, text] of files) {
      await mkdir(dirname(join(project, path)), { recursive: true });
      await writeFile(join(project, path), `${text}\nexport {};\n`);
    }
    const args = [
      '--config',
      RULES,
      '--output-type',
      'json',
      ...new Set([...files.keys()].map((path) => path.split('/')[0] ?? '')),
    ];
    const depcruise = join(ROOT, 'node_modules/.bin/depcruise');
    const { stdout } = await promisify(execFile)(depcruise, args, {
      cwd: project,
      env: { PATH: process.env.PATH }, // Not the loader that these tests run under.
    }).catch((error: unknown) => error as { stdout: string });
    return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
  }

  it('take a tidy project', async () => {
    const tidy = { 'packages/domain/src/index.ts': `import './call.js';`, 'packages/domain/src/call.ts': '' };
    expect(await violationsIn(new Map(Object.entries(tidy)))).to.deep.equal([]);
  });

  it('have a violation each that is planted here', () => {
    const { forbidden } = createRequire(import.meta.url)(RULES) as { forbidden: readonly { readonly name: string }[] };
    expect(Object.keys(PLANTED)).to.have.members(forbidden.map(({ name }) => name));
  });

  it('catch a planted violation of each, in the file that it is in', async () => {
    // All in one project: a look costs two seconds of a processor, however small the project is.
    const all = new Map<string, string>();
    for (const files of Object.values(PLANTED)) {
      for (const [path, text] of Object.entries(files)) all.set(path, `${all.get(path) ?? ''}${text}\n`);
    }
    const found = (await violationsIn(all)).map(({ from, rule }) => `${rule.name} in ${from}`);
    const wanted = Object.entries(PLANTED).map(([rule, files]) => `${rule} in ${Object.keys(files)[0] ?? ''}`);
    expect(found).to.include.members(wanted);
  });
});
