/**
 * Creates the admin, or gives an existing one this password again. Run by `prisma db seed`; as often as you like.
 * A PostgreSQL that is still waking up is waited for.
 *
 * Reads DATABASE_URL, SEED_ADMIN_USERNAME (default `admin`), SEED_ADMIN_PASSWORD and NODE_ENV.
 */
import { seedAdmin } from '@dialgate/accounts';

try {
  const { done, warnings } = await seedAdmin(process.env, 'reset', { say: (line) => console.log(line) });
  for (const warning of warnings) console.warn(`Warning: ${warning}`);
  console.log(done);
} catch (error) {
  console.error(`Seeding failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
