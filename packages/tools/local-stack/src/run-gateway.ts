/** The story of `npm start`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { demonstrateCall } from './demonstration-call.js';
import { LocalStackError } from './errors.js';
import { keptSecret, madeUpSecret } from './kept-secret.js';
import { freePort, whyPortIsTaken } from './ports.js';
import { privatePostgresUrl } from './postgres.js';
import { claimDirectory } from './records.js';
import type { Stack } from './stack.js';
import { openParts, type Parts } from './start-parts.js';
import { given, planStart, type Environment, type ServiceSettings, type StartPlan } from './start-plan.js';

type SecretOf = (name: 'SEED_ADMIN_PASSWORD' | 'SECRET_KEY', bytes: number) => string;

/**
 * Brings the whole gateway up on this machine, from nothing, shows it with one call, and serves until it is told to stop.
 *
 * @returns the exit code.
 * @throws LocalStackError when it cannot be brought up; nothing that happens later ends it.
 */
export async function runGateway(options: {
  readonly env: Environment;
  /** Where everything lives that is kept from one start to the next. */
  readonly local: string;
  readonly stack: Stack;
  readonly say: (line: string) => void;
  /** Settles when everything is to be stopped. */
  readonly stopped: Promise<unknown>;
}): Promise<number> {
  const { env, local, stack, say, stopped } = options;
  const running = join(local, 'running');
  const off = new AbortController();
  void stopped.then(() => off.abort());
  const plan = planStart(env);
  if ('problems' in plan) throw new LocalStackError(plan.problems.join('\n'));
  // Root's PostgreSQL runs as somebody else, who must be able to pass through; what is secret in there has modes of its own.
  mkdirSync(local, { recursive: true, mode: 0o711 });
  const claim = await claimDirectory(running, say);
  stack.onStop('the claim on .local', () => claim.release());
  await requirePort(plan.port); // After the claim, which ends what a killed run left behind: its API may still hold the port.

  const secret: SecretOf = (name, bytes) =>
    plan.madeUp.includes(name) ? keptSecret(join(local, 'secrets'), name.toLowerCase(), bytes) : (env[name] ?? '');
  const admin = { username: plan.adminUsername, password: secret('SEED_ADMIN_PASSWORD', 18) };
  // Once everything is being stopped, what the parts say only follows from that.
  const step = (line: string): void => {
    if (!stack.isStopping()) say(`• ${line}`);
  };
  const parts = openParts({ env, local, running, stack, step });
  const ari = await bringUp({ ...options, plan, parts, secret, admin, off: off.signal });

  const url = `http://localhost:${String(plan.port)}`;
  say(banner({ url, admin, keptPassword: plan.madeUp.includes('SEED_ADMIN_PASSWORD'), ari }));
  if (plan.ariUrl === undefined) await demonstrateCall({ url, ...admin, say, stopped: off.signal });
  if (!off.signal.aborted) say('\nServing. Ctrl-C stops everything.');
  await stopped;
  say('\nStopping …');
  return 0;
}

/**
 * Side by side, but for the services: while Redis and Asterisk are not up yet they would only complain. The first call can be taken
 * before a worker has found its way to Asterisk, and needs no webhooks.
 *
 * @returns how Asterisk is called.
 */
async function bringUp(options: {
  env: Environment;
  local: string;
  plan: StartPlan;
  parts: Parts;
  secret: SecretOf;
  admin: { username: string; password: string };
  off: AbortSignal;
}): Promise<string> {
  const { env, local, plan, parts, secret, admin, off } = options;
  const [postgresPort, redisPort, ariPort] = [await freePort(), await freePort(), await freePort()];
  const databaseUrl = given(env.DATABASE_URL) ?? privatePostgresUrl(local, postgresPort);
  const ari: ServiceSettings['ari'] =
    plan.ariUrl === undefined
      ? { url: `http://127.0.0.1:${String(ariPort)}/ari`, username: 'dialgate', password: madeUpSecret() }
      : { url: plan.ariUrl, username: env.ARI_USERNAME ?? '', password: env.ARI_PASSWORD ?? '' };

  const services = async (): Promise<void> => {
    const redis = parts.redis(redisPort);
    const simulator = plan.ariUrl === undefined ? parts.simulator(ari) : undefined;
    const settings = redis.then((redisUrl): ServiceSettings => ({
      databaseUrl,
      redisUrl,
      port: plan.port,
      secretKey: secret('SECRET_KEY', 48),
      ari,
    }));
    await Promise.all([
      settings.then(parts.api),
      Promise.all([settings, simulator]).then(([ready]) => parts.worker(ready, off)),
    ]);
    await parts.webhookWorker(await settings);
  };
  await Promise.all([services(), parts.postgres(postgresPort).then(() => parts.database(databaseUrl, admin))]);
  return plan.ariUrl ?? `${ari.url} (simulated)`;
}

async function requirePort(port: number): Promise<void> {
  const why = await whyPortIsTaken(port);
  if (why === null) return;
  const reason = why === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used (${why})`;
  throw new LocalStackError(
    `Port ${String(port)} ${reason}. Nothing was started. Choose another one: PORT=8001 npm start`,
  );
}

function banner({
  url,
  admin,
  keptPassword,
  ari,
}: {
  url: string;
  admin: { username: string; password: string };
  keptPassword: boolean;
  ari: string;
}): string {
  return `
  Dialgate     ${url}/api/v2      health: ${url}/health
  Asterisk     ${ari}
  Login        ${admin.username} / ${keptPassword ? `${admin.password}   (kept in .local/secrets)` : 'SEED_ADMIN_PASSWORD as given'}
  Logs         .local/logs
`;
}
