import { coalesce } from '@dialgate/service-kit';
import { DialgateError, type AdmissionFacts, type UserPermissions } from '@dialgate/domain';
import { withDatabaseErrors, type Client } from './client.js';
import { PERMISSIONS } from './users.js';

/**
 * What the database says about a call at this moment: see `AdmissionFacts`. Concurrent questions share a statement, so that it may
 * be asked for every call. It locks nothing.
 *
 * @param numbers that may ring, in canonical form.
 * @throws DialgateError `overloaded`, `database_unavailable`
 */
export type AskAdmissionFacts = (userId: string, numbers: readonly string[]) => Promise<AdmissionFacts>;

interface Question {
  readonly userId: string;
  readonly numbers: readonly string[];
}

/** Two at once, on two connections: one that is slow holds up no other. */
const BATCH = {
  maxBatch: 500,
  maxInFlight: 2,
  maxWaiting: 5_000,
  whenFull: () => new DialgateError('overloaded', 'Too many requests are waiting at once.', { retryAfterSeconds: 2 }),
};

/** @param lookUps connections on which nothing waits for long. */
export function createAdmissionFacts(lookUps: Client): AskAdmissionFacts {
  const ask = coalesce((questions: Question[]) => withDatabaseErrors(() => answers(lookUps, questions)), BATCH);
  return (userId, numbers) => ask({ userId, numbers });
}

async function answers(client: Client, questions: readonly Question[]): Promise<AdmissionFacts[]> {
  const input = JSON.stringify(questions.map((question, n) => ({ ...question, n })));
  const rows = await client.$queryRaw<(UserPermissions & { listed: boolean; at: Date })[]>`
    SELECT ${PERMISSIONS}, statement_timestamp() AS at, EXISTS (
      SELECT 1 FROM do_not_call d WHERE d.number = ANY (ARRAY(SELECT jsonb_array_elements_text(i.numbers)))
    ) AS listed
    FROM jsonb_to_recordset(${input}::jsonb) AS i(n int, "userId" uuid, numbers jsonb)
    LEFT JOIN users u ON u.id = i."userId"
    ORDER BY i.n`;
  return rows.map(({ listed, at, ...permissions }) => ({ permissions, onDoNotCallList: listed, at }));
}
