import { coalesce } from '@dialgate/service-kit';
import {
  CALL_LIMIT_NAMES,
  DialgateError,
  formatCallerId,
  isLimited,
  limitsFor,
  type CallLimits,
} from '@dialgate/domain';
import { withDatabaseErrors, type Client, type Prisma } from '../client.js';
import { asError, only, togetherOrInHalves } from '../in-halves.js';
import type { CreatedCall, NewCall } from './new-call.js';
import { earlierAnswers, type AskedAgain } from './earlier-answers.js';
import { orderParts, type TryOf } from './order-parts.js';
import { limitInTheWay, noteAccepted, overLimits, type AskedCall } from './within-limits.js';

/** A call as it is written: asked for by a client, or a further one of an order. */
type WrittenCall = NewCall & { readonly tryOf: TryOf | null };

/** What became of it; a further call is not made when its order was canceled, is over, or has it already. */
type Written = CreatedCall | { readonly outcome: 'not_wanted' };

/**
 * How long after its creation the sweeper puts a call's job into the queue if nobody else did. Longer than the API needs
 * for doing it behind its answer.
 */
const FIRST_ENQUEUE_MS = 5_000;

const BATCH = {
  maxBatch: 500,
  maxInFlight: 2,
  maxWaiting: 5_000,
  whenFull: () =>
    new DialgateError('overloaded', 'Too many calls are being accepted at once.', { retryAfterSeconds: 2 }),
};

const NO_LIMITS = Object.fromEntries(CALL_LIMIT_NAMES.map((limit) => [limit, 0])) as CallLimits;

/** @param limits of the installation; counted exactly, over all instances. */
export function createIntake(client: Client, limits: CallLimits = NO_LIMITS) {
  const write: Insert = (calls) =>
    calls.some(({ counted }) => isLimited(limitsFor(limits, counted.own)))
      ? insertWithin(client, limits, calls)
      : insert(client, calls);
  const createOne = coalesce((calls: WrittenCall[]) => togetherOrInHalves(calls, write), BATCH);

  async function created(call: WrittenCall): Promise<Written> {
    const written = await createOne(call);
    if (written instanceof Error) throw written;
    return written;
  }

  return {
    /**
     * Writes a call down as `pending`. Concurrent requests share statements. With an idempotency key, the key and the
     * call are written together: a key that exists is answered with the call it made, whatever became of that, and
     * a call that a limit refuses uses up no key.
     *
     * @throws DialgateError a `CallLimit`, `overloaded`, `database_unavailable`
     */
    create: async (call: NewCall): Promise<CreatedCall> => {
      const written = await created({ ...call, tryOf: null });
      if (written.outcome === 'not_wanted')
        throw new DialgateError('internal', 'A call vanished while it was written.');
      return written;
    },

    /**
     * Writes down a further call of an order, and moves the order on with it; under the same limits.
     *
     * @returns whether it was made: false when the order was canceled, is over, or has gone on already.
     * @throws DialgateError a `CallLimit`, `overloaded`, `database_unavailable`
     */
    createTry: async (call: NewCall, tryOf: TryOf): Promise<boolean> =>
      (await created({ ...call, tryOf })).outcome === 'created',

    /**
     * What a request under an idempotency key was answered before; null when it is the first, or has no key. For requests that
     * would be refused today.
     *
     * @throws DialgateError `database_unavailable`
     */
    earlier: (call: AskedAgain): Promise<CreatedCall | null> =>
      withDatabaseErrors(async () => (await earlierAnswers(client, [call])).get(call.id) ?? null),

    /**
     * The limit that would refuse such a call just now, or null; for those who ask before they call.
     *
     * @throws DialgateError `database_unavailable`
     */
    limitInTheWay: (call: NewCall): Promise<DialgateError | null> =>
      isLimited(limitsFor(limits, call.counted.own))
        ? withDatabaseErrors(() => limitInTheWay(client, asked(call), limits))
        : Promise.resolve(null),
  };
}

type Insert = (calls: readonly WrittenCall[]) => Promise<(Written | Error)[]>;

function insertWithin(client: Client, limits: CallLimits, calls: readonly WrittenCall[]): ReturnType<Insert> {
  return inTransaction(client, async (tx) => {
    const over = await overLimits(tx, calls.map(asked), limits);
    const accepted = calls.filter(({ id }) => !over.has(id));
    const written = await insert(tx, accepted);
    const created = new Set(written.flatMap((one) => (one.outcome === 'created' ? [one.id] : [])));
    await noteAccepted(tx, accepted.filter(({ id }) => created.has(id)).map(asked));
    let next = 0; // What was written stands in the order of what was asked, with gaps.
    return calls.map((call) => over.get(call.id) ?? only(written.slice(next, ++next)));
  });
}

function asked({ id, userId, counted, idempotency }: NewCall): AskedCall {
  return { id, userId, ...counted, idempotencyKey: idempotency?.key ?? null };
}

/** Fails as soon as the work does: a frozen database would let the roll-back take as long again. */
function inTransaction<Result>(
  client: Client,
  work: (tx: Prisma.TransactionClient) => Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    client
      .$transaction(async (tx) => {
        try {
          return await work(tx);
        } catch (error) {
          reject(asError(error));
          throw error;
        }
      })
      .then(resolve, reject);
  });
}

async function insert(client: Prisma.TransactionClient, calls: readonly WrittenCall[]): Promise<Written[]> {
  if (calls.length === 0) return [];
  const { columns, taken, place, unless, kept } = orderParts(
    calls.some(({ retry, tryOf }) => retry !== null || tryOf !== null),
  );
  const created = await client.$queryRaw<{ id: string; created_at: Date }[]>`
    WITH input AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(calls.map((call, n) => ({ ...inputRow(call), n })))}::jsonb) AS i(
        n int, id uuid, "userId" uuid, "phoneNumber" text, context text, extension text, priority int, "ringTimeoutMs" int,
        "connectTo" text, "webhookUrl" text, "webhookEndpointId" uuid,
        "callerId" text, variables jsonb, metadata jsonb, "expiresInMs" float8, "notBefore" timestamptz, "callingWindow" jsonb, key text, fingerprint text${columns})
    ), keyed AS (
      INSERT INTO idempotency_keys (user_id, key, fingerprint, call_id)
      SELECT DISTINCT ON ("userId", key) "userId", key, fingerprint, id FROM input WHERE key IS NOT NULL
      ORDER BY "userId", key, n
      ON CONFLICT DO NOTHING
      RETURNING call_id
    )${taken}, created AS (
      INSERT INTO calls (id, user_id, phone_number, context, extension, priority, ring_timeout_ms, connect_to,
        webhook_url, webhook_endpoint_id, caller_id, variables, metadata, not_before, calling_window, expires_at, next_enqueue_at, order_id, order_try, order_look_at)
      SELECT id, "userId", "phoneNumber", context, extension, priority, "ringTimeoutMs", "connectTo",
        "webhookUrl", "webhookEndpointId", "callerId", variables, metadata,
        "notBefore", "callingWindow", greatest(now(), "notBefore") + "expiresInMs" * interval '1 ms',
        CASE WHEN "notBefore" > now() THEN "notBefore" ELSE now() + ${FIRST_ENQUEUE_MS} * interval '1 ms' END,
        ${place}
      FROM input WHERE (key IS NULL OR id IN (SELECT call_id FROM keyed)) ${unless}
      RETURNING id, created_at, order_id, order_try
    )${kept}, noted AS (
      INSERT INTO call_events (call_id, event, status, source, detail) SELECT id, 'created', 'pending', 'api',
        CASE WHEN order_try > 1 THEN jsonb_build_object('attempt_of', order_id, 'try', order_try) END FROM created
    )
    SELECT id, created_at FROM created`;

  const createdAt = new Map(created.map((row) => [row.id, row.created_at]));
  const earlier = await earlierAnswers(
    client,
    calls.filter(({ id }) => !createdAt.has(id)),
  );
  return calls.map(({ id, phoneNumber, tryOf }): Written => {
    const at = createdAt.get(id);
    if (at !== undefined) return { outcome: 'created', id, phoneNumber, createdAt: at };
    if (tryOf !== null) return { outcome: 'not_wanted' };
    const answer = earlier.get(id);
    if (answer === undefined) throw new DialgateError('internal', 'An idempotency key vanished while it was read.');
    return answer;
  });
}

function inputRow({ destination, idempotency, callerId, tryOf, hook, ...call }: WrittenCall): object {
  const place =
    tryOf !== null
      ? { orderId: tryOf.orderId, orderTry: tryOf.tryNumber, formerCallId: tryOf.formerCallId }
      : call.retry !== null && { orderId: call.id, orderTry: 1 };
  const reported = hook !== null && { webhookUrl: hook.url, webhookEndpointId: hook.endpointId };
  const written = { ...call, ...reported, ...destination, ...idempotency, ...place, counted: undefined }; // JSON leaves that out.
  return { ...written, callerId: callerId === null ? null : formatCallerId(callerId) };
}
