import type { Prisma } from '../client.js';
import type { CreatedCall, NewCall } from './new-call.js';

/** What tells a request that may have been made before. */
export type AskedAgain = Pick<NewCall, 'id' | 'userId' | 'idempotency' | 'phoneNumber'>;

/**
 * What the requests were answered with that came before under the same keys, by the id of the call that is asked for now; in one
 * statement. The fingerprint holds the number: it is the same as then, and the row's may have been erased.
 */
export async function earlierAnswers(
  client: Prisma.TransactionClient,
  calls: readonly AskedAgain[],
): Promise<ReadonlyMap<string, CreatedCall>> {
  const keyed = calls.flatMap(({ idempotency, ...call }) =>
    idempotency === null ? [] : [{ ...call, ...idempotency }],
  );
  if (keyed.length === 0) return new Map();
  const asked = keyed.map(({ userId, key }, n) => ({ n, userId, key }));
  const rows = await client.$queryRaw<{ n: number; fingerprint: string; id: string; created_at: Date }[]>`
    SELECT i.n, k.fingerprint, c.id, c.created_at
    FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) AS i(n int, "userId" uuid, key text)
    JOIN idempotency_keys k ON k.user_id = i."userId" AND k.key = i.key JOIN calls c ON c.id = k.call_id`;
  return new Map(
    rows.flatMap(({ n, fingerprint, id, created_at: createdAt }): [string, CreatedCall][] => {
      const again = keyed[n];
      if (again === undefined) return [];
      const { phoneNumber } = again;
      const same = fingerprint === again.fingerprint;
      return [[again.id, same ? { outcome: 'replayed', id, phoneNumber, createdAt } : { outcome: 'key_reused' }]];
    }),
  );
}
