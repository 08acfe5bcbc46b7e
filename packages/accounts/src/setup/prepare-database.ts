import { migrate } from '@dialgate/database';
import { withSecretFiles } from '@dialgate/service-kit';
import { withDatabase, type DatabasePatience } from './patient-database.js';
import { isOfSetup, seedAdmin, type Existing } from './seed-admin.js';

/**
 * What has to happen before the services start, after an upgrade as well as the first time: applies the migrations that
 * are missing and creates the admin. A PostgreSQL that is still waking up is waited for. Run again, it changes nothing: a
 * password that was changed since stays changed, unless `existing` says otherwise.
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

  const applied = await withDatabase({ ...patience, url }, (connectWithinMs) =>
    migrate({ url, directory: migrations, connectWithinMs }),
  );
  say(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`);

  if ((environment.SEED_ADMIN_PASSWORD ?? '') === '') {
    say('SEED_ADMIN_PASSWORD is not set: no user was created.');
    return;
  }
  const { done, warnings } = await seedAdmin(environment, existing, patience);
  for (const sentence of [...warnings, done]) say(sentence);
}
