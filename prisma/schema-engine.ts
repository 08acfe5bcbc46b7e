#!/usr/bin/env -S node --import tsx
/**
 * Stands in for Prisma's native schema engine, which cannot be had without a download: the same JSON-RPC over standard
 * input and output, answered by the WebAssembly build of that engine. prisma.config.ts points the Prisma CLI here.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as wasmGlue from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

interface Datasource {
  readonly url: string;
  readonly shadowUrl?: string;
}
type Params = Record<string, unknown> | undefined;
type Engine = Record<string, (params?: unknown) => Promise<unknown>>;
/** What Node has and the ES library types leave out. */
interface WasmHost {
  readonly WebAssembly: {
    readonly instantiate: (
      code: Uint8Array,
      imports: object,
    ) => Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>;
  };
}
interface EngineModule {
  readonly SchemaEngine: {
    new: (schema: unknown, log: (message: unknown) => void, adapters: unknown) => Promise<Engine>;
  };
  readonly version: () => string;
  readonly __wbg_set_wasm: (exports: unknown) => void;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    version: { type: 'boolean' },
    datasource: { type: 'string' },
    datamodels: { type: 'string', multiple: true, default: [] },
    'enabled-preview-features': { type: 'string' },
    'extension-types': { type: 'string' },
  },
});
const datasource = JSON.parse(options.datasource ?? '{}') as Datasource;
const inFlight = new Set<unknown>();

/** What PostgreSQL and the network call a failure, in Prisma's numbers. */
const PRISMA_CODES: Readonly<Record<string, string>> = {
  '3D000': 'P1003',
  '28P01': 'P1000',
  '28000': 'P1010',
  ECONNREFUSED: 'P1001',
  ENOTFOUND: 'P1001',
};

if (options.version === true) {
  process.stdout.write(`schema-engine-cli ${(await loadEngine()).version()}\n`);
} else if (positionals[0] === 'cli') {
  await runCommand(positionals[1] ?? '');
} else {
  await serve();
}

async function serve(): Promise<never> {
  const module = await loadEngine();
  const datamodels = options.datamodels.map((file) => [file, readFileSync(file, 'utf8')]);
  const engine = module.SchemaEngine.new(
    { datamodels: datamodels.length > 0 ? datamodels : undefined },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(adapterFactory(datasource) as never),
  );
  engine.catch(() => undefined); // Every request awaits it and reports the failure itself.

  for await (const line of createInterface({ input: process.stdin })) {
    const { id, method, params } = JSON.parse(line) as { id: unknown; method?: string; params?: Params };
    if (method === undefined) continue; // The caller's reply to a `print` of ours.
    inFlight.add(id);
    void engine
      .then((ready) => call(ready, method, params))
      .then(
        (result) => answer(id, { result: result ?? {} }),
        (error: unknown) => fail(id, error),
      );
  }
  process.exit(0); // The caller closed our input: it wants nothing more.
}

async function call(engine: Engine, method: string, params: Params): Promise<unknown> {
  switch (method) {
    case 'getDatabaseVersion':
      return engine.version?.(params ?? null);
    case 'createDatabase': {
      const url = (params?.datasource as Datasource | undefined)?.url ?? datasource.url;
      await createDatabase(url);
      return { databaseName: databaseOf(url) };
    }
    case 'diff': {
      const answer = (await engine.diff?.({ exitCode: null, ...params })) as Record<string, unknown> | undefined;
      const { stdout, ...result } = answer ?? {};
      if (stdout !== undefined) send({ id: randomUUID(), method: 'print', params: { content: stdout } });
      return result;
    }
    default:
      return engine[method]?.(params);
  }
}

/** What the CLI calls as `schema-engine cli <command>`. */
async function runCommand(command: string): Promise<void> {
  log('INFO', { message: 'starting' }); // The caller drops the first line.
  const { url } = datasource;
  try {
    if (command === 'can-connect-to-database') await withPool(url, undefined, (pool) => pool.query('SELECT 1'));
    else if (command === 'create-database') await createDatabase(url);
    else throw new Error(`unknown command ${command}`);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    log('ERROR', { error_code: PRISMA_CODES[code ?? ''] ?? 'P1010', message: message || code });
    process.exitCode = 1;
  }
}

/** Adapters whose shadow database is always a fresh one: PrismaPg's own would connect to the main database. */
function adapterFactory({ url, shadowUrl }: Datasource): object {
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => connect(url),
    async connectToShadowDb() {
      if (shadowUrl !== undefined) return connect(shadowUrl);
      const name = `prisma_migrate_shadow_db_${randomUUID()}`;
      await withPool(url, undefined, (pool) => pool.query(`CREATE DATABASE ${quoted(name)}`));
      return connect(url, name, () =>
        withPool(url, undefined, (pool) => pool.query(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`)),
      );
    },
  };
}

async function connect(url: string, database?: string, afterwards?: () => Promise<unknown>): Promise<object> {
  const pool = poolFor(url, database);
  const schema = new URL(url).searchParams.get('schema') ?? 'public';
  const adapter = await new PrismaPg(pool, { schema, disposeExternalPool: true }).connect();
  // The adapter cuts scripts at every semicolon, through function bodies and literals: send them whole.
  adapter.executeScript = async (script) => {
    await pool.query(script);
  };
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    // The engine insists on a character here; see presentCharAsText.
    const column = result.columnNames.indexOf('constraint_type');
    if (column >= 0) result.columnTypes[column] = ColumnTypeEnum.Character;
    return result;
  };
  const dispose = adapter.dispose.bind(adapter);
  adapter.dispose = async () => {
    await dispose();
    await afterwards?.();
  };
  return adapter;
}

async function createDatabase(url: string): Promise<void> {
  await withPool(url, 'postgres', (pool) => pool.query(`CREATE DATABASE ${quoted(databaseOf(url))}`));
}

async function withPool(
  url: string,
  database: string | undefined,
  work: (pool: pg.Pool) => Promise<unknown>,
): Promise<void> {
  const pool = poolFor(url, database);
  try {
    await work(pool);
  } finally {
    await pool.end();
  }
}

function poolFor(url: string, database?: string): pg.Pool {
  const target = new URL(url);
  if (database !== undefined) target.pathname = `/${database}`;
  for (const prismaOnly of ['schema', 'connection_limit', 'pool_timeout', 'pgbouncer']) {
    target.searchParams.delete(prismaOnly);
  }
  return new pg.Pool({ connectionString: target.href, max: 4, idleTimeoutMillis: 0 });
}

function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres';
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

async function loadEngine(): Promise<EngineModule> {
  presentCharAsText();
  // A panic in WebAssembly never settles its promise, and the CLI would then exit 0: answer for it.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message(message: string) {
        for (const id of inFlight) fail(id, new Error(`the schema engine panicked: ${message}`));
      },
    },
  });
  const glue = wasmGlue as unknown as EngineModule;
  const gluePath = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = readFileSync(gluePath.replace(/\.js$/, '.wasm'));
  const { instance } = await (globalThis as unknown as WasmHost).WebAssembly.instantiate(wasm, {
    './schema_engine_bg.js': glue,
  });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return glue;
}

/** The catalogue queries return "char" (OID 18) and name (19); the adapter has no column type for the first. */
function presentCharAsText(): void {
  const results = pg.Result.prototype as unknown as { addFields: (fields: { dataTypeID: number }[]) => void };
  const addFields = results.addFields;
  results.addFields = function (fields) {
    for (const field of fields) if (field.dataTypeID === 18 || field.dataTypeID === 19) field.dataTypeID = 25;
    addFields.call(this, fields);
  };
}

function answer(id: unknown, message: object): void {
  if (inFlight.delete(id)) send({ id, ...message });
}

function fail(id: unknown, error: unknown): void {
  const { message, code, meta } = error as { message?: string; code?: string; meta?: unknown };
  const data = { is_panic: false, message: message ?? String(error), error_code: code, meta };
  answer(id, { error: { code: 4466, message: 'An error happened. Check the data field for details.', data } });
}

function send(message: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

function log(level: 'INFO' | 'ERROR', fields: object): void {
  process.stderr.write(`${JSON.stringify({ level, target: 'schema_engine::logger', fields })}\n`);
}
