/**
 * Migrations and the first admin, without Prisma's command line: what the compose file's `migrate` runs, and what runs on
 * a machine without containers before the services are started.
 *
 * Reads DATABASE_URL, SEED_ADMIN_USERNAME, SEED_ADMIN_PASSWORD, NODE_ENV and, where the role that owns the tables is another
 * than the services', MIGRATION_DATABASE_URL. With `--reset-admin` an admin who is there already gets that password again, as
 * `prisma db seed` does it.
 */
import { fileURLToPath } from 'node:url';
import { prepareDatabase } from './prepare-database.js';

const say = (sentence: string): void => void process.stdout.write(`${sentence}\n`);

try {
  await prepareDatabase({
    environment: process.env,
    migrations: fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url)),
    existing: process.argv.includes('--reset-admin') ? 'reset' : 'keep',
    say,
  });
} catch (error) {
  process.stderr.write(`The database could not be prepared: ${reasonsOf(error).join(': ')}\n`);
  process.exitCode = 1;
}

/** What went wrong and what that came from: "migration … was rolled back" alone would not help anybody. */
function reasonsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  // A refused connection to several addresses has no message of its own.
  const own = error.message || ((error as { code?: string }).code ?? error.name);
  return error.cause === undefined ? [own] : [own, ...reasonsOf(error.cause)];
}
