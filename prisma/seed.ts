/**
 * Creates the admin, or gives an existing one this password again. Run by `prisma db seed`; as often as you like.
 *
 * Reads DATABASE_URL, SEED_ADMIN_USERNAME (default `admin`), SEED_ADMIN_PASSWORD and NODE_ENV.
 */
import { openDatabase } from '@dialgate/database';
import { hashPassword, passwordWeakness } from '@dialgate/passwords';

const USERNAME = /^[a-z0-9._@-]{3,64}$/;

try {
  console.log(await seed(process.env));
} catch (error) {
  console.error(`Seeding failed: ${reasonOf(error)}`);
  process.exitCode = 1;
}

async function seed(environment: NodeJS.ProcessEnv): Promise<string> {
  const url = environment.DATABASE_URL;
  const username = environment.SEED_ADMIN_USERNAME?.trim().toLowerCase() ?? '';
  const admin = { username: username === '' ? 'admin' : username, password: environment.SEED_ADMIN_PASSWORD ?? '' };

  const problems = [
    ...(url === undefined || url === '' ? ['DATABASE_URL is not set'] : []),
    ...problemsOf(admin, environment.NODE_ENV === 'production'),
  ];
  if (url === undefined || problems.length > 0) throw new Error(problems.join('; '));

  const database = openDatabase({ url, applicationName: 'dialgate-seed' });
  try {
    const passwordHash = await hashPassword(admin.password);
    const done = await database.users.save({ username: admin.username, passwordHash, role: 'admin' });
    return `The admin ${admin.username} was ${done}.`;
  } finally {
    await database.close();
  }
}

/** A weak password is a refusal in production and a word of warning elsewhere. */
function problemsOf({ username, password }: { username: string; password: string }, inProduction: boolean): string[] {
  const problems: string[] = [];
  if (!USERNAME.test(username)) problems.push('SEED_ADMIN_USERNAME must be 3 to 64 of a-z, 0-9, dot, _, - and @');
  if (password === '') return [...problems, 'SEED_ADMIN_PASSWORD is not set'];

  const weakness = passwordWeakness(password, username);
  if (weakness !== null && inProduction) problems.push(`SEED_ADMIN_PASSWORD is too weak: ${weakness}`);
  else if (weakness !== null) console.warn(`Warning: SEED_ADMIN_PASSWORD would be refused in production: ${weakness}.`);
  return problems;
}

function reasonOf(error: unknown): string {
  // Prisma's number for a table that is not there.
  if ((error as { code?: unknown }).code === 'P2021')
    return 'the database has no tables yet; apply the migrations first';
  return error instanceof Error ? error.message : String(error);
}
