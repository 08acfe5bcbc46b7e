import { examineDatabase, openDatabase } from '@dialgate/database';
import { examineRedis, openWorkerReports } from '@dialgate/redis';
import { ConfigError, loadConfig, silentLog, sleep, THIS_BUILD } from '@dialgate/service-kit';
import Joi from 'joi';
import { accessOf, workerConfig, type WorkerConfig } from '../config.js';
import { askAsterisk } from './ask-asterisk.js';
import { checkConfigurations } from './check-configurations.js';
import { unseen, type Finding } from './finding.js';
import { judgeAsterisk } from './judge-asterisk.js';
import { judgeClocks, type ClockReading } from './judge-clocks.js';
import { judgeConfiguration, judgeReach } from './judge-configuration.js';
import { judgeDatabase } from './judge-database.js';
import { judgeRedis } from './judge-redis.js';
import { judgeWorkers, type WorkersFacts } from './judge-workers.js';

/** How long each answer may take, in milliseconds: who runs this waits for it, on however slow a machine. */
const ANSWER_WITHIN_MS = 20_000;

type Environment = NodeJS.ProcessEnv;

/**
 * Looks at everything that a call needs, and rings nobody. What cannot be looked at is said and hides nothing else.
 *
 * @param here the running program's file, beside which the services are.
 * @param withinMs how long each answer may take.
 */
export async function examine(environment: Environment, here: string, withinMs = ANSWER_WITHIN_MS): Promise<Finding[]> {
  const databaseUrl = settingOf('DATABASE_URL', environment);
  const redisUrl = settingOf('REDIS_URL', environment);
  const prefix = settingOf('QUEUE_PREFIX', environment) ?? 'dialgate';
  const [configurations, database, redis, asterisk] = await Promise.all([
    checkConfigurations(here, environment),
    databaseUrl === undefined ? null : examineDatabase(databaseUrl, withinMs),
    redisUrl === undefined ? null : examineRedis({ redisUrl, prefix }, withinMs),
    examineAsterisk(environment, withinMs),
  ]);
  const workers = {
    slots: database?.kind === 'reached' && databaseUrl !== undefined ? await listSlots(databaseUrl, withinMs) : null,
    ...(redis?.kind === 'reached' && redis.mayUseKeys && redisUrl !== undefined
      ? await readReports(redisUrl, prefix, withinMs)
      : NOBODY),
  };
  const findings = [
    ...configurations.flatMap(judgeConfiguration),
    ...judgeReach(namedPlaces(environment)),
    ...judgeDatabase(database),
    ...judgeRedis(redis),
    ...asterisk.findings,
    ...judgeClocks({
      postgresql: database?.kind === 'reached' ? database.clock : null,
      asterisk: asterisk.clock,
    }),
    ...judgeWorkers(workers, THIS_BUILD),
  ];
  // What keeps from several things is said once.
  return findings.filter(({ says }, n) => findings.findIndex((other) => other.says === says) === n);
}

function namedPlaces(environment: Environment): string[] | undefined {
  const [countries, prefixes] = [
    settingOf('ALLOWED_COUNTRIES', environment),
    settingOf('ALLOWED_PREFIXES', environment),
  ];
  return countries === undefined || prefixes === undefined ? undefined : [...countries, ...prefixes];
}

async function examineAsterisk(
  environment: Environment,
  withinMs: number,
): Promise<{ findings: Finding[]; clock: ClockReading }> {
  const setting = <Name extends keyof WorkerConfig>(name: Name) => settingOf(name, environment);
  const url = setting('ARI_HTTP_URL');
  const username = setting('ARI_USERNAME');
  const password = setting('ARI_PASSWORD');
  const [endpointTemplate, context, extension, priority, appPrefix] = [
    setting('DIAL_ENDPOINT'),
    setting('DEFAULT_CONTEXT'),
    setting('DEFAULT_EXTENSION'),
    setting('DEFAULT_PRIORITY'),
    setting('ARI_APP'),
  ];
  const isTold = url !== undefined && username !== undefined && password !== undefined;
  if (!isTold || endpointTemplate === undefined || context === undefined || extension === undefined) {
    const findings = isTold
      ? [unseen('asterisk', 'Asterisk: DIAL_ENDPOINT or DEFAULT_CONTEXT says nothing of use.')]
      : judgeAsterisk(null, {
          host: '',
          endpointTemplate: '',
          destination: { context: '', extension: '', priority: 1 },
        });
    return { findings, clock: null };
  }
  const caFile = setting('ARI_CA_FILE');
  const access = accessOf({
    ARI_HTTP_URL: url,
    ARI_USERNAME: username,
    ARI_PASSWORD: password,
    ...(caFile === undefined ? {} : { ARI_CA_FILE: caFile }),
  });
  const destination = { context, extension, priority: priority ?? 1 };
  const facts = await askAsterisk({
    access,
    appPrefix: appPrefix ?? 'dialgate',
    endpointTemplate,
    destination,
    withinMs,
  });
  const findings = judgeAsterisk(facts, { host: new URL(url).host, endpointTemplate, destination });
  return { findings, clock: facts.probe?.clock ?? null };
}

async function listSlots(url: string, withinMs: number): Promise<WorkersFacts['slots']> {
  const waits = { connectTimeoutMs: withinMs, queryTimeoutMs: withinMs };
  const database = openDatabase({ url, poolSize: 2, applicationName: 'dialgate-doctor', ...waits });
  try {
    return await database.slots.list();
  } catch {
    return null; // Why it could not be asked is said where the database is judged.
  } finally {
    await database.close();
  }
}

const NOBODY = { reports: null, processes: null };

async function readReports(
  redisUrl: string,
  prefix: string,
  withinMs: number,
): Promise<Pick<WorkersFacts, 'reports' | 'processes'>> {
  const board = openWorkerReports({ redisUrl, prefix, log: silentLog });
  const until = performance.now() + withinMs;
  try {
    for (;;) {
      const reports = await board.all().catch(() => null); // Fails at once until it is connected.
      if (reports !== null) return { reports, processes: await board.processes().catch(() => null) };
      if (performance.now() >= until) return NOBODY;
      await sleep(100);
    }
  } finally {
    board.close();
  }
}

/** One setting as a service would read it; undefined where it is missing or wrong, which the service's own check says. */
function settingOf<Name extends keyof WorkerConfig>(
  name: Name,
  environment: Environment,
): WorkerConfig[Name] | undefined {
  const schema = Joi.object<Pick<WorkerConfig, Name>>({ [name]: workerConfig.extract(name) } as Joi.SchemaMap);
  try {
    return loadConfig(schema, environment)[name];
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
