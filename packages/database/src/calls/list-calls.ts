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
        const within = where(indexed(filter, before));
        const newestFirst = orderOf(filter);
        const fits = where(unindexed(filter));
        // One statement, and so one look at the table: what it did not get to is where the next page begins.
        const rows = await client.$queryRaw<FoundRow[]>`
          WITH page AS MATERIALIZED (
            SELECT c.* FROM (SELECT * FROM calls c ${within} ${newestFirst} LIMIT ${LOOKED_AT}) AS c
            ${fits} ${newestFirst} LIMIT ${limit + 1}
          ), rest AS (
            SELECT (SELECT c.id FROM calls c ${within} ${newestFirst} OFFSET ${LOOKED_AT - 1} LIMIT 1) AS last
            WHERE (SELECT count(*) FROM page) <= ${limit}
          )
          SELECT ${CALL_COLUMNS}, r.last FROM (VALUES (1)) AS one LEFT JOIN rest r ON true LEFT JOIN page c ON true
          ORDER BY c.id DESC`;
        return pageOf(rows, limit);
      }),
  };
}

/** A call of the page, or nothing but where the look ended. */
type FoundRow = (CallRow | { readonly id: null }) & { readonly last: string | null };

function pageOf(rows: readonly FoundRow[], limit: number): CallPage {
  const found = rows.flatMap((row) => (row.id === null ? [] : [callOfRow(row)]));
  const calls = found.slice(0, limit);
  const next = found.length > limit ? calls.at(-1)?.id : rows[0]?.last;
  return { calls, next: next ?? null };
}

/** What an index leads to: these bound what is looked at. */
function indexed(filter: CallFilter, before: string | null): Prisma.Sql[] {
  const { userId, phoneNumber, statuses, createdAfter, createdBefore } = filter;
  return [
    ...(userId === null ? [] : [Prisma.sql`c.user_id BETWEEN ${userId}::uuid AND ${userId}::uuid`]),
    ...(phoneNumber === undefined ? [] : [Prisma.sql`c.phone_number BETWEEN ${phoneNumber} AND ${phoneNumber}`]),
    ...(statuses?.every((status) => !isFinal(status)) === true ? [Prisma.sql`c.ended_at IS NULL`] : []),
    ...(createdAfter === undefined ? [] : [Prisma.sql`c.id >= ${idAt(createdAfter, -CLOCKS_DIFFER_MS)}::uuid`]),
    ...(createdBefore === undefined ? [] : [Prisma.sql`c.id < ${idAt(createdBefore, CLOCKS_DIFFER_MS)}::uuid`]),
    ...(before === null ? [] : [Prisma.sql`c.id < ${before}::uuid`]),
  ];
}

/**
 * The order in which rows are looked at. The column that tells them from all others comes first, as in its index, and is compared
 * as a range: of an equal one PostgreSQL knows that it orders nothing, and would walk through everybody's calls by their ids.
 */
function orderOf({ userId, phoneNumber }: CallFilter): Prisma.Sql {
  if (phoneNumber !== undefined) return Prisma.sql`ORDER BY c.phone_number, c.id DESC`;
  return userId === null ? Prisma.sql`ORDER BY c.id DESC` : Prisma.sql`ORDER BY c.user_id, c.id DESC`;
}

/** What must be looked for row by row. */
function unindexed(filter: CallFilter): Prisma.Sql[] {
  const { lastDigits, statuses, failureReason, context, createdAfter, createdBefore, metadata = {} } = filter;
  return [
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
