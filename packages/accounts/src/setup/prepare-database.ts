import { migrate } from '@dialgate/database';
import { addressesIn, withSecretFiles } from '@dialgate/service-kit';
import { withDatabase, type DatabasePatience } from './patient-database.js';
import { isOfSetup, seedAdmin, type Existing } from './seed-admin.js';

/**
 * What has to happen before the services start, after an upgrade as well as the first time: applies the migrations that
 * are missing, gives the application's role its privileges and creates the admin. A PostgreSQL that is still waking up is
 * waited for. Run again, it changes nothing: a password that was changed since stays changed, unless `existing` says otherwise.
 *
 * @param migrations the directory of Prisma's migrations.
 * @param say hears what was done and what is waited for, sentence by sentence.
 * @param existing what happens to an admin who is already there; see seedAdmin. Default `keep`.
 */
export async function prepareDatabase(
  options: {
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly migrations: string;
    readonly existing?: Existing | undefined;
  } & Omit<DatabasePatience, 'url'>,
): Promise<void> {
  const { migrations, existing = 'keep', environment: given, ...patience } = options;
  const environment = withSecretFiles(given, isOfSetup);
  const { say } = patience;
  const url = environment.DATABASE_URL ?? '';
  if (url === '') throw new Error('DATABASE_URL is not set');

  const { ownerUrl, applicationRole } = rolesOf(environment.MIGRATION_DATABASE_URL ?? '', url);
  const applied = await withDatabase({ ...patience, url: ownerUrl }, (connectWithinMs) =>
    migrate({ url: ownerUrl, directory: migrations, applicationRole, connectWithinMs }),
  );
  say(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`);
  if (applicationRole !== undefined) say(`The role ${applicationRole} has the privileges of the services.`);

  if ((environment.SEED_ADMIN_PASSWORD ?? '') === '') {
    say('SEED_ADMIN_PASSWORD is not set: no user was created.');
    return;
  }
  const { done, warnings } = await seedAdmin(environment, existing, patience);
  for (const sentence of [...warnings, done]) say(sentence);
}

/** One role for everything, or one that owns the tables and another for the services. */
function rolesOf(migrationUrl: string, url: string): { readonly ownerUrl: string; readonly applicationRole?: string } {
  if (migrationUrl === '' || migrationUrl === url) return { ownerUrl: url };
  const [owner, application] = [migrationUrl, url].map((text) => roleIn(text));
  if (owner === undefined || application === undefined) {
    throw new Error('MIGRATION_DATABASE_URL and DATABASE_URL must each name a user');
  }
  return owner === application ? { ownerUrl: migrationUrl } : { ownerUrl: migrationUrl, applicationRole: application };
}

function roleIn(url: string): string | undefined {
  const addresses = addressesIn(url);
  if (typeof addresses === 'string') return undefined;
  const user = decodeURIComponent(new URL(addresses.urls[0]).username);
  return user === '' ? undefined : user;
}
