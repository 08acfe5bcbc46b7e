// Makes src/generated, the Prisma client, of the schema. It is kept with the sources so that serving needs neither Prisma's
// command line (250 MB) nor the seconds it takes. With --check it writes nothing and says whether what is kept is as it
// should be: part of `pnpm check`.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const GENERATED = 'packages/database/src/generated';
const KEPT = join(ROOT, GENERATED);

/** No linter of ours looks at generated files, so none need be told to be silent. */
const SILENCED = /^(\/\* eslint-\w+ \*\/|\/\/ biome-ignore-all .*)\n/gm;

const kept = contents(KEPT);
const made = generate();
const changed = [...new Set([...kept.keys(), ...made.keys()])].filter((file) => kept.get(file) !== made.get(file));
if (!process.argv.includes('--check')) {
  rmSync(KEPT, { recursive: true, force: true });
  for (const [file, text] of made) {
    mkdirSync(dirname(join(KEPT, file)), { recursive: true });
    writeFileSync(join(KEPT, file), text);
  }
} else if (changed.length > 0) {
  process.stderr.write(
    `${GENERATED} is not what prisma/schema.prisma makes (${changed.join(', ')}): run pnpm generate\n`,
  );
  process.exitCode = 1;
}

/** Elsewhere, because where the client goes is relative to the schema. */
function generate() {
  const scratch = mkdtempSync(join(tmpdir(), 'dialgate-generated-'));
  try {
    cpSync(join(ROOT, 'prisma/schema.prisma'), join(scratch, 'prisma/schema.prisma'));
    const { status, stdout, stderr } = spawnSync(
      join(ROOT, 'node_modules/.bin/prisma'),
      ['generate', '--schema', join(scratch, 'prisma/schema.prisma')],
      { cwd: ROOT, encoding: 'utf8', env: { ...process.env, PRISMA_HIDE_UPDATE_MESSAGE: '1' } },
    );
    if (status !== 0) throw new Error(`prisma generate failed\n${stdout}${stderr}`);
    const files = [...contents(join(scratch, GENERATED))];
    return new Map(files.map(([file, text]) => [file, text.replace(SILENCED, '')]));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
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
