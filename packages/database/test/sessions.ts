import { eventually, patientWaits, slowness, type TestDatabase, testWorkerTimes } from '@dialgate/testing';
import pg from 'pg';
import { openDatabase, type Database } from '../src/index.js';

/** A session of the test's own that keeps locks until it is told to let go of them. */
export interface Holder {
  /** Takes locks in its one transaction. */
  readonly sql: (text: string, values?: unknown[]) => Promise<unknown>;
  readonly letGo: () => Promise<void>;
}

/** Several database clients side by side, and who of them waits for whom. */
export interface Sessions {
  /** A client of the product, as one more process has it. Its name says who it is in `waitsFor`. */
  readonly open: (name: string) => Database;
  readonly hold: (name: string) => Promise<Holder>;
  /** Resolves when a statement of the first waits for a lock of the second, or of whomever. */
  readonly waitsFor: (waiting: string, holding?: string) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

export function openSessions(db: TestDatabase): Sessions {
  const closing: (() => Promise<void>)[] = [];

  return {
    open: (name) => {
      const times = testWorkerTimes(slowness());
      const database = openDatabase({ url: db.url, applicationName: name, poolSize: 2, times, ...patientWaits() });
      closing.push(database.close);
      return database;
    },
    hold: async (name) => {
      const client = new pg.Client({ connectionString: db.ownerUrl, application_name: name });
      client.on('error', () => undefined);
      await client.connect();
      closing.push(() => client.end());
      await client.query('BEGIN');
      return {
        sql: async (text, values) => (await client.query(text, values)).rows as unknown[],
        letGo: async () => {
          await client.query('COMMIT');
        },
      };
    },
    waitsFor: (waiting, holding) =>
      eventually(async () => {
        const found = await db.sql(
          `SELECT 1 FROM pg_stat_activity w, unnest(pg_blocking_pids(w.pid)) AS b(pid) JOIN pg_stat_activity h USING (pid)
           WHERE w.application_name = $1 AND ($2::text IS NULL OR h.application_name = $2) AND w.datname = current_database()`,
          [waiting, holding ?? null],
        );
        return found.length > 0;
      }),
    close: async () => {
      await Promise.all(closing.splice(0).map((close) => close()));
    },
  };
}
