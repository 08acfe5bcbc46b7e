import { isFinal, type Call, type CallStatus, type FailureReason } from '@dialgate/domain';
import { Prisma, withDatabaseErrors, type Client } from '../client.js';
import { CALL_COLUMNS, callOfRow, type CallRow } from './rows.js';

/** Which calls are asked for. What is absent, or null, keeps none out. */
export interface CallFilter {
  readonly userId: string | null;
  /** As it was asked for. */
  readonly phoneNumber?: string | undefined;
  readonly lastDigits?: string | undefined;
  readonly statuses?: readonly CallStatus[] | undefined;
  readonly failureReason?: FailureReason | undefined;
  readonly context?: string | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  /** Top-level keys of the metadata, and what they hold as text. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface CallPage {
  /** The newest first. */
  readonly calls: readonly Call[];
  /** The id to go on behind; null when all has been looked at. */
  readonly next: string | null;
}

/**
 * So many rows are looked at for one page. What no index knows (a reason, a context, digits, notes) is looked for among them; a
 * rare match may need many pages, and none of them is dear, however large the table has become.
 */
export const LOOKED_AT = 10_000;

/** By how much the clocks of the API, which makes the ids, and of the database may differ. */
export const CLOCKS_DIFFER_MS = 3_600_000;

export function createCallLists(client: Client) {
  return {
    /**
     * A page of calls, the newest first. Calls that are accepted meanwhile are on no later page; every other one is on exactly one.
     *
     * @param before the `next` of the page before, or null.
     * @param limit the most that a page has; it may have less, and go on all the same.
     */
    list: (filter: CallFilter, before: string | null, limit: number): Promise<CallPage> =>
      withDatabaseErrors(async () => {
        const { few, looked, last } = isOpenOnly(filter) ? lookAmongOpen(filter, before) : lookThrough(filter, before);
        const fits = where(unindexed(filter));
        // One statement, and so one look at the table: what it did not get to is where the next page begins. CASE, for PostgreSQL 18
        // would look for that of a full page, too, before a WHERE keeps it out.
        const rows = await client.$queryRaw<FoundRow[]>`
          WITH ${few} page AS MATERIALIZED (
            SELECT c.* FROM (${looked}) AS c ${fits} ${orderOf(filter)} LIMIT ${limit + 1}
          ), rest AS (
            SELECT CASE WHEN (SELECT count(*) FROM page) <= ${limit} THEN (${last}) END AS last
          )
          SELECT ${CALL_COLUMNS}, r.last FROM (VALUES (1)) AS one LEFT JOIN rest r ON true LEFT JOIN page c ON true
          ORDER BY c.id DESC`;
        return pageOf(rows, limit, filter);
      }),
  };
}

/** A call of the page, or nothing but where the look ended. */
type FoundRow = (CallRow | { readonly id: null }) & { readonly last: string | null };

function pageOf(rows: readonly FoundRow[], limit: number, filter: CallFilter): CallPage {
  const found = rows.flatMap((row) => (row.id === null ? [] : [callOfRow(row)]));
  const calls = found.slice(0, limit);
  if (found.length > limit) return { calls, next: calls.at(-1)?.id ?? null };
  const last = rows[0]?.last ?? null;
  return { calls, next: last !== null && isOneUsersToANumber(filter) ? idAfter(last) : last };
}

/** Parts of the statement. */
interface Look {
  /** What stands before the page, with its comma. */
  readonly few: Prisma.Sql;
  /** The rows that are looked at, by an index and in the order of the page. */
  readonly looked: Prisma.Sql;
  /** The last id of these where there may be more behind, or what `nextOfUser` says; else NULL. */
  readonly last: Prisma.Sql;
}

function lookThrough(filter: CallFilter, before: string | null): Look {
  const newest = Prisma.sql`FROM calls c ${where(indexed(filter, before))} ${orderOf(filter)}`;
  const last = Prisma.sql`SELECT c.id ${newest} OFFSET ${LOOKED_AT - 1} LIMIT 1`;
  return {
    few: Prisma.empty,
    looked: Prisma.sql`SELECT * ${newest} LIMIT ${LOOKED_AT}`,
    last: isOneUsersToANumber(filter) ? nextOfUser(filter, last) : last,
  };
}

/** Whether calls of others stand among those that are looked at. */
function isOneUsersToANumber({ userId, phoneNumber }: CallFilter): boolean {
  return userId !== null && phoneNumber !== undefined;
}

/**
 * Where a look among the calls of others ended, the page ends at the user's own next call, to whatever number: so nobody learns
 * when others called, and who has a few calls among a million of others comes to them in a few pages.
 */
function nextOfUser(filter: CallFilter, last: Prisma.Sql): Prisma.Sql {
  const own = where([...ofUser(filter), Prisma.sql`c.id < (${last})`]);
  return Prisma.sql`SELECT c.id FROM calls c ${own} ORDER BY c.user_id, c.id DESC LIMIT 1`;
}

/**
 * Of all calls few are open, wherever they lie among the others, and their index is no larger. It does not know their order: where
 * so many are open that sorting them is dear, the newest of all calls are looked through instead.
 */
function lookAmongOpen(filter: CallFilter, before: string | null): Look {
  const { looked, last } = lookThrough(filter, before);
  const open = where([...ofUser(filter), Prisma.sql`c.ended_at IS NULL`]);
  const areFew = Prisma.sql`(SELECT count(*) FROM few) <= ${LOOKED_AT}`;
  return {
    few: Prisma.sql`few AS MATERIALIZED (SELECT * FROM calls c ${open} ORDER BY c.user_id LIMIT ${LOOKED_AT + 1}),`,
    looked: Prisma.sql`SELECT * FROM few c ${where([...between(filter, before), areFew])}
      UNION ALL SELECT * FROM (${looked}) AS newest WHERE NOT ${areFew}`,
    last: Prisma.sql`SELECT (${last}) WHERE NOT ${areFew}`,
  };
}

function isOpenOnly({ statuses }: CallFilter): boolean {
  return statuses?.every((status) => !isFinal(status)) === true;
}

/** What an index leads to: these alone bound what is looked at, and nothing else stands beside them. */
function indexed(filter: CallFilter, before: string | null): Prisma.Sql[] {
  return [...(filter.phoneNumber === undefined ? ofUser(filter) : ofNumber(filter)), ...between(filter, before)];
}

function ofUser({ userId }: CallFilter): Prisma.Sql[] {
  return userId === null ? [] : [Prisma.sql`c.user_id = ANY(${[userId]}::uuid[])`];
}

function ofNumber({ phoneNumber }: CallFilter): Prisma.Sql[] {
  return phoneNumber === undefined ? [] : [Prisma.sql`c.phone_number = ANY(${[phoneNumber]}::text[])`];
}

/** The ids of a page and of a time: where the look into the index begins and ends. */
function between({ createdAfter, createdBefore }: CallFilter, before: string | null): Prisma.Sql[] {
  return [
    ...(createdAfter === undefined ? [] : [Prisma.sql`c.id >= ${idAt(createdAfter, -CLOCKS_DIFFER_MS)}::uuid`]),
    ...(createdBefore === undefined ? [] : [Prisma.sql`c.id < ${idAt(createdBefore, CLOCKS_DIFFER_MS)}::uuid`]),
    ...(before === null ? [] : [Prisma.sql`c.id < ${before}::uuid`]),
  ];
}

/**
 * The order in which rows are looked at. The column that tells them from all others comes first, as in its index, and is compared
 * with the one element of an array. Of an equal one PostgreSQL knows that it orders nothing, and would walk through everybody's
 * calls by their ids; behind a range it would read the index to the end of the range, wherever the ids end.
 */
function orderOf({ userId, phoneNumber }: CallFilter): Prisma.Sql {
  if (phoneNumber !== undefined) return Prisma.sql`ORDER BY c.phone_number, c.id DESC`;
  return userId === null ? Prisma.sql`ORDER BY c.id DESC` : Prisma.sql`ORDER BY c.user_id, c.id DESC`;
}

/** What is looked for row by row: all but the ids, for a look may also have the calls of other users or numbers. */
function unindexed(filter: CallFilter): Prisma.Sql[] {
  const { lastDigits, statuses, failureReason, context, createdAfter, createdBefore, metadata = {} } = filter;
  return [
    ...ofUser(filter),
    ...ofNumber(filter),
    ...(statuses === undefined ? [] : [Prisma.sql`c.status = ANY(${statuses}::call_status[])`]),
    ...(failureReason === undefined ? [] : [Prisma.sql`c.failure_reason = ${failureReason}`]),
    ...(context === undefined ? [] : [Prisma.sql`c.context = ${context}`]),
    ...(lastDigits === undefined ? [] : [Prisma.sql`right(c.phone_number, ${lastDigits.length}) = ${lastDigits}`]),
    ...(createdAfter === undefined ? [] : [Prisma.sql`c.created_at >= ${createdAfter}::timestamptz`]),
    ...(createdBefore === undefined ? [] : [Prisma.sql`c.created_at < ${createdBefore}::timestamptz`]),
    ...Object.entries(metadata).map(([key, value]) => Prisma.sql`c.metadata ->> ${key}::text = ${value}`),
  ];
}

function where(clauses: readonly Prisma.Sql[]): Prisma.Sql {
  return clauses.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join([...clauses], ' AND ')}`;
}

/** The least id that a call of that moment could have: ids begin with the milliseconds since 1970 (RFC 9562 §5.7). */
export function idAt(moment: Date, shiftMs = 0): string {
  const ms = Math.max(0, moment.getTime() + shiftMs);
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
}

/** The least id above this one. */
function idAfter(id: string): string {
  const hex = (BigInt(`0x${id.replaceAll('-', '')}`) + 1n).toString(16).padStart(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
