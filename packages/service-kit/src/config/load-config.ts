import type Joi from 'joi';
import { ConfigError } from './config-error.js';
import { withSecretFiles, type Environment } from './secret-files.js';

/**
 * Reads a service's configuration out of environment variables: only what the schema names, converted, with defaults,
 * frozen. An empty variable counts as not set, as compose files make them; a secret may come from a file (withSecretFiles).
 *
 * @throws ConfigError with all problems at once.
 */
export function loadConfig<Config>(schema: Joi.ObjectSchema<Config>, environment: Environment): Readonly<Config> {
  const { keys = {} } = schema.describe() as { keys?: object };
  const given = Object.fromEntries(
    Object.entries(withSecretFiles(environment, (name) => Object.hasOwn(keys, name))).filter(
      ([, value]) => value !== undefined && value !== '',
    ),
  );
  const result: Joi.ValidationResult<Config> = schema.validate(given, {
    abortEarly: false,
    stripUnknown: true,
    errors: { label: 'path', wrap: { label: false } },
  });
  if (result.error !== undefined) throw new ConfigError(result.error.details.map(withoutValue));
  return Object.freeze(result.value);
}

/** With it a service reads its configuration, says what is wrong with it, and ends: 0 when nothing is. */
export const CHECK_CONFIGURATION = '--check-configuration';

/** For the beginning of a program: its configuration, or its end with every problem on standard error. */
export function configOrExit<Config>(read: () => Config): Config {
  try {
    const config = read();
    if (process.argv.includes(CHECK_CONFIGURATION)) process.exit(0);
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** Joi's rules for patterns say the value, as it stands. */
function withoutValue({ message, context }: Joi.ValidationErrorItem): string {
  return message.replace(` with value ${String(context?.value)}`, '');
}
