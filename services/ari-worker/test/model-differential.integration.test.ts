import {
  createDatabaseClock,
  openDatabase,
  type Database,
  type Lease,
  type Observation,
  type Swept,
} from '@dialgate/database';
import { soFar, transitionFor, type CallEvent } from '@dialgate/domain';
import {
  createTestDatabase,
  createUser,
  depth,
  FOLLOWING,
  patience,
  patientWaits,
  someNewCall,
  someObservation,
  type TestDatabase,
} from '@dialgate/testing';
import { expect } from 'chai';
import fc from 'fast-check';
import type { WorkerCalls } from '../src/ports.js';
import { callIdOf, callOfRow, dateOf, EPOCH_MS, type Row } from '../simulation/rows.js';
import { openModel, type Model } from './model.js';

/** Something that is asked of the database; numbers choose among what there is by then. */
type Op =
  | { readonly do: 'create'; readonly expiresInMs: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'acquire' | 'adopt'; readonly worker: number; readonly asterisk: string }
  | { readonly do: 'renew' | 'letGo' | 'release'; readonly lease: number; readonly follows: boolean }
  | { readonly do: 'claim'; readonly call: number; readonly lease: number; readonly maxConcurrentCalls: number }
  | { readonly do: 'permit' | 'return'; readonly call: number; readonly token: Off }
  | { readonly do: 'void'; readonly call: number; readonly token: Off; readonly isRefusal: boolean }
  | { readonly do: 'othersFor'; readonly call: number; readonly lease: number }
  | {
      readonly do: 'apply';
      readonly call: number;
      readonly event: CallEvent;
      readonly token: Off | null;
      /** Decided on the row as it was so many operations ago. */
      readonly ago: number;
    }
  | { readonly do: 'cancel'; readonly call: number }
  | { readonly do: 'expireOverdue' | 'takeDueForQueue' }
  | { readonly do: 'takeSweepTurn'; readonly everyMs: number }
  | { readonly do: 'endOrphans'; readonly seconds: number }
  | { readonly do: 'toHangUp'; readonly maxCallSeconds: number };

/** By how much a token is older than what stands in the row. */
interface Off {
  readonly attempt: number;
  readonly epoch: number;
}

const WORKERS = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`);
const RING_TIMEOUT_MS = 20_000;

/** Times within it are one moment of the clock, which stands still while an operation runs; shorter than any `pass`. */
const MOMENT_MS = 4_900;

const hungUp = { type: 'hung_up', cause: 16, sipStatus: null, dialResult: null, wasUp: false } as const;
const off = fc.record({
  attempt: fc.constantFrom(0, 0, 0, 1),
  epoch: fc.constantFrom(0, 0, 0, 1),
});
const any = fc.nat(20);
const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('create'), expiresInMs: fc.constantFrom(12_000, 300_000) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass'), ms: fc.constantFrom(5_000, 7_000, 11_000, 31_000, 61_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('acquire', 'adopt'),
      worker: any,
      asterisk: fc.constantFrom('a', 'a', 'a', 'b'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('renew', 'renew', 'letGo', 'release'),
      lease: any,
      follows: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('claim'),
      call: any,
      lease: any,
      maxConcurrentCalls: fc.constantFrom(0, 0, 2),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('permit', 'permit', 'return'), call: any, token: off }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('void'), call: any, token: off, isRefusal: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('othersFor'), call: any, lease: any }) },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('apply'),
      call: any,
      event: fc.constantFrom<CallEvent>(
        { type: 'ringing' },
        { type: 'answered' },
        { type: 'refused', reason: 'trunk_unavailable' },
        { type: 'lost', restarted: false },
        { ...hungUp, requestedBy: 'far_end' },
        { ...hungUp, requestedBy: 'our_side', cause: 19, sipStatus: 480 },
      ),
      token: fc.option(off, { freq: 4 }),
      ago: fc.constantFrom(0, 0, 0, 1, 3),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel'), call: any }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('expireOverdue', 'takeDueForQueue') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('takeSweepTurn'), everyMs: fc.constantFrom(2_000, 20_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('endOrphans'), seconds: fc.constantFrom(60, 3_600) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('toHangUp'), maxCallSeconds: fc.constantFrom(0, 10) }) },
);

describe('what the simulation takes for PostgreSQL', function () {
  this.timeout(patience(300_000));
  let db: TestDatabase;
  let database: Database;
  let userId: string;

  before(async () => {
    db = await createTestDatabase();
    await stopTheClock(db);
    // Time passes by setting PostgreSQL's clock.
    const clock = { ...createDatabaseClock(), steadyForMs: () => Infinity };
    database = openDatabase({ url: db.ownerUrl, applicationName: 'differential', clock, ...patientWaits() });
    userId = await createUser(db.database);
  });
  after(async () => {
    await database.close();
    await db.drop();
  });

  it('answers as PostgreSQL does, and its rows are the same, whatever is asked in whatever order', async () => {
    const runs = fc.asyncProperty(fc.array(op, { minLength: 15, maxLength: 40, size: 'max' }), compare);
    // Where others keep the machine busy it looks less deep, and no longer.
    const plugins = [fc.interruptAfterTimeLimit(patience(200_000))];
    await fc.assert(runs, { numRuns: depth({ quick: 25, deep: 500 }), plugins });
  });

  async function compare(ops: readonly Op[]): Promise<void> {
    await db.sql('TRUNCATE public.calls, public.call_events, public.worker_slots RESTART IDENTITY CASCADE');
    await db.sql(`UPDATE public.sweep_turns SET taken_at = '1970-01-01'`); // Long ago, as in a model that knows of none.
    const model = openModel();
    await setClock(model.now());
    const both = { model, leases: [] as Lease[], history: [] as Map<string, Row>[] };
    const start: Op[] = [0, 1].map((worker) => ({ do: 'acquire', worker, asterisk: 'a' }));
    const calls: Op[] = [1, 2, 3].map(() => ({ do: 'create', expiresInMs: 300_000 }));
    for (const [n, one] of [...start, ...calls, ...ops].entries()) {
      const [wanted, got] = await carryOut(one, both);
      const where = `operation ${n - start.length - calls.length}: ${JSON.stringify(one)}`;
      expect(got, where).to.deep.equal(wanted);
      expect(await rowsOfDatabase(), where).to.deep.equal(rowsOfModel(model));
      both.history.unshift(new Map(model.calls.rows().map((row) => [row.id, { ...row }])));
    }
  }

  /** @returns what the model answered, and what PostgreSQL did. */
  async function carryOut(
    one: Op,
    { model, leases, history }: { model: Model; leases: Lease[]; history: readonly Map<string, Row>[] },
  ): Promise<[wanted: unknown, got: unknown]> {
    const rows = model.calls.rows();
    const rowOf = (n: number): Row | undefined => rows[n % Math.max(1, rows.length)];
    const leaseOf = (n: number): Lease | undefined => leases[n % Math.max(1, leases.length)];
    /** The model's time is virtual; in the database it is what `tellTheTime` has just said. */
    const clockOf = (calls: unknown): Partial<Observation> =>
      calls === model.asked ? { receivedAt: model.now() } : {};
    const onCalls = (ask: (calls: Pick<WorkerCalls, keyof WorkerCalls>) => Promise<unknown>) =>
      Promise.all([ask(model.asked), ask(database.calls)]);

    switch (one.do) {
      case 'pass':
        model.pass(one.ms);
        await setClock(model.now());
        return [null, null];
      case 'create': {
        const call = { id: callIdOf(rows.length + 1), phoneNumber: '+33100000001', ringTimeoutMs: RING_TIMEOUT_MS };
        model.calls.create({ ...call, extension: 's', expiresInMs: one.expiresInMs });
        await database.calls.create(someNewCall({ ...call, userId, expiresInMs: one.expiresInMs }));
        return [null, null];
      }
      case 'acquire':
      case 'adopt': {
        const owner = WORKERS[one.worker % WORKERS.length] ?? '';
        const want = { asterisk: one.asterisk, entityId: `box ${one.asterisk}`, appPrefix: 'gw', owner, holder: owner };
        const ask = (slots: Database['slots']): Promise<Lease | null> =>
          one.do === 'acquire' ? slots.acquire(want) : slots.adopt(want);
        const [wanted, got] = await Promise.all([ask(model.slots), ask(database.slots)]);
        if (got !== null) leases.push(got);
        return [wanted, got];
      }
      case 'renew':
      case 'letGo':
      case 'release': {
        const lease = leaseOf(one.lease);
        if (lease === undefined) return [null, null];
        const ask = (slots: Database['slots']): Promise<unknown> =>
          one.do === 'renew' ? slots.renew(lease, { ...FOLLOWING, follows: one.follows }) : slots[one.do](lease);
        return Promise.all([ask(model.slots), ask(database.slots)]);
      }
      case 'claim': {
        const [row, lease] = [rowOf(one.call), leaseOf(one.lease)];
        if (row === undefined || lease === undefined) return [null, null];
        const limits = { maxConcurrentCalls: one.maxConcurrentCalls, originatePerSecond: 0 };
        return onCalls(async (calls) => {
          const answer = await calls.claim(row.id, lease, limits);
          return answer.outcome === 'claimed' ? [answer.call.id, answer.call.attempt, answer.call.claim] : answer;
        });
      }
      case 'othersFor': {
        const [row, lease] = [rowOf(one.call), leaseOf(one.lease)];
        if (row === undefined || lease === undefined) return [null, null];
        return Promise.all([model.slots.othersFor(row.id, lease), database.slots.othersFor(row.id, lease)]);
      }
      case 'void':
      case 'permit':
      case 'return': {
        const row = rowOf(one.call);
        if (row === undefined) return [null, null];
        const token = guardOf(row, one.token);
        return onCalls((calls) =>
          one.do === 'void'
            ? calls.voidClaim(row.id, token, 'test', 3_000, one.isRefusal)
            : one.do === 'permit'
              ? calls.permitDial({ callId: row.id, ...token })
              : calls.returnPermit({ callId: row.id, ...token }, 'test', 3_000),
        );
      }
      case 'apply': {
        const row = rowOf(one.call);
        if (row === undefined) return [null, null];
        const decidedOn = history[one.ago]?.get(row.id) ?? row;
        const transition = transitionFor(one.event, soFar(callOfRow(decidedOn)));
        if (transition === null) return [null, null];
        const token = one.token === null ? null : guardOf(row, one.token);
        return inOneMoment(() =>
          onCalls((calls) => calls.apply(someObservation(row.id, one.event, clockOf(calls)), transition, token)),
        );
      }
      case 'cancel': {
        const row = rowOf(one.call);
        if (row === undefined) return [null, null];
        model.calls.requestCancel(row.id);
        await inOneMoment(() => database.calls.requestCancel(row.id, null));
        return [null, null];
      }
      case 'expireOverdue':
        return inOneMoment(() => onCalls(async (calls) => byCallId(await calls.expireOverdue('sweep'))));
      case 'takeDueForQueue':
        return onCalls(async (calls) => (await calls.takeDueForQueue()).sort());
      case 'takeSweepTurn':
        return onCalls((calls) => calls.takeSweepTurn('overdue_calls', one.everyMs));
      case 'endOrphans':
        return inOneMoment(() => onCalls(async (calls) => byCallId(await calls.endOrphans(one.seconds))));
      case 'toHangUp': {
        const slotIds = leases.map(({ slotId }) => slotId);
        return onCalls(async (calls) => (await calls.toHangUp(slotIds, one.maxCallSeconds)).map(({ id }) => id).sort());
      }
    }
  }

  function guardOf(row: Row, { attempt, epoch }: Off) {
    return { attempt: row.attempt - attempt, slotId: row.slotId ?? 1, slotEpoch: (row.slotEpoch ?? 1) - epoch };
  }

  /** Also in the product, whose idea of the database's clock is as old as the last statement that told it. */
  async function setClock(ms: number): Promise<void> {
    await db.sql('UPDATE stopped.clock SET at = $1', [dateOf(ms)]);
    await tellTheTime();
  }

  async function tellTheTime(): Promise<void> {
    await database.calls.note(someObservation(callIdOf(0), 'continued'));
  }

  /** Has what is written as happening now happen in the one moment at which the clock stands. */
  async function inOneMoment<Answer>(write: () => Promise<Answer>): Promise<Answer> {
    await tellTheTime();
    const answer = await write();
    const columns = ['cancel_requested_at', 'ringing_at', 'answered_at', 'ended_at'];
    const moved = columns.map(
      (name) => `${name} = CASE WHEN ${name} > c.at - $1 * interval '1 ms' THEN c.at ELSE ${name} END`,
    );
    await db.sql(`UPDATE public.calls SET ${moved.join()} FROM stopped.clock c`, [MOMENT_MS]);
    return answer;
  }

  async function rowsOfDatabase() {
    const calls = await db.sql(
      `SELECT id, status::text, attempt, slot_id AS "slotId", slot_epoch AS "slotEpoch", expires_at AS "expiresAt",
         next_enqueue_at AS "nextEnqueueAt", enqueue_count AS "enqueueCount", cancel_requested_at AS "cancelRequestedAt",
         dial_sent_at AS "dialSentAt", ringing_at AS "ringingAt", answered_at AS "answeredAt", ended_at AS "endedAt",
         failure_reason AS "failureReason", hangup_cause AS "hangupCause", sip_status AS "sipStatus", hangup_by AS "hangupBy",
         ARRAY(SELECT (detail->>'refusedBy')::int FROM public.call_events WHERE call_id = calls.id AND detail ? 'refusedBy'
           ORDER BY call_events.id) AS "refusedBy"
       FROM public.calls ORDER BY id`,
    );
    const slots = await db.sql(
      'SELECT id, owner, epoch, lease_until AS "leaseUntil" FROM public.worker_slots ORDER BY id',
    );
    return { calls: calls.map(inVirtualTime), slots: slots.map(inVirtualTime) };
  }

  function rowsOfModel(model: Model) {
    // As the client said them, and what the simulation notes for itself: no rule changes these.
    const apart = new Set(['phoneNumber', 'extension', 'ringTimeoutMs', 'commitsLost', 'claimLost']);
    const calls = model.calls
      .rows()
      .map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !apart.has(name))));
    return { calls, slots: model.slotRows() };
  }
});

function byCallId(swept: readonly Swept[]): Swept[] {
  return [...swept].sort((a, b) => a.callId.localeCompare(b.callId));
}

function inVirtualTime(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.getTime() - EPOCH_MS : value]),
  );
}

/**
 * Functions of the same names in front of PostgreSQL's own tell every statement of the product the time that is set: two
 * clocks that run could never be compared.
 */
async function stopTheClock({ sql }: TestDatabase): Promise<void> {
  await sql('CREATE SCHEMA stopped');
  await sql('CREATE TABLE stopped.clock AS SELECT $1::timestamptz AS at', [dateOf(0)]);
  for (const name of ['clock_timestamp', 'now']) {
    await sql(
      `CREATE FUNCTION stopped.${name}() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM stopped.clock'`,
    );
  }
  await sql(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = stopped, public, pg_catalog', current_database()); END $$`,
  );
  await sql(`UPDATE installation SET name = 'sim'`);
}
