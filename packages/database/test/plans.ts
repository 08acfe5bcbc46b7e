import pg from 'pg';
import { openDatabase, type Database } from '../src/index.js';

/** A node of a plan, as `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)` tells it. */
export interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Plan[];
}

/** A scan of a table. */
export interface Scan {
  /** Such as `Index Scan by calls_pkey`. */
  readonly way: string;
  /** How many rows were read, those included that were thrown away. */
  readonly rows: number;
  /** How many a filter threw away. */
  readonly thrown: number;
}

/** A database whose plans can be seen. */
export interface Overheard {
  /**
   * The plans of what a piece of work asks, in the order of its questions. They are asked exactly as they were sent, below Prisma and
   * its driver, and carried out again on the same connection.
   */
  readonly plansOf: (work: (database: Database) => Promise<unknown>) => Promise<Plan[]>;
  readonly close: () => Promise<void>;
}

interface Question {
  readonly text: string;
  readonly values: unknown[];
  readonly askedAgain: (text: string) => Promise<{ readonly rows: readonly Explained[] }>;
}

interface Explained {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: Plan; readonly JIT?: object }];
}

/** Listens to all connections that this process makes until it is closed; so nothing else may ask at the same time. */
export function overhear(url: string): Overheard {
  let asked: Question[] = [];
  const client = pg.Client.prototype as { query: (...parts: unknown[]) => unknown };
  const { query } = client;
  client.query = function noted(this: pg.Client, ...parts: unknown[]) {
    const { text, values = [] } = parts[0] as Partial<Question>;
    if (text !== undefined && /^\s*(SELECT|WITH)\b/.test(text)) {
      const askedAgain = (changed: string) => query.call(this, { text: changed, values }) as never;
      asked.push({ text, values, askedAgain });
    }
    return query.apply(this, parts);
  };
  const database = openDatabase({
    url,
    applicationName: 'overheard',
    queryTimeoutMs: 60_000,
    connectTimeoutMs: 60_000,
  });
  return {
    plansOf: async (work) => {
      asked = [];
      await work(database);
      const plans: Plan[] = [];
      for (const { text, askedAgain } of asked) {
        const { rows } = await askedAgain(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`);
        const [explained] = rows[0]!['QUERY PLAN'];
        if (explained.JIT !== undefined) throw new Error('it is compiled, which takes longer than what it asks for');
        plans.push(explained.Plan);
      }
      return plans;
    },
    close: async () => {
      await database.close();
      client.query = query;
    },
  };
}

/** All scans of a table and of its indexes in a plan. */
export function scansOf(table: string, plan: Plan): Scan[] {
  const below = (plan.Plans ?? []).flatMap((one) => scansOf(table, one));
  const index = indexIn(plan);
  const makesBitmap = plan['Node Type'] === 'Bitmap Index Scan' && index?.startsWith(`${table}_`) === true;
  if (plan['Relation Name'] !== table && !makesBitmap) return below;
  const way = index === undefined ? plan['Node Type'] : `${plan['Node Type']} by ${index}`;
  const thrown = (plan['Rows Removed by Filter'] ?? 0) * plan['Actual Loops'];
  return [{ way, rows: plan['Actual Rows'] * plan['Actual Loops'] + thrown, thrown }, ...below];
}

/** That by which a bitmap is made stands in nodes below. */
function indexIn(plan: Plan): string | undefined {
  return plan['Index Name'] ?? plan.Plans?.map(indexIn).find((name) => name !== undefined);
}

/** Pages of 8 KB that a plan looked at, in memory or not. */
export function pagesOf(plan: Plan): number {
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}
