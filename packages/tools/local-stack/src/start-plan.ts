/** A process environment, or what we mean to add to one. */
export type Environment = Record<string, string | undefined>;

/** What `npm start` will do, decided before anything is started. */
export interface StartPlan {
  port: number;
  /** An Asterisk that we were given; without it the simulator plays Asterisk. */
  ariUrl: string | undefined;
  adminUsername: string;
  /** Settings left to us: made up at the first start, and kept. */
  madeUp: ('SEED_ADMIN_PASSWORD' | 'SECRET_KEY')[];
}

/** Reads the environment; all that is wrong with it is told at once. */
export function planStart(env: Environment): StartPlan | { problems: string[] } {
  const port = Number(given(env.PORT) ?? '8000');
  const ariUrl = given(env.ARI_HTTP_URL);
  const problems = [
    ...(Number.isInteger(port) && port >= 1 && port <= 65_535 ? [] : ['PORT must be a number between 1 and 65535']),
    ...(ariUrl === undefined
      ? []
      : (['ARI_USERNAME', 'ARI_PASSWORD'] as const).flatMap((name) =>
          given(env[name]) === undefined ? [`${name} must be set when ARI_HTTP_URL is`] : [],
        )),
  ];
  if (problems.length > 0) return { problems };
  return {
    port,
    ariUrl,
    adminUsername: given(env.SEED_ADMIN_USERNAME) ?? 'admin',
    madeUp: (['SEED_ADMIN_PASSWORD', 'SECRET_KEY'] as const).filter((name) => given(env[name]) === undefined),
  };
}

/** What a service gets besides whatever the user has set. */
export interface ServiceSettings {
  databaseUrl: string;
  redisUrl: string;
  port: number;
  secretKey: string;
  ari: { url: string; username: string; password: string };
}

/** The API's environment: the user's, completed. Nothing of Asterisk's, which it never speaks to. */
export function apiEnvironment(
  env: Environment,
  { databaseUrl, redisUrl, port, secretKey }: ServiceSettings,
): Environment {
  return {
    ...without(env, ['ARI_USERNAME', 'ARI_PASSWORD', 'SEED_ADMIN_PASSWORD']),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    PORT: String(port),
    SECRET_KEY: secretKey,
    LOG_LEVEL: given(env.LOG_LEVEL) ?? 'info',
    LOG_FORMAT: 'json', // What of it is shown in the terminal is read out of it (service-log.ts).
    ...(given(env.ARI_HTTP_URL) === undefined ? withOpenDestinations(env) : {}),
  };
}

/** A simulated Asterisk rings nobody: the demonstration may call its one number again at every start. */
function withOpenDestinations(env: Environment): Environment {
  return {
    DESTINATION_MAX_PER_MINUTE: given(env.DESTINATION_MAX_PER_MINUTE) ?? '0',
    DESTINATION_MAX_PER_15_MINUTES: given(env.DESTINATION_MAX_PER_15_MINUTES) ?? '0',
  };
}

/** The environment of what prepares the database: the user's, and the administrator to be there. */
export function setupEnvironment(
  env: Environment,
  databaseUrl: string,
  admin: { username: string; password: string },
): Environment {
  return {
    ...without(env, ['ARI_USERNAME', 'ARI_PASSWORD', 'SECRET_KEY', 'SECRET_KEY_PREVIOUS']),
    DATABASE_URL: databaseUrl,
    SEED_ADMIN_USERNAME: admin.username,
    SEED_ADMIN_PASSWORD: admin.password,
  };
}

/** The worker's environment. */
export function workerEnvironment(env: Environment, { databaseUrl, redisUrl, ari }: ServiceSettings): Environment {
  return {
    ...without(env, ['SECRET_KEY', 'SECRET_KEY_PREVIOUS', 'SEED_ADMIN_PASSWORD', 'PORT']),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    ARI_HTTP_URL: ari.url,
    ARI_USERNAME: ari.username,
    ARI_PASSWORD: ari.password,
    DIAL_ENDPOINT: given(env.DIAL_ENDPOINT) ?? 'PJSIP/{number}@trunk',
    LOG_LEVEL: given(env.LOG_LEVEL) ?? 'info',
    LOG_FORMAT: 'json',
    // Here nobody else takes over running calls, and Ctrl-C promises an end within ten seconds.
    DRAIN_SECONDS: given(env.DRAIN_SECONDS) ?? '2',
  };
}

/** The webhook worker's environment: no secret of Asterisk's or of the tokens. */
export function webhookEnvironment(env: Environment, { databaseUrl, redisUrl }: ServiceSettings): Environment {
  return {
    ...without(env, [
      'SECRET_KEY',
      'SECRET_KEY_PREVIOUS',
      'SEED_ADMIN_PASSWORD',
      'ARI_USERNAME',
      'ARI_PASSWORD',
      'PORT',
    ]),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    LOG_LEVEL: given(env.LOG_LEVEL) ?? 'info',
    LOG_FORMAT: 'json',
  };
}

/** An empty variable counts as not set. */
export function given(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}

/** npm's own variables only confuse; the names listed are secrets that the process has no business with. */
function without(env: Environment, names: string[]): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name) && !/^npm_/i.test(name)));
}
