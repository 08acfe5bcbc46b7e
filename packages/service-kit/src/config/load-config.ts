import type Joi from 'joi';

/** The configuration is wrong. Names every variable at fault and never shows a value: it might be a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(`The configuration is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * Reads a service's configuration out of environment variables: only what the schema names, converted, with defaults,
 * frozen. An empty variable counts as not set, as compose files make them.
 *
 * @throws ConfigError with all problems at once.
 */
export function loadConfig<Config>(
  schema: Joi.ObjectSchema<Config>,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Config> {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result: Joi.ValidationResult<Config> = schema.validate(given, {
    abortEarly: false,
    stripUnknown: true,
    errors: { label: 'path', wrap: { label: false } },
  });
  if (result.error !== undefined) throw new ConfigError(result.error.details.map(withoutValue));
  return Object.freeze(result.value);
}

/** For the beginning of a program: its configuration, or its end with every problem on standard error. */
export function configOrExit<Config>(read: () => Config): Config {
  try {
    return read();
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
