import { hasNoTables, openDatabase, USERNAME, type User } from '@dialgate/database';
import { withSecretFiles } from '@dialgate/service-kit';
import { auditEntry } from '../audit-entry.js';
import { hashPassword, isPassword } from '../passwords/hash.js';
import { passwordWeakness } from '../passwords/weakness.js';
import { withDatabase, type DatabasePatience } from './patient-database.js';

/** Seeding is not possible as it was asked for; the message is for the person who asked. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
}

/**
 * What happens to an admin who is already there: `reset` gives back the password, the role and the permission to log in; `keep`
 * changes nothing, for what runs at every start.
 */
export type Existing = 'reset' | 'keep';

/**
 * Creates the admin that SEED_ADMIN_USERNAME (default `admin`) and SEED_ADMIN_PASSWORD describe.
 *
 * @param patience how a PostgreSQL that is still waking up is waited for.
 * @returns what was done and what is worth a warning, in sentences.
 * @throws SeedError naming every problem at once, never a password; ConfigError for a file of a secret.
 */
export async function seedAdmin(
  given: Readonly<Record<string, string | undefined>>,
  existing: Existing,
  patience: Omit<DatabasePatience, 'url'>,
): Promise<{ readonly done: string; readonly warnings: readonly string[] }> {
  const environment = withSecretFiles(given, isOfSetup);
  const url = environment.DATABASE_URL ?? '';
  const username = (environment.SEED_ADMIN_USERNAME ?? '').trim().toLowerCase() || 'admin';
  const password = environment.SEED_ADMIN_PASSWORD ?? '';

  // A weak password is a refusal in production and a word of warning elsewhere.
  const weakness = password === '' ? null : passwordWeakness(password, username);
  const inProduction = environment.NODE_ENV === 'production';
  const problems = [
    ...(url === '' ? ['DATABASE_URL is not set'] : []),
    ...(USERNAME.test(username) ? [] : ['SEED_ADMIN_USERNAME must be 3 to 64 of a-z, 0-9, dot, _, - and @']),
    ...(password === '' ? ['SEED_ADMIN_PASSWORD is not set'] : []),
    ...(weakness !== null && inProduction ? [`SEED_ADMIN_PASSWORD is too weak: ${weakness}`] : []),
  ];
  if (problems.length > 0) throw new SeedError(problems.join('; '));

  const done = await withDatabase({ ...patience, url }, () => save({ url, username, password, existing }));
  const warnings = weakness === null ? [] : [`SEED_ADMIN_PASSWORD would be refused in production: ${weakness}.`];
  return { done, warnings };
}

/** Whether a secret is of any use here. */
export function isOfSetup(name: string): boolean {
  return ['DATABASE_URL', 'MIGRATION_DATABASE_URL', 'SEED_ADMIN_PASSWORD'].includes(name);
}

/** Then there is nothing to reset: a hash made anew would end every token of this admin. */
async function isAsAsked(user: User, password: string): Promise<boolean> {
  return user.role === 'admin' && !user.disabled && (await isPassword(password, user.passwordHash));
}

async function save(admin: {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly existing: Existing;
}): Promise<string> {
  const { url, username, password, existing } = admin;
  const { users, audit, close } = openDatabase({ url, applicationName: 'dialgate-seed' });
  try {
    const known = await users.findByUsername(username);
    if (known !== null && (existing === 'keep' || (await isAsAsked(known, password)))) {
      return `The user ${username} is there already and was left alone.`;
    }
    const done = await users.save({ username, passwordHash: await hashPassword(password), role: 'admin' });
    const event = done === 'created' ? 'user_created' : 'user_password_changed';
    await audit.write([auditEntry(event, 'setup', { kind: 'user', id: username }, { role: 'admin' })]);
    return `The admin ${username} was ${done}.`;
  } catch (error) {
    if (!hasNoTables(error)) throw error;
    throw new SeedError('the database has no tables yet; apply the migrations first', { cause: error });
  } finally {
    await close();
  }
}
