import { Prisma, withDatabaseErrors, type Client } from './client.js';

/** How the primary's commits reach its standbys. */
export interface Replication {
  /** How many standbys stream just now. */
  readonly standbys: number;
  /** Whether a commit waits until a standby has written it. Without, a failover loses the last ones. */
  readonly synchronous: boolean;
}

/** A commit that is answered before a standby has flushed it may be lost with the primary. */
const WAITS: readonly string[] = ['on', 'remote_apply'];

/** To be selected by whoever asks. */
export const REPLICATION_COLUMNS = `(SELECT count(*)::int FROM pg_stat_replication) AS standbys,
          current_setting('synchronous_commit') AS "commit", current_setting('synchronous_standby_names') AS names`;

export interface ReplicationRow {
  readonly standbys: number;
  readonly commit: string;
  readonly names: string;
}

/** What these columns mean. Pure. */
export function replicationOf({ standbys, commit, names }: ReplicationRow): Replication {
  return { standbys, synchronous: names !== '' && WAITS.includes(commit) };
}

/**
 * Asks how commits are replicated. That any role may: of pg_stat_replication the application's role sees that a standby is there,
 * and nothing else of it; no privilege is needed for that.
 */
export function createReplicationCheck(client: Client): () => Promise<Replication> {
  return () =>
    withDatabaseErrors(async () => {
      const [row] = await client.$queryRaw<ReplicationRow[]>`SELECT ${Prisma.raw(REPLICATION_COLUMNS)}`;
      return replicationOf(row ?? { standbys: 0, commit: '', names: '' });
    });
}

/** Whether a failover would lose what was committed last: then a call may be dialled twice, or its end be told wrong. Pure. */
export function losesCommits({ standbys, synchronous }: Replication): boolean {
  return standbys > 0 && !synchronous;
}
