import { coalesce } from '@dialgate/service-kit';
import { v7 as uuidv7 } from 'uuid';
import { withDatabaseErrors, type Client } from '../client.js';
import { LOOK_UP_BATCH } from '../users.js';
import { SWITCHED_ON } from './endpoints.js';

/** A host that a user's calls shall be reported to. */
interface HookHost {
  readonly userId: string;
  /** `https://crm.example.com`, with the port where it is another than the scheme's. */
  readonly origin: string;
}

/** How a user stands to such a host. */
export interface HookStanding {
  /** The endpoint that stands for the host; null until a call was reported to it. */
  readonly endpointId: string | null;
  /** It was switched off because nothing had succeeded for days. */
  readonly failing: boolean;
  /** Whether the user has a secret to sign with. */
  readonly hasSecret: boolean;
  /** To how many hosts their calls are reported. */
  readonly hosts: number;
}

/**
 * Hosts of the `webhook_url`s of calls. Each is an endpoint of its own, so that one that is slow or down is no matter of others.
 */
export function createCallHooks(client: Client) {
  const standings = coalesce(
    (asked: HookHost[]) => withDatabaseErrors(() => standingsOf(client, asked)),
    LOOK_UP_BATCH,
  );
  // One flush at a time: a batch that names a new host makes it once.
  const opened = coalesce((asked: (HookHost & { readonly most: number })[]) => openAll(client, asked), {
    ...LOOK_UP_BATCH,
    maxInFlight: 1,
  });

  return {
    /** @throws DialgateError `overloaded`, `database_unavailable` */
    hookStanding: (userId: string, origin: string): Promise<HookStanding> => standings({ userId, origin }),

    /**
     * Makes the endpoint that stands for a host, or switches one on again that was switched off because it failed: whoever has
     * another call reported there tries anew. One that its user has switched off stays so.
     *
     * @param most how many hosts a user may have.
     * @returns its id; null when they have as many.
     * @throws DialgateError `overloaded`, `database_unavailable`
     */
    openHookHost: (userId: string, origin: string, most: number): Promise<string | null> =>
      opened({ userId, origin, most }),

    /**
     * Gives a user a secret for their calls' reports; the one before is good for so many hours more.
     *
     * @returns until when; null without one.
     */
    rotateCallSecret: (userId: string, secret: string, overlapHours: number): Promise<Date | null> =>
      withDatabaseErrors(async () => {
        const [row] = await client.$queryRaw<{ until: Date | null }[]>`
          UPDATE users SET previous_call_webhook_secret = call_webhook_secret, call_webhook_secret = ${secret},
            previous_call_webhook_secret_until = CASE WHEN call_webhook_secret IS NOT NULL
              THEN now() + ${overlapHours}::int * interval '1 h' END
          WHERE id = ${userId}::uuid RETURNING previous_call_webhook_secret_until AS until`;
        return row?.until ?? null;
      }),
  };
}

async function standingsOf(client: Client, asked: readonly HookHost[]): Promise<HookStanding[]> {
  const input = JSON.stringify(asked.map((host, n) => ({ ...host, n })));
  return client.$queryRaw<HookStanding[]>`
    SELECT w.id AS "endpointId", coalesce(w.disabled_reason = 'failing', false) AS failing,
      u.call_webhook_secret IS NOT NULL AS "hasSecret",
      (SELECT count(*)::int FROM webhook_endpoints h WHERE h.user_id = i."userId" AND h.per_call) AS hosts
    FROM jsonb_to_recordset(${input}::jsonb) AS i(n int, "userId" uuid, origin text)
      LEFT JOIN users u ON u.id = i."userId"
      LEFT JOIN webhook_endpoints w ON w.user_id = i."userId" AND w.per_call AND w.url = i.origin
    ORDER BY i.n`;
}

async function openAll(
  client: Client,
  asked: readonly (HookHost & { readonly most: number })[],
): Promise<(string | null)[]> {
  const made = new Map<string, string | null>();
  for (const { userId, origin, most } of asked) {
    const key = `${userId} ${origin}`;
    if (!made.has(key)) made.set(key, await withDatabaseErrors(() => openOne(client, userId, origin, most)));
  }
  return asked.map(({ userId, origin }) => made.get(`${userId} ${origin}`) ?? null);
}

function openOne(client: Client, userId: string, origin: string, most: number): Promise<string | null> {
  return client.$transaction(async (tx) => {
    // Two at once would each count without the other. Calls of this user go on.
    await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
    await tx.$executeRaw`
      UPDATE webhook_endpoints SET ${SWITCHED_ON} WHERE user_id = ${userId}::uuid AND per_call AND url = ${origin}
        AND disabled_reason = 'failing'`;
    await tx.$executeRaw`
      INSERT INTO webhook_endpoints (id, user_id, url, events, secret, per_call)
      SELECT ${uuidv7()}::uuid, ${userId}::uuid, ${origin}, '{}', '', true
      WHERE (SELECT count(*) FROM webhook_endpoints WHERE user_id = ${userId}::uuid AND per_call) < ${most}
      ON CONFLICT (user_id, url) WHERE per_call DO NOTHING`;
    const [row] = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM webhook_endpoints WHERE user_id = ${userId}::uuid AND per_call AND url = ${origin}`;
    return row?.id ?? null;
  });
}
