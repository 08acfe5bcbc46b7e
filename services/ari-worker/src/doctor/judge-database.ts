import { COLUMNS_OF_THIS_VERSION, losesCommits, type DatabaseFacts, type DatabaseRefusal } from '@dialgate/database';
import { guide, note, ok, unseen, wrong, type Finding } from './finding.js';

/** Null: nobody said where it is. */
export type DatabaseExamined = DatabaseFacts | { readonly kind: DatabaseRefusal; readonly code: string } | null;

const REFUSALS: Readonly<Record<DatabaseRefusal, readonly [string, string]>> = {
  unreachable: [
    'PostgreSQL cannot be reached',
    'Is it up, and are host and port of DATABASE_URL right? In a container localhost is the container.',
  ],
  not_ready: ['PostgreSQL is not ready', 'It is starting or going down, or has no connection left: max_connections.'],
  wrong_password: ['PostgreSQL refuses the login', 'Set the user and the password of DATABASE_URL right.'],
  no_such_database: ['The database is not there', `Create it, and run migrate: ${guide('without-containers')}.`],
  only_a_standby: [
    'Only a standby of PostgreSQL answers',
    `Promote it, or have DATABASE_URL lead to the primary: ${guide('a-postgresql-that-fails-over')}.`,
  ],
  refuses_parameters: [
    'A PgBouncer refuses what the services set when they connect',
    `Have it ignore the two parameters, and set them for the role: ${guide('a-postgresql-that-fails-over')}.`,
  ],
  other: ['PostgreSQL refuses', 'Its own log says why.'],
};

const MIGRATE = 'Run migrate, as at every upgrade (docker compose up migrate; systemctl start dialgate-migrate).';

/** As the guide has it. */
const OLDEST_SERVED = 15;

/** Connections that should be free for one more process of each kind. */
const FREE_CONNECTIONS = 12;

/** What is right and what is wrong with a database. Pure. */
export function judgeDatabase(examined: DatabaseExamined): Finding[] {
  if (examined === null) return [unseen('database', 'PostgreSQL: DATABASE_URL says nothing of use.')];
  if (examined.kind !== 'reached') {
    const [says, mend] = REFUSALS[examined.kind];
    return [wrong(`database_${examined.kind}`, `${says} (${examined.code}).`, mend)];
  }
  return [
    judgeVersion(examined),
    ...judgeTables(examined),
    judgePrivileges(examined),
    judgeConnections(examined),
    judgeReplication(examined),
  ];
}

function judgeVersion({ version }: DatabaseFacts): Finding {
  if (Number.parseInt(version, 10) >= OLDEST_SERVED) return ok('database', `PostgreSQL ${version} answers.`);
  return wrong('database_too_old', `PostgreSQL ${version} is too old.`, `Update it to ${OLDEST_SERVED} or later.`);
}

function judgeTables({ missingTables, columns, isStandby }: DatabaseFacts): Finding[] {
  const standby = isStandby
    ? [
        wrong(
          'database_only_a_standby',
          'DATABASE_URL leads to a standby, which takes no writes.',
          `Have it lead to the primary: ${guide('a-postgresql-that-fails-over')}.`,
        ),
      ]
    : [];
  if (missingTables.length > 0) {
    const which =
      missingTables.length > 3 ? `${missingTables.length} tables` : `the tables ${missingTables.join(', ')}`;
    return [
      ...standby,
      wrong('database_no_tables', `The database lacks ${which}, or its role may not see them.`, MIGRATE),
    ];
  }
  if (columns < COLUMNS_OF_THIS_VERSION) {
    return [...standby, wrong('database_old_tables', 'The tables are those of a former version of Dialgate.', MIGRATE)];
  }
  return [...standby, ok('database_tables', 'The tables are those of this version, or of a later one.')];
}

function judgePrivileges({ missingPrivileges, mayDoAnything }: DatabaseFacts): Finding {
  if (missingPrivileges.length > 0) {
    const some = missingPrivileges.slice(0, 3).join(', ');
    const more = missingPrivileges.length > 3 ? ` and ${missingPrivileges.length - 3} more` : '';
    return wrong(
      'database_privileges',
      `The role of DATABASE_URL lacks privileges: ${some}${more}.`,
      'Run migrate with MIGRATION_DATABASE_URL: it gives the role of DATABASE_URL what the services need.',
    );
  }
  if (!mayDoAnything)
    return ok('database_privileges', 'The role of DATABASE_URL may do what the services do, and no more.');
  return note(
    'database_owner',
    'The role of DATABASE_URL owns the tables or is a superuser: a service that was taken over could delete the audit trail.',
    `Let another role own the tables, in MIGRATION_DATABASE_URL: ${guide('without-containers')}.`,
  );
}

function judgeConnections({ connections: { most, used } }: DatabaseFacts): Finding {
  if (most - used >= FREE_CONNECTIONS)
    return ok('database_connections', `PostgreSQL has ${used} of ${most} connections in use.`);
  return wrong(
    'database_connections',
    `PostgreSQL has ${used} of ${most} connections in use.`,
    `Raise max_connections, or lower DATABASE_POOL_SIZE: ${guide('more-of-everything')}.`,
  );
}

function judgeReplication({ replication }: DatabaseFacts): Finding {
  if (losesCommits(replication)) {
    return wrong(
      'database_loses_commits',
      'PostgreSQL does not wait for its standbys: after a failover a call may be dialled twice.',
      `Set synchronous_standby_names: ${guide('a-postgresql-that-fails-over')}.`,
    );
  }
  const standbys = replication.standbys === 0 ? 'no standby' : 'standbys, and commits wait for them';
  return ok('database_replication', `PostgreSQL has ${standbys}.`);
}
