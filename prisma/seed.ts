/**
 * Creates the admin, or gives an existing one this password again. Run by `prisma db seed`; as often as you like.
 *
 * Reads DATABASE_URL, SEED_ADMIN_USERNAME (default `admin`), SEED_ADMIN_PASSWORD and NODE_ENV.
 */
import { seedAdmin } from '@dialgate/setup';

try {
  const { done, warnings } = await seedAdmin(process.env, 'reset');
  for (const warning of warnings) console.warn(`Warning: ${warning}`);
  console.log(done);
} catch (error) {
  console.error(`Seeding failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
