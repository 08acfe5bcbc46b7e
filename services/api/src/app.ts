import { readFileSync } from 'node:fs';
import type { Database } from '@dialgate/database';
import { type Admission, type Logger } from '@dialgate/service-kit';
import type { BoardQueues, OriginateProducer, WorkerReports } from '@dialgate/redis';
import type { RateLimits } from './limits/rate-limits.js';
import cors from 'cors';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { createAccess } from './auth/access.js';
import { createAudit } from './audit/audit.js';
import { recordSuspensions } from './audit/record-suspensions.js';
import type { AddEntry } from './audit/trail.js';
import { refuseSuspended } from './auth/refuse-suspended.js';
import { requireLogin, requireScope } from './auth/require-user.js';
import { createBoardRoutes } from './board/board.js';
import { createRecentCallsRoutes } from './board/recent-calls.js';
import { requireAdmin } from './board/require-admin.js';
import { createVisits } from './board/visits.js';
import { createAskNumber } from './calls/asked-number.js';
import { createCheckCall } from './calls/check-call.js';
import { createCreateBatch } from './calls/create-batch.js';
import { createCreateCall } from './calls/create-call.js';
import { createHangUpCall } from './calls/hang-up-call.js';
import { createJudgeCall } from './calls/judge-call.js';
import { createOpenHook } from './calls/open-hook.js';
import { withTollFraudBreaker } from './calls/toll-fraud-breaker.js';
import type { Withdrawals } from './calls/withdrawals.js';
import type { Config } from './config.js';
import { createHealthCheck } from './health/check-health.js';
import { rememberLastRefusal } from './health/last-refusal.js';
import { callRateLimit } from './middleware/call-rate-limit.js';
import { noHugeBodies } from './middleware/body.js';
import { noticeProxy } from './middleware/client-address.js';
import { errorHandler } from './middleware/errors.js';
import { exactRouter } from './middleware/exact-router.js';
import { errorsInOauthWords } from './middleware/oauth-errors.js';
import { requestId } from './middleware/request-id.js';
import { requestLog } from './middleware/request-log.js';
import { noLongUrls, notFound } from './middleware/unmatched.js';
import { API_BASE, TOKEN_PATH } from './paths.js';
import { createWorkerLimits } from './calls/worker-limits.js';
import { createAuditRoutes } from './routes/audit.js';
import { createBatchRoutes } from './routes/batch.js';
import { createCallRoutes } from './routes/calls.js';
import { createCallWebhookRoutes } from './routes/call-webhooks.js';
import { createCheckRoutes } from './routes/check.js';
import { createIntakeRoutes, createStrayNumberRoutes } from './routes/create.js';
import { createDocsRoutes } from './routes/docs.js';
import { createHealthRoutes } from './routes/health.js';
import { createKeyRoutes } from './routes/keys.js';
import { createListRoutes } from './routes/list.js';
import { createLogoutRoutes } from './routes/logout.js';
import { createRootRoutes } from './routes/root.js';
import { createStreamRoutes } from './routes/streams.js';
import { createTokenRoutes } from './routes/token.js';
import { createWebhookDeliveryRoutes } from './routes/webhook-deliveries.js';
import { createWebhookRoutes } from './routes/webhooks.js';
import type { Streams } from './streams/streams.js';

/** What the application is made of. */
export interface AppParts {
  readonly config: Pick<Config, 'auth' | 'calls' | 'limits' | 'web' | 'webhooks'>;
  readonly database: Pick<
    Database,
    | 'calls'
    | 'users'
    | 'tokens'
    | 'keys'
    | 'streamTickets'
    | 'slots'
    | 'replication'
    | 'admissionFacts'
    | 'audit'
    | 'webhooks'
    | 'ping'
  >;
  /** By the API's settings. */
  readonly admission: Admission;
  readonly queue: OriginateProducer;
  readonly workers: Pick<WorkerReports, 'all' | 'processes'>;
  /** Null where there shall be no board. */
  readonly board: BoardQueues | null;
  readonly limits: RateLimits;
  readonly withdrawals: Pick<Withdrawals, 'add'>;
  readonly streams: Pick<Streams, 'serve' | 'now'>;
  /** Takes what happens for the audit trail. */
  readonly addEntry: AddEntry;
  readonly log: Logger;
}

/** Puts the HTTP application together. Nothing happens here but wiring. */
export function createApp(deps: AppParts): Express {
  const { config, database, admission, queue, workers, board, limits, streams, addEntry, log } = deps;
  const { calls, users, keys, webhooks } = database;
  const audit = createAudit(addEntry);

  const { tokens, authenticate, logIn } = createAccess({ auth: config.auth, database, limits, audit, log });
  const withScope = requireScope(authenticate);
  const callRate = callRateLimit(config.limits.callRate, limits);
  const askNumber = createAskNumber(admission);
  const { createCall, createBatch, checkCall, lastRefusal } = createIntake({
    ...deps,
    askNumber,
    countCall: callRate.one,
  });
  const [hangUpCall, workerLimits] = [createHangUpCall({ calls, queue, log }), createWorkerLimits(workers)];
  const rateLimit = [refuseSuspended, ...callRate.request];

  const api = exactRouter();
  api.use(
    createIntakeRoutes({ requireScope: withScope, rateLimit, createCall, queue, askNumber, audit }),
    createBatchRoutes({ requireScope: withScope, mayCall: [refuseSuspended], createBatch, queue, audit, log }),
    createCheckRoutes({ requireScope: withScope, rateLimit, checkCall, askNumber, audit }),
    createListRoutes({ requireScope: withScope, calls, users }),
    createCallRoutes({ requireScope: withScope, calls, workerLimits, hangUpCall, audit }),
    createStreamRoutes({ authenticate, calls, users, tickets: database.streamTickets, streams }),
    createTokenRoutes({ logIn, tokens, audit, loginRateLimit: config.auth.loginRateLimit }),
    createLogoutRoutes({ requireLogin: requireLogin(authenticate), tokens: database.tokens, audit }),
    createKeyRoutes({ requireScope: withScope, keys, users, audit }),
    createWebhookRoutes({ requireScope: withScope, webhooks, settings: config.webhooks, audit }),
    createCallWebhookRoutes({ requireScope: withScope, webhooks, audit }),
    createWebhookDeliveryRoutes({ requireScope: withScope, webhooks, audit }),
    createAuditRoutes({ requireScope: withScope, trail: database.audit }),
    createStrayNumberRoutes(withScope),
  );

  const app = createEdge(config.web, log);
  app.use(API_BASE, api);
  app.use(
    createHealthRoutes({ health: createHealthCheck({ database, queue, workers, lastRefusal }), authenticate }),
    createRootRoutes(version(), config.web),
  );
  if (config.web.docsEnabled) app.use(createDocsRoutes(version()));
  if (board !== null) {
    const adminsOnly = requireAdmin({ authenticate, logIn, users, visited: createVisits(audit) });
    app.use(
      createBoardRoutes({ board, requireAdmin: adminsOnly }),
      createRecentCallsRoutes({ calls, users, slots: database.slots, requireAdmin: adminsOnly }),
    );
  }
  app.use(notFound(), errorHandler(log));
  return app;
}

/** Whatever asks for a call: alone, with many, or before it calls. */
function createIntake(
  deps: Omit<AppParts, 'workers' | 'board' | 'streams'> & Omit<Parameters<typeof createCreateBatch>[0], 'createCall'>,
) {
  const { config, database, admission, queue, limits, withdrawals, addEntry, askNumber, countCall, log } = deps;
  const { calls, users, webhooks, admissionFacts } = database;
  const { hostsPerUser, ...hooks } = config.webhooks;
  const judging = { admission, admissionFacts, defaults: config.calls.defaults, hooks };
  const judgeCall = createJudgeCall(judging);
  const { remembered, lastRefusal } = rememberLastRefusal(calls);
  const openHook = createOpenHook({ webhooks, hostsPerUser });
  const createCall = withTollFraudBreaker(
    createCreateCall({ calls: remembered, judgeCall, openHook, queue, withdrawals, log }),
    {
      refusals: config.limits.tollFraudBreaker,
      users: recordSuspensions(users, addEntry),
      hit: limits.hit,
      log,
    },
  );
  return {
    createCall,
    createBatch: createCreateBatch({ createCall, askNumber, countCall }),
    checkCall: createCheckCall({ ...judging, webhooks, hostsPerUser, calls }),
    lastRefusal,
  };
}

/** What every request passes, whatever it asks for. */
function createEdge(web: Config['web'], log: Logger): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // Costs as much as all the rest of an answer; nothing here is worth caching.
  app.set('query parser', 'simple');
  app.set('trust proxy', web.trustProxy);
  app.enable('case sensitive routing');

  app.use(requestId(), requestLog(log), helmet({ contentSecurityPolicy: NOTHING_TO_LOAD }));
  if (web.trustProxy === false) app.use(noticeProxy(log));
  if (web.allowedOrigins.length > 0) app.use(crossOrigin(web.allowedOrigins));
  app.use(TOKEN_PATH, errorsInOauthWords);
  app.use(noLongUrls(), noHugeBodies());
  return app;
}

/** Answers are data; a browser that is made to show one must load nothing for it. */
const NOTHING_TO_LOAD = {
  useDefaults: false,
  directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
};

function crossOrigin(allowedOrigins: readonly string[]) {
  return cors({
    preflightContinue: true, // The routes answer OPTIONS: they know their methods, and unknown paths are unknown.
    origin: allowedOrigins.includes('*') ? '*' : [...allowedOrigins],
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'Last-Event-ID', 'X-Request-ID'],
    exposedHeaders: [
      'Location',
      'Retry-After',
      'X-Queue',
      'X-Request-ID',
      'Idempotency-Replayed',
      'RateLimit',
      'RateLimit-Policy',
    ],
    maxAge: 600,
  });
}

function version(): string {
  const about = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return about.version;
}
