import { v7 as uuidv7 } from 'uuid';
import { withDatabaseErrors, Prisma, type Client } from '../client.js';

/** Where a user's calls are reported to, without its secrets. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly userId: string;
  readonly username: string;
  readonly url: string;
  readonly description: string | null;
  /** Whether it stands for the `webhook_url`s of calls at one host; `url` is its origin then. */
  readonly perCall: boolean;
  /** Types of events, or `call.*`. */
  readonly events: readonly string[];
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
  readonly disabledReason: 'by_user' | 'gone' | 'failing' | null;
  /** Since when no delivery has succeeded. */
  readonly failingSince: Date | null;
  /** Until when deliveries are signed with the secret before the last rotation as well. */
  readonly previousSecretUntil: Date | null;
}

export type NewWebhookEndpoint = Pick<WebhookEndpoint, 'userId' | 'url' | 'description' | 'events'> & {
  readonly secret: string;
};

/** What may be changed; what is absent stays. */
export interface WebhookChange {
  readonly url?: string;
  readonly description?: string | null;
  readonly events?: readonly string[];
  readonly enabled?: boolean;
}

/** Whose endpoint it must be; null for everybody's. */
type Owner = string | null;

/** The most that a list holds, the oldest first. */
const LIST_MAX = 1_000;

export function createWebhookEndpoints(client: Client) {
  const changed = (id: string, owner: Owner, assignments: Prisma.Sql): Promise<WebhookEndpoint | null> =>
    withDatabaseErrors(async () => {
      const [endpoint] = await client.$queryRaw<WebhookEndpoint[]>`
        WITH w AS (
          UPDATE webhook_endpoints w SET ${assignments}, updated_at = now() WHERE w.id = ${id}::uuid AND ${of(owner)} RETURNING *
        ) SELECT ${ENDPOINT} FROM w JOIN users u ON u.id = w.user_id`;
      return endpoint ?? null;
    });

  return {
    /** @param most how many endpoints a user may have. @returns null when they have as many. */
    create: (endpoint: NewWebhookEndpoint, most: number): Promise<WebhookEndpoint | null> =>
      withDatabaseErrors(() =>
        client.$transaction(async (tx) => {
          // Two at once would each count without the other. Calls of this user go on.
          await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${endpoint.userId}::uuid FOR NO KEY UPDATE`;
          const [created] = await tx.$queryRaw<WebhookEndpoint[]>`
            WITH w AS (
              INSERT INTO webhook_endpoints (id, user_id, url, description, events, secret)
              SELECT ${uuidv7()}::uuid, ${endpoint.userId}::uuid, ${endpoint.url}, ${endpoint.description},
                ${endpoint.events}::text[], ${endpoint.secret}
              WHERE (SELECT count(*) FROM webhook_endpoints WHERE user_id = ${endpoint.userId}::uuid AND NOT per_call) < ${most}
              RETURNING *
            ) SELECT ${ENDPOINT} FROM w JOIN users u ON u.id = w.user_id`;
          return created ?? null;
        }),
      ),

    list: (owner: Owner): Promise<WebhookEndpoint[]> =>
      withDatabaseErrors(
        () => client.$queryRaw<WebhookEndpoint[]>`
          SELECT ${ENDPOINT} FROM webhook_endpoints w JOIN users u ON u.id = w.user_id
          WHERE ${of(owner)} ORDER BY w.created_at, w.id LIMIT ${LIST_MAX}`,
      ),

    find: (id: string, owner: Owner): Promise<WebhookEndpoint | null> =>
      withDatabaseErrors(async () => {
        const [endpoint] = await client.$queryRaw<WebhookEndpoint[]>`
          SELECT ${ENDPOINT} FROM webhook_endpoints w JOIN users u ON u.id = w.user_id WHERE w.id = ${id}::uuid AND ${of(owner)}`;
        return endpoint ?? null;
      }),

    /** What waits for it is sent when it is switched on again. @returns null without such an endpoint. */
    change: (id: string, owner: Owner, { url, description, events, enabled }: WebhookChange) =>
      changed(
        id,
        owner,
        Prisma.join([
          Prisma.sql`url = coalesce(${url ?? null}, w.url)`,
          Prisma.sql`events = coalesce(${events ?? null}::text[], w.events)`,
          ...(description === undefined ? [] : [Prisma.sql`description = ${description}`]),
          ...(enabled === undefined ? [] : [enabled ? SWITCHED_ON : SWITCHED_OFF]),
        ]),
      ),

    /** Deliveries are signed with the secret so far, too, for so many hours. @returns null without such an endpoint. */
    rotateSecret: (id: string, owner: Owner, secret: string, overlapHours: number) =>
      changed(
        id,
        owner,
        Prisma.sql`previous_secret = w.secret, secret = ${secret}, previous_secret_until = now() + ${overlapHours}::int * interval '1 h'`,
      ),

    /** With all that waits for it and its log. @returns null without such an endpoint. */
    remove: (id: string, owner: Owner): Promise<WebhookEndpoint | null> =>
      withDatabaseErrors(async () => {
        const [removed] = await client.$queryRaw<WebhookEndpoint[]>`
          WITH w AS (DELETE FROM webhook_endpoints w WHERE w.id = ${id}::uuid AND ${of(owner)} RETURNING *)
          SELECT ${ENDPOINT} FROM w JOIN users u ON u.id = w.user_id`;
        return removed ?? null;
      }),
  };
}

/** Of an endpoint `w` and its user `u`. */
const ENDPOINT = Prisma.sql`w.id, w.user_id AS "userId", u.username, w.url, w.description, w.per_call AS "perCall", w.events,
  w.created_at AS "createdAt", w.disabled_at AS "disabledAt", w.disabled_reason AS "disabledReason",
  w.failing_since AS "failingSince",
  CASE WHEN w.previous_secret_until > now() THEN w.previous_secret_until END AS "previousSecretUntil"`;

export const SWITCHED_ON = Prisma.sql`disabled_at = NULL, disabled_reason = NULL, failing_since = NULL, held_until = NULL`;

const SWITCHED_OFF = Prisma.sql`disabled_at = coalesce(w.disabled_at, now()),
  disabled_reason = coalesce(w.disabled_reason, 'by_user')`;

function of(owner: Owner): Prisma.Sql {
  return Prisma.sql`(${owner}::uuid IS NULL OR w.user_id = ${owner}::uuid)`;
}
