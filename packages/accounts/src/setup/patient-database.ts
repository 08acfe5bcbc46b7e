import { knock, whyAway } from '@dialgate/database';
import { waitFor } from '@dialgate/service-kit';

/** How long one try to connect may take, in milliseconds; then it is tried again. */
const CONNECT_WITHIN_MS = 30_000;

/** How to wait for a PostgreSQL. */
export interface DatabasePatience {
  readonly url: string;
  /** Hears every 10 s what is waited for. */
  readonly say: (sentence: string) => void;
  /** How long it is waited for, in milliseconds. Default 10 minutes. */
  readonly limitMs?: number | undefined;
  readonly connectWithinMs?: number | undefined;
}

/**
 * Does a piece of work that may be repeated with a PostgreSQL that may still be waking up: one that cannot be reached, or says
 * that it is starting, is asked again.
 *
 * @throws at once what is wrong for good, in PostgreSQL's own words; OutOfPatienceError at the limit.
 */
export function withDatabase<Result>(
  patience: DatabasePatience,
  work: (connectWithinMs: number) => Promise<Result>,
): Promise<Result> {
  const { url, say, limitMs, connectWithinMs = CONNECT_WITHIN_MS } = patience;
  return waitFor<Result>({
    what: `PostgreSQL at ${hostIn(url)}`,
    say,
    limitMs,
    ask: async () => {
      try {
        await knock(url, connectWithinMs); // Prisma would not tell a wrong password from a server that is away.
        return { got: await work(connectWithinMs) };
      } catch (error) {
        const notYet = whyAway(error);
        if (notYet === null) throw error;
        return { notYet };
      }
    },
  });
}

function hostIn(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'DATABASE_URL';
}
