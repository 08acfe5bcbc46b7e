import { migrate } from '@dialgate/database';
import { seedAdmin } from './seed-admin.js';

/**
 * What has to happen before the services start, after an upgrade as well as the first time: applies the migrations that
 * are missing and creates the admin. Run again, it changes nothing: a password that was changed since stays changed.
 *
 * @param migrations the directory of Prisma's migrations.
 * @param say hears what was done, sentence by sentence.
 */
export async function prepareDatabase(options: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly migrations: string;
  readonly say: (sentence: string) => void;
}): Promise<void> {
  const { environment, migrations, say } = options;
  const url = environment.DATABASE_URL ?? '';
  if (url === '') throw new Error('DATABASE_URL is not set');

  const applied = await migrate({ url, directory: migrations });
  say(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`);

  if ((environment.SEED_ADMIN_PASSWORD ?? '') === '') {
    say('SEED_ADMIN_PASSWORD is not set: no user was created.');
    return;
  }
  const { done, warnings } = await seedAdmin(environment, 'keep');
  for (const sentence of [...warnings, done]) say(sentence);
}
