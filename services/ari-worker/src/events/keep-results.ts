import type { Calls } from '@dialgate/database';
import { isFinal, parseChannelId, RESULTS_AT_MOST, type AllowedVariables } from '@dialgate/domain';
import { aboutAttempt, type Logger } from '@dialgate/service-kit';
import { parseAriTime } from '../ari/events.js';
import type { InTimeAt } from '../ari/lateness.js';
import type { FollowedCalls } from './followed-calls.js';
import type { PendingWrites } from './pending-writes.js';
import { resultsIn, type ResultEvent } from './read-results.js';
import { retryWhileDatabaseIsDown } from './retry-while-database-is-down.js';

/** Never throws. */
export type KeepResults = (event: ResultEvent, sentSince: number) => void;

/**
 * Writes what the dialplan says of a call into the call's timeline, in order with all else that happens to it, and never anything
 * else: no status depends on it. Asterisk says it before the call's end, hangup handlers included (measured); what comes after
 * the end all the same is dropped, for the timeline of a call that is over is complete.
 */
export function createKeepResults(options: {
  readonly calls: Pick<Calls, 'note'>;
  readonly followed: FollowedCalls;
  readonly pendingWrites: Pick<PendingWrites, 'add'>;
  readonly inTimeAt: InTimeAt;
  readonly variables: AllowedVariables;
  readonly log: Logger;
}): KeepResults {
  const { calls, followed, pendingWrites, inTimeAt, variables, log } = options;

  return (event, sentSince) => {
    const results = resultsIn(event, variables);
    const ids = results === null ? null : parseChannelId(event.channel.id);
    if (results === null || ids === null) return; // Not asked for, or not ours: most of what Asterisk says of variables.

    const asteriskAt = parseAriTime(event.timestamp);
    const when = { asteriskAt, receivedAt: inTimeAt(asteriskAt, sentSince) };
    const names = Object.keys(results);
    const about = aboutAttempt(ids.callId, ids.attempt);
    pendingWrites
      .add(ids, async () => {
        const known = await retryWhileDatabaseIsDown(() => followed.find(ids.callId, ids.attempt));
        if (known?.call.attempt !== ids.attempt || isFinal(known.call.status)) return;
        const before = known.results;
        known.results += names.length;
        if (known.results > RESULTS_AT_MOST) {
          if (before <= RESULTS_AT_MOST) log.warn({ ...about, names }, 'Too many results, dropped');
          return;
        }
        log.info({ ...about, names }, 'Results received');
        const observation = { ...ids, ...when, event: 'result', source: 'asterisk', detail: { results } } as const;
        await retryWhileDatabaseIsDown(() => calls.note(observation));
      })
      .catch((error: unknown) => log.error({ ...about, error }, 'Results not kept'));
  };
}
