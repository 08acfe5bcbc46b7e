import { openDatabase } from '@dialgate/database';
import {
  CALL_STATUSES,
  ERROR_MEANINGS,
  FAILURE_REASONS,
  payloadOf,
  TEST_EVENT,
  type CallStatus,
  type ErrorCode,
} from '@dialgate/domain';
import { createAdmission, silentLog } from '@dialgate/service-kit';
import { openOriginateProducer, openWorkerReports } from '@dialgate/redis';
import { openRateLimits } from '../src/limits/rate-limits.js';
import { Validator } from '@seriousme/openapi-schema-validator';
import { someCall } from '@dialgate/testing';
import { expect } from 'chai';
import type Joi from 'joi';
import { createApp } from '../src/app.js';
import { createStreams } from '../src/streams/streams.js';
import { createWithdrawals } from '../src/calls/withdrawals.js';
import { readConfig } from '../src/config.js';
import { DATABASE_TIMEOUTS } from '../src/database-timeouts.js';
import { httpStatusOf } from '../src/middleware/errors.js';
import { auditQuery } from '../src/schemas/audit-query.js';
import { batchItem, batchRequest, callRequest, callOptions, VARIABLE_NAME } from '../src/schemas/create-call.js';
import { keyQuery, keyRequest } from '../src/schemas/create-key.js';
import { callsQuery } from '../src/schemas/list-calls.js';
import { login } from '../src/schemas/login.js';
import { recentCallsQuery } from '../src/schemas/recent-calls.js';
import { reservedBecause, RESERVED_VARIABLES } from '../src/schemas/reserved-variables.js';
import { statsQuery } from '../src/schemas/stats-query.js';
import { callStreamQuery, streamQuery } from '../src/schemas/stream-query.js';
import { timelineQuery } from '../src/schemas/timeline-query.js';
import { valid } from '../src/schemas/valid.js';
import { logQuery } from '../src/schemas/webhook.js';
import { NOWHERE, SECRET_KEY } from './api.js';
import { document, operations, problemsBy, type Content, type Schema } from './described.js';

const ERROR_CODES = Object.keys(ERROR_MEANINGS) as ErrorCode[];

/** What a body may be, by the document and by the code. */
const BODIES: Record<string, { documented: Schema; joi: Joi.ObjectSchema; sample: Record<string, unknown> }> = {
  CallOptions: { documented: document.components.schemas.CallOptions!, joi: callOptions, sample: {} },
  CallRequest: {
    documented: document.components.schemas.CallRequest!,
    joi: callRequest,
    sample: { phone_number: '+33100000001' },
  },
  BatchItem: {
    documented: document.components.schemas.BatchItem!,
    joi: batchItem,
    sample: { phone_number: '+33100000001' },
  },
  BatchRequest: {
    documented: document.components.schemas.BatchRequest!,
    joi: batchRequest,
    sample: { calls: [{ phone_number: '+33100000001' }] },
  },
  KeyRequest: {
    documented: document.components.schemas.KeyRequest!,
    joi: keyRequest,
    sample: { username: 'crm', name: 'nightly callbacks', scopes: ['calls:create'] },
  },
  Login: {
    documented: document.components.schemas.Login!,
    joi: login,
    sample: { username: 'admin', password: 'nine foxes' },
  },
};

/** What the query of an operation may be, by the code. */
const QUERIES: Record<string, Joi.ObjectSchema> = {
  'get /api/v2/calls': callsQuery,
  'get /api/v2/calls/stats': statsQuery,
  'get /api/v2/calls/{call_id}/events': timelineQuery,
  'get /api/v2/calls/{call_id}/stream': callStreamQuery,
  'get /api/v2/stream': streamQuery,
  'get /api/v2/keys': keyQuery,
  'get /api/v2/webhooks/{webhook_id}/deliveries': logQuery,
  'get /api/v2/audit': auditQuery,
  'get /admin/calls': recentCallsQuery,
};

describe('the API’s description', function () {
  this.timeout(120_000);

  it('is an OpenAPI 3.1 document', async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result.errors ?? [], JSON.stringify(result.errors)).to.deep.equal([]);
    expect(result.valid).to.equal(true);
  });

  it('gives every operation a name of its own, a tag that exists, and an answer that is good', () => {
    const names = [...operations.values()].map(({ operationId }) => operationId);
    expect(new Set(names).size).to.equal(names.length);
    const tags = document.tags.map(({ name }) => name);
    for (const [name, { tags: used, responses }] of operations) {
      expect(tags, name).to.include.members([...used]);
      expect(Object.keys(responses).some((status) => status.startsWith('2'))).to.equal(true);
    }
  });

  it('has examples that are as it says itself', () => {
    let seen = 0;
    const check = (where: string, content: Readonly<Record<string, Content>> = {}) => {
      for (const [type, { schema, examples = {} }] of Object.entries(content)) {
        for (const [name, { value }] of Object.entries(examples)) {
          seen++;
          expect(problemsBy(schema, value, !where.endsWith('body')), `${where} ${type} ${name}`).to.deep.equal([]);
        }
      }
    };
    for (const [name, { requestBody, responses }] of operations) {
      check(`${name} body`, requestBody?.content);
      for (const [status, { content }] of Object.entries(responses)) check(`${name} ${status}`, content);
    }
    for (const schema of schemasWithin(document.components.schemas)) {
      for (const example of schema.examples ?? []) {
        seen++;
        expect(problemsBy(schema, example)).to.deep.equal([]);
      }
    }
    expect(seen).to.be.greaterThan(100);
  });

  it('is that of what webhooks bring, of a call in any status as of a test', () => {
    const { WebhookEvent } = document.components.schemas;
    const at = new Date();
    const call = someCall({
      ...{
        status: 'completed',
        attempt: 1,
        channelId: 'c',
        dialSentAt: at,
        ringingAt: at,
        answeredAt: at,
        endedAt: at,
      },
      ...{ hangupCause: 16, hangupBy: 'callee' },
    });
    const problems = (...told: Parameters<typeof payloadOf>): string[] =>
      problemsBy(WebhookEvent!, JSON.parse(payloadOf(...told)), true);
    for (const [type, status] of [
      ...CALL_STATUSES.map((one) => [`call.${one}`, one]),
      ['call.order_finished', 'busy'],
    ]) {
      const told = { type: type!, at, status: status as CallStatus, sequence: 3 };
      expect(problems(told, call, { AMDSTATUS: 'HUMAN' }), type).to.deep.equal([]);
      expect(problems({ ...told, sequence: null }, call), `${type!} without a sequence`).not.to.deep.equal([]);
    }
    expect(problems({ type: TEST_EVENT, at, status: null, sequence: null }, null)).to.deep.equal([]);
    expect(problems({ type: 'call.ringing', at, status: null, sequence: null }, null)).not.to.deep.equal([]);
  });

  it('names every error code, with its HTTP status', () => {
    expect(document.components.schemas.ErrorCode!.enum).to.deep.equal(ERROR_CODES);
    const used = new Set<unknown>();
    for (const [name, { responses }] of operations) {
      for (const [status, { content = {} }] of Object.entries(responses)) {
        const errors = content['application/problem+json'] ?? content['application/json'];
        const codes = errors?.schema.properties?.code?.enum ?? [];
        for (const code of codes) {
          used.add(code);
          expect(httpStatusOf(code as ErrorCode), `${name} ${JSON.stringify(code)}`).to.equal(Number(status));
        }
      }
    }
    // These are nothing that an operation could answer.
    const ofAnyPath = ERROR_CODES.filter((code) => !used.has(code));
    expect(ofAnyPath).to.deep.equal(['method_not_allowed', 'uri_too_long']);
    for (const code of ofAnyPath) expect(document.info.description).to.include(`\`${code}\``);
  });

  it('names every status and every reason', () => {
    expect(document.components.schemas.CallStatus!.enum).to.deep.equal([...CALL_STATUSES]);
    expect(document.components.schemas.FailureReason!.enum).to.deep.equal(Object.keys(FAILURE_REASONS));
  });

  it('tells nothing of this installation', () => {
    expect(JSON.stringify(document)).not.to.match(/localhost|127\.0\.0\.1/);
    expect(document.servers.map(({ url }) => url)).to.deep.equal(['/']);
  });
});

describe('the routes and the description', () => {
  let routes: Route[];
  before(async () => {
    const config = readConfig({
      DATABASE_URL: `postgresql://x@${NOWHERE}/x`,
      REDIS_URL: `redis://${NOWHERE}`,
      SECRET_KEY,
    });
    const log = silentLog;
    const database = openDatabase({ url: config.databaseUrl, applicationName: 'none', ...DATABASE_TIMEOUTS });
    const redis = { redisUrl: config.redisUrl, prefix: 'none', log };
    const [queue, workers, limits] = [openOriginateProducer(redis), openWorkerReports(redis), openRateLimits(redis)];
    const withdrawals = createWithdrawals({ calls: database.calls, log });
    const app = createApp({
      config,
      database,
      admission: createAdmission(config.calls.admission),
      queue,
      workers,
      board: null,
      limits,
      withdrawals,
      streams: createStreams({ calls: database.calls, limits: config.limits.streams, log }),
      addEntry: () => undefined,
      log,
    });
    limits.close();
    workers.close();
    await Promise.all([queue.close(), database.close()]);

    routes = routesOf((app as unknown as { router: { stack: Layer[] } }).router.stack);
  });

  it('are the same', () => {
    // The board brings its own routes; its page stands for them. It is not there in this application, nor is the page beside it.
    const documented = [...operations.keys()].filter((name) => !name.startsWith('get /admin/'));
    expect([...new Set(routes.map(({ name }) => name))]).to.have.members(documented);
  });

  it('need the same scopes, and all but a few need one', () => {
    const needed = new Map<string, string>();
    for (const { name, scope } of routes) if (scope !== undefined) needed.set(name, scope);
    const documented = [...operations].flatMap(([name, { security }]) => {
      // Health answers anybody, and the board passwords as well: they ask for their scope themselves.
      if (security.length > 1) return [];
      return security.flatMap(({ bearerAuth = [] }) => bearerAuth.map((scope) => [name, scope] as const));
    });
    expect([...needed]).to.have.deep.members(documented);
    const open = routes.map(({ name }) => name).filter((name) => name.includes('/api/') && !needed.has(name));
    expect([...new Set(open)]).to.have.members(['post /api/v2/token', 'post /api/v2/logout']);
  });
});

for (const [name, { documented, joi, sample }] of Object.entries(BODIES)) {
  describe(`the body ${name} and its description`, () => {
    const { keys, flags } = joi.describe() as { keys: Record<string, Rules>; flags?: { unknown?: boolean } };

    it('have the same fields, with the same limits', () => {
      expect(Object.keys(documented.properties ?? {})).to.have.members(Object.keys(keys));
      const required = Object.keys(keys).filter((key) => keys[key]!.flags?.presence === 'required');
      expect(documented.required ?? []).to.have.members(required);
      expect(documented.additionalProperties ?? true).to.equal(flags?.unknown ?? false);
      for (const [field, rules] of Object.entries(keys)) {
        if (['any', 'object', 'array'].includes(rules.type)) continue; // Judged by what they take, below.
        expect(limitsOf(documented.properties![field]!), field).to.deep.equal(limitsByJoi(rules));
      }
    });

    it('take and refuse the same', () => {
      const fields = Object.keys(keys).flatMap((field) => (CASES[field] ?? []).map((value) => ({ [field]: value })));
      expect(fields.length).to.be.greaterThan(0);
      for (const field of [...fields, {}, { nobody: 'knows' }]) {
        const body = { ...sample, ...field };
        const shown = JSON.stringify(body).slice(0, 120);
        expect(problemsBy(documented, body).length === 0, `documented: ${shown}`).to.equal(isTaken(joi, body));
      }
    });
  });
}

describe('queries and their description', () => {
  it('are of the same operations', () => {
    const withQuery = [...operations].filter(([, { parameters }]) => parameters.some(isOfQuery)).map(([name]) => name);
    expect(withQuery).to.have.members(Object.keys(QUERIES));
  });

  for (const [name, joi] of Object.entries(QUERIES)) {
    describe(name, () => {
      const parameters = operations.get(name)!.parameters.filter(isOfQuery);
      const { keys } = joi.describe() as { keys: Record<string, Rules> };

      it('has the same parameters, with the same limits', () => {
        expect(parameters.map((parameter) => parameter.name)).to.have.members(Object.keys(keys));
        for (const { name: field, schema } of parameters) {
          if (schema.type === 'integer' || schema.type === 'array') continue; // Judged by what they take, below.
          const { minLength: _, ...limits } = limitsByJoi(keys[field]!) as { minLength?: number };
          expect(limitsOf(schema), field).to.deep.include(limits);
        }
      });

      it('takes and refuses the same', () => {
        for (const { name: field, schema } of parameters) {
          const values = QUERY_CASES[field] ?? [];
          expect(values, field).not.to.deep.equal([]);
          for (const value of values) {
            const documented = problemsBy(schema, readAs(schema, value)).length === 0;
            expect(documented, `documented: ${field}=${value}`).to.equal(isTaken(joi, { [field]: value }));
          }
        }
      });
    });
  }
});

describe('the variables that are reserved', () => {
  it('are all named in the description, and only those', () => {
    const { description } = document.components.schemas.CallOptions!.properties!.variables!;
    const listed = [...description!.matchAll(/`([A-Z_0-9]+\*?)`/g)].map(([, name]) => name!);
    expect(listed).to.have.members(RESERVED_VARIABLES.flatMap(({ names }) => names));
    for (const name of listed) {
      const plain = name.replace('*', 'X');
      expect(VARIABLE_NAME.test(plain), plain).to.equal(true);
      expect(reservedBecause(plain), plain).to.be.a('string');
    }
  });
});

/** Values around every limit, field by field. */
const CASES: Record<string, unknown[]> = {
  phone_number: ['+33100000001', '1'.repeat(21), '1'.repeat(22), '', 33, null],
  context: ['a', 'a'.repeat(79), 'a'.repeat(80), '', 'a b', 'é', 1, null],
  extension: ['s', '*97', '_X', '', 'a'.repeat(79), 'a'.repeat(80), 1],
  priority: [1, 0, 9_999, 10_000, 1.5, '1', null],
  timeout: [1_000, 999, 600_000, 600_001, 1_000.5, '1000'],
  expires_in: [1, 0, 86_400, 86_401, '1'],
  caller_id: ['+33123456789', '"Support" <+33123456789>', '', 5, null, `"${'a'.repeat(109)}" <+33123456789>`],
  variables: [
    {},
    { a: '' },
    { a: 'x'.repeat(1_024) },
    { a: 'x'.repeat(1_025) },
    { a: 1 },
    { a: 'line\nbreak' },
    { a: '\u2028' },
    { a: 'ça va 😀' },
    { 'a b': 'x' },
    { _a: 'x' },
    { ['a'.repeat(64)]: 'x' },
    { ['a'.repeat(65)]: 'x' },
    Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`v${i}`, 'x'])),
    Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`v${i}`, 'x'])),
    [],
    'a',
    null,
  ],
  not_before: ['2026-01-15T09:30:00Z', '2026-01-15T09:30:00.123+01:00', '2026-01-15', 'tomorrow', 1, null],
  calling_window: [
    { spans: ['08:00-21:00'] },
    { spans: ['mon-fri 09:00-18:00', 'sat 10:00-24:00'], time_zone: 'Europe/Paris' },
    { spans: Array(14).fill('08:00-21:00') },
    { spans: Array(15).fill('08:00-21:00') },
    { spans: [] },
    { spans: [1] },
    { spans: ['08:00-21:00'], zone: 'Europe/Paris' },
    {},
    '08:00-21:00',
    null,
  ],
  idempotency_key: ['a', 'a b', 'a'.repeat(255), 'a'.repeat(256), '', ' a', 'a ', 'é', 1, null],
  // What is wrong with a single call is said of it alone: the request takes it.
  calls: [Array(1_000).fill({ phone_number: '+33100000001' }), Array(1_001).fill({}), [], ['a'], {}, null],
  metadata: [null, 1, 'text', [1, 2], { deep: { deeper: true } }],
  grant_type: ['password', ''],
  username: ['abc', 'a'.repeat(256), 'a'.repeat(257), '', 1, null],
  name: ['a', 'a'.repeat(100), 'a'.repeat(101), '', ' a', 'a\nb', 1, null],
  scopes: [['admin'], ['calls:read', 'admin'], [], ['*'], ['admin', 'admin'], 'admin', [1], null],
  expires_in_days: [1, 0, 3_650, 3_651, 1.5, '1', null],
  allowed_from: [[], ['192.0.2.0/24'], [1], [''], Array(50).fill('::1'), Array(51).fill('::1'), '::1', null],
  password: ['a', 'a'.repeat(1_024), 'a'.repeat(1_025), '', 1, null],
};

/** Texts around every limit of a query, field by field. */
const QUERY_CASES: Record<string, string[]> = {
  status: ['pending', 'canceled', 'gone'],
  phone_number: ['+33100000001', '1'.repeat(22), '1'.repeat(23)],
  last_digits: ['1234', '123', '1'.repeat(15), '1'.repeat(16), '123a'],
  context: ['a', 'a'.repeat(79), 'a'.repeat(80), 'a b'],
  failure_reason: ['declined', 'bored'],
  ...Object.fromEntries(
    ['created_after', 'created_before', 'since', 'from', 'to'].map((field) => [
      field,
      ['2026-01-15T09:30:00Z', '2026-01-15T09:30:00.123+01:00', '1999-01-15T09:30:00Z', '2026-01-15', 'now'],
    ]),
  ),
  event: ['call_canceled', 'call_sung'],
  user: ['abc', 'ab', 'Abc', 'a'.repeat(64), 'a'.repeat(65)],
  username: ['abc', 'ab', 'Abc', 'a'.repeat(64), 'a'.repeat(65)],
  limit: ['1', '0', '-1', '1.5', '200', '201', '500', '501', '1000', '1001', 'all'],
  cursor: [
    '0',
    '18',
    '1'.repeat(18),
    '1'.repeat(19),
    'a'.repeat(48),
    'a'.repeat(60),
    'a'.repeat(61),
    'a'.repeat(101),
    'a.',
  ],
  last_event_id: ['0', '4711', '01', 'a', '1'.repeat(18), '1'.repeat(19)],
  ticket: [`dgs_${'a'.repeat(43)}`, `dgs_${'a'.repeat(44)}`, 'dgs_'],
};

interface Layer {
  readonly rawPath?: string;
  readonly handle: { readonly stack?: readonly Layer[] };
  readonly route?: {
    readonly path: string;
    readonly stack: readonly { readonly method?: string; readonly handle: { readonly scope?: string } }[];
  };
}

/** A handler of a route: `get /health`, and the scope that it asks for. */
interface Route {
  readonly name: string;
  readonly scope: string | undefined;
}

/** The handlers of every route of an Express application, as the document writes it. */
function routesOf(stack: readonly Layer[], base = ''): Route[] {
  return stack.flatMap(({ rawPath = '/', handle, route }) => {
    if (route === undefined) return routesOf(handle.stack ?? [], base + rawPath.replace(/\/$/, ''));
    // Numbers that make no path of ours are refused as any wrong number is.
    if (route.path === '/interaction{/*number}{/}') return [];
    const path = (base + route.path).replace(/:([a-z_]+)/g, '{$1}');
    return route.stack.flatMap(({ method, handle: { scope } }) =>
      method === undefined ? [] : [{ name: `${method} ${path}`, scope }],
    );
  });
}

interface Rules {
  readonly type: string;
  readonly flags?: { readonly presence?: string };
  readonly allow?: readonly unknown[];
  readonly rules?: readonly { readonly name: string; readonly args?: { limit?: number; regex?: string } }[];
}

function limitsByJoi({ type, allow = [], rules = [] }: Rules): object {
  const limit = (name: string) => rules.find((rule) => rule.name === name)?.args?.limit;
  const regex = rules.find((rule) => rule.name === 'pattern')?.args?.regex;
  if (type === 'number') {
    expect(rules.some(({ name }) => name === 'integer')).to.equal(true);
    return { type: 'integer', minimum: limit('min'), maximum: limit('max') };
  }
  // Joi refuses empty texts unless it is told otherwise.
  const minLength = allow.includes('') ? undefined : 1;
  return { type, minLength, maxLength: limit('max'), pattern: regex?.replace(/^\/|\/[a-z]*$/g, '') };
}

function limitsOf({ type, minimum, maximum, minLength, maxLength, pattern }: Schema): object {
  return type === 'integer' ? { type, minimum, maximum } : { type, minLength, maxLength, pattern };
}

function isTaken(joi: Joi.ObjectSchema, body: unknown): boolean {
  try {
    valid(joi, body);
    return true;
  } catch {
    return false;
  }
}

function isOfQuery(parameter: { readonly in: string }): boolean {
  return parameter.in === 'query';
}

/** The value that a text in a query stands for. */
function readAs({ type }: Schema, text: string): unknown {
  if (type === 'array') return [text];
  return type === 'integer' ? Number(text) : text;
}

/** All schemas at any depth. */
function schemasWithin(schemas: Readonly<Record<string, Schema>>): Schema[] {
  return Object.values(schemas).flatMap((schema) => {
    const { properties = {}, items = {}, anyOf = [] } = schema;
    const inner = Object.keys(items).length > 0 ? [items, ...anyOf] : anyOf;
    return [schema, ...schemasWithin(properties), ...schemasWithin(Object.fromEntries(inner.entries()))];
  });
}
