import { mutantsOf } from './mutants-of.js';

const PRIVILEGES = 'packages/database/test/privileges.integration.test.ts';
const ERASURE = 'packages/database/test/erasure.integration.test.ts';
const TRAIL = 'services/api/test/audit.integration.test.ts';

/** Who did what, what the services' role may do, and what is forgotten. */
export const AUDIT = mutantsOf('audit', 'packages/database', [
  {
    breaks: 'the services cannot delete audit entries',
    file: 'src/privileges.ts',
    find: "audit_entries: 'SELECT, INSERT',",
    replace: "audit_entries: 'SELECT, INSERT, DELETE',",
    test: PRIVILEGES,
    title: 'is refused ',
  },
  {
    breaks: 'the services cannot change audit entries',
    file: 'src/privileges.ts',
    find: "audit_entries: 'SELECT, INSERT',",
    replace: "audit_entries: 'SELECT, INSERT, UPDATE',",
    test: PRIVILEGES,
    title: 'is refused ',
  },
  {
    breaks: 'the role of the services loses what it has no use for',
    file: 'src/privileges.ts',
    find: 'inSchema((schema) => `REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM ${role}`),',
    replace: '',
    test: PRIVILEGES,
    title: 'loses what it has been given beyond that',
  },
  {
    breaks: 'a rollback takes nothing from the services of the newer version',
    file: 'src/migrate.ts',
    find: 'takeTheRest: !isAhead',
    replace: 'takeTheRest: true',
    test: PRIVILEGES,
    title: 'keeps what a newer version has given it',
  },
  {
    breaks: 'audit entries of the last 30 days stay, whatever is asked for',
    file: 'prisma/migrations/20261126200000_audit_and_erasure/migration.sql',
    find: 'greatest(keep_days, 30)',
    replace: 'keep_days',
    test: PRIVILEGES,
    title: 'gets rid of audit entries by the function alone',
  },
  {
    breaks: 'a name that is nobody’s is cut: it may be a password',
    file: 'src/audit.ts',
    find: `ELSE left(i."actorName", 3) || '***' END`,
    replace: `ELSE i."actorName" END`,
    test: TRAIL,
    title: 'tells wrong logins with the name that was tried',
  },
  {
    breaks: 'the audit trail has three digits of a refused number',
    file: 'services/api/src/audit/record-refusals.ts',
    find: 'number: maskedNumber(askedNumber)',
    replace: 'number: askedNumber',
    test: TRAIL,
    title: 'tells refused calls with their code and three digits',
  },
  {
    breaks: 'the audit trail is for admins',
    file: 'services/api/src/routes/audit.ts',
    find: "requireScope('admin')",
    replace: "requireScope('calls:read')",
    test: TRAIL,
    title: 'is for admins only',
  },
  {
    breaks: 'an audit entry that cannot be written takes no other with it',
    file: 'src/audit.ts',
    find: 'togetherOrInHalves(entries, async (some) => {',
    replace: 'withDatabaseErrors(async (some = entries) => {',
    test: 'test/audit.integration.test.ts',
    title: 'although one of them cannot be written',
  },
  {
    breaks: 'a suspension is written down although the user’s name cannot be read',
    file: 'services/api/src/audit/record-suspensions.ts',
    find: '.catch(() => null))?.username',
    replace: ')?.username',
    test: 'services/api/test/record-suspensions.test.ts',
    title: 'also when the user’s name cannot be read any more',
  },
  {
    breaks: 'open calls keep their numbers',
    file: 'src/calls/erase-calls.ts',
    find: "WHERE ended_at IS NOT NULL AND erased_at IS NULL AND ended_at < now() - ${days} * interval '1 day'",
    replace: "WHERE erased_at IS NULL AND created_at < now() - ${days} * interval '1 day'",
    test: ERASURE,
    title: 'leaves calls alone that are open',
  },
  {
    breaks: 'the timeline of an erased call forgets what Asterisk said',
    file: 'src/calls/erase-calls.ts',
    find: "e.detail - '{asterisk,results}'::text[]",
    replace: 'e.detail',
    test: ERASURE,
    title: 'leaves no number, name, variable or note',
  },
]);
