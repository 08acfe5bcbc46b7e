import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error.js';

/** Every variable that holds a secret. Each may come from a file instead, named by the same variable with `_FILE` behind it. */
const SECRETS = [
  'DATABASE_URL',
  'MIGRATION_DATABASE_URL',
  'REDIS_URL',
  'SECRET_KEY',
  'SECRET_KEY_PREVIOUS',
  'ARI_PASSWORD',
  'SEED_ADMIN_PASSWORD',
  'USER_PASSWORD',
] as const;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment with the contents of files where it names them: `SECRET_KEY_FILE=/run/secrets/key` becomes `SECRET_KEY`. One
 * line end at the end of a file is dropped, as editors and `echo` put it there. A file of nothing is a variable of nothing.
 *
 * @param wanted whether a variable is of any use to the program; the files of others are not even opened.
 * @throws ConfigError for files that cannot be read and variables that are given both ways. It shows no contents, and no
 *   path: a secret may have been put there by mistake.
 */
export function withSecretFiles(environment: Environment, wanted: (name: string) => boolean = () => true): Environment {
  const filled: Record<string, string | undefined> = { ...environment };
  const problems: string[] = [];
  for (const name of SECRETS) {
    const path = environment[`${name}_FILE`] ?? '';
    if (path === '' || !wanted(name)) continue;
    filled[`${name}_FILE`] = undefined;
    if ((environment[name] ?? '') !== '') problems.push(`${name} and ${name}_FILE are both set`);
    else {
      try {
        filled[name] = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
      } catch (error) {
        problems.push(`${name}_FILE cannot be read (${(error as { code?: string }).code ?? 'it is no file'})`);
      }
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return filled;
}
