import { losesCommits, type Database } from '@dialgate/database';
import { every, type Logger, type Part } from '@dialgate/service-kit';

/** Standbys come and go; that they do is said once. */
const ASK_EVERY_MS = 60_000;

/** Says in the log when the primary does not wait for its standbys: then a failover may have a call dialled twice. */
export function watchReplication(database: Pick<Database, 'replication'>, log: Logger): Part {
  let said = false;
  return every(
    'replication',
    ASK_EVERY_MS,
    async () => {
      const replication = await database.replication();
      const asynchronous = losesCommits(replication);
      if (asynchronous && !said) log.warn({ ...replication }, 'PostgreSQL replicates asynchronously');
      said = asynchronous;
    },
    log,
  );
}
