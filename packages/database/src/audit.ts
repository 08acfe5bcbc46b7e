import type { AuditDetail, AuditEntry, AuditEvent } from '@dialgate/domain';
import { Prisma, withDatabaseErrors, type Client } from './client.js';
import { togetherOrInHalves } from './in-halves.js';

/** An entry that waits to be written, and how long ago it happened, in milliseconds. */
export interface WaitingEntry {
  readonly entry: AuditEntry;
  readonly ageMs: number;
}

/** An entry as it stands in the trail. */
export interface WrittenEntry {
  readonly id: string;
  readonly at: Date;
  readonly event: AuditEvent;
  readonly source: AuditEntry['source'];
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly subjectKind: string | null;
  readonly subject: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly detail: AuditDetail;
}

/** Where a page of the trail ended. */
export interface AuditPosition {
  readonly at: Date;
  readonly id: string;
}

export interface AuditQuestion {
  readonly event: AuditEvent | null;
  /** The name of whoever did it. */
  readonly user: string | null;
  /** Not before, and before. */
  readonly from: Date | null;
  readonly to: Date | null;
  /** Only what is older than the end of the page before. */
  readonly before: AuditPosition | null;
  readonly limit: number;
}

export type AuditTrail = ReturnType<typeof createAuditTrail>;

/** How many entries one statement of `forget` deletes. */
const FORGET_LIMIT = 5_000;

export function createAuditTrail(client: Client) {
  const write = (entries: readonly WaitingEntry[]) => withDatabaseErrors(() => insert(client, entries));

  return {
    /**
     * Writes entries down, with the time at which they happened by the database's clock. A name that was only claimed, and
     * that is no user's, is cut to three characters: people type passwords into the wrong field.
     *
     * @param entries storable ones: see `storable` in the domain.
     */
    write,

    /** The same, but an entry that cannot be written takes no other with it. @returns for each null, or why it could not be. */
    writeEach: (entries: readonly WaitingEntry[]): Promise<readonly (Error | null)[]> =>
      togetherOrInHalves(entries, async (some) => {
        await write(some);
        return some.map(() => null);
      }),

    /** The entries that fit, the latest first. */
    read: ({ event, user, from, to, before, limit }: AuditQuestion): Promise<WrittenEntry[]> =>
      withDatabaseErrors(() => {
        // Only what is asked for: one plan for all filters would read the whole trail for most.
        const clauses = [
          ...(event === null ? [] : [Prisma.sql`event = ${event}`]),
          ...(user === null ? [] : [Prisma.sql`actor_name = ${user}`]),
          ...(from === null ? [] : [Prisma.sql`at >= ${from}::timestamptz`]),
          ...(to === null ? [] : [Prisma.sql`at < ${to}::timestamptz`]),
          ...(before === null ? [] : [Prisma.sql`(at, id) < (${before.at}::timestamptz, ${before.id}::bigint)`]),
        ];
        return client.$queryRaw<WrittenEntry[]>`
          SELECT id::text, at, event, source, actor_id AS "actorId", actor_name AS "actorName",
            subject_kind AS "subjectKind", subject, address, request_id AS "requestId", detail
          FROM audit_entries e ${clauses.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join(clauses, ' AND ')}`}
          -- By the number of the entry, not by its text.
          ORDER BY e.at DESC, e.id DESC LIMIT ${limit}`;
      }),

    /**
     * Deletes at most 5,000 of the entries older than so many days: 30 or more, which the database itself sees to.
     *
     * @returns whether more may be left.
     */
    forget: (days: number): Promise<boolean> =>
      withDatabaseErrors(async () => {
        const [row] = await client.$queryRaw<{ forgotten: number }[]>`
          SELECT forget_old_audit_entries(${days}::int, ${FORGET_LIMIT}::int) AS forgotten`;
        return row?.forgotten === FORGET_LIMIT;
      }),
  };
}

async function insert(client: Client, entries: readonly WaitingEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await client.$executeRaw`
    INSERT INTO audit_entries (at, event, source, actor_id, actor_name, subject_kind, subject, address, request_id, detail)
    SELECT clock_timestamp() - i."ageMs" * interval '1 ms', i.event, i.source, i."actorId",
      CASE WHEN i."actorId" IS NOT NULL OR EXISTS (SELECT 1 FROM users u WHERE u.username = i."actorName")
        THEN i."actorName" ELSE left(i."actorName", 3) || '***' END,
      i."subjectKind", i.subject, i.address, i."requestId", i.detail
    FROM jsonb_to_recordset(${JSON.stringify(entries.map(inputRow))}::jsonb) AS i(
      n int, "ageMs" float8, event text, source text, "actorId" uuid, "actorName" text, "subjectKind" text, subject text,
      address text, "requestId" text, detail jsonb)
    ORDER BY i.n`;
}

function inputRow({ entry, ageMs }: WaitingEntry, n: number): object {
  const { event, source, actor, subject, address, requestId, detail } = entry;
  return {
    n,
    ageMs,
    event,
    source,
    actorId: actor?.id,
    actorName: actor?.name,
    subjectKind: subject?.kind,
    subject: subject?.id,
    address,
    requestId,
    detail,
  };
}
