// Part of `pnpm check`: is the Prisma client that lies in src/generated the one that the schema makes? It is kept with the sources so
// that serving needs neither Prisma's command line (250 MB) nor the seconds it takes.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const GENERATED = 'packages/database/src/generated';

const scratch = mkdtempSync(join(tmpdir(), 'dialgate-generated-'));
try {
  // Where the client goes is relative to the schema.
  cpSync(join(ROOT, 'prisma/schema.prisma'), join(scratch, 'prisma/schema.prisma'));
  const { status, stdout, stderr } = spawnSync(
    join(ROOT, 'node_modules/.bin/prisma'),
    ['generate', '--schema', join(scratch, 'prisma/schema.prisma')],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, PRISMA_HIDE_UPDATE_MESSAGE: '1' } },
  );
  if (status !== 0) throw new Error(`prisma generate failed\n${stdout}${stderr}`);

  const [kept, made] = [join(ROOT, GENERATED), join(scratch, GENERATED)].map(contents);
  const files = [...new Set([...kept.keys(), ...made.keys()])].filter((file) => kept.get(file) !== made.get(file));
  if (files.length > 0) {
    process.stderr.write(
      `${GENERATED} is not what prisma/schema.prisma makes (${files.join(', ')}): run pnpm generate\n`,
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function contents(directory) {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const file = join(entry.parentPath ?? entry.path, entry.name);
      return [file.slice(directory.length + 1), readFileSync(file, 'utf8')];
    }),
  );
}
