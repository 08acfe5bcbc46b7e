import { mutantsOf } from './mutants-of.js';

const CREDENTIALS = 'test/credentials.integration.test.ts';

const CALLS = 'test/calls.integration.test.ts';
const CLAUSES = 'test/clauses.integration.test.ts';

export const SLOTS_AND_USERS = mutantsOf('database', 'packages/database', [
  {
    breaks: 'an adopted slot is not renewed by its former epoch',
    file: 'src/slots.ts',
    find: ' AND epoch = ${slot.epoch}',
    replace: '',
    test: CLAUSES,
    title: 'are renewed by nobody whose epoch is over',
  },
  {
    breaks: 'a slot has one holder',
    file: 'src/slots.ts',
    find: 'AND (s.owner IS NULL OR s.lease_until',
    replace: 'AND (true OR s.lease_until',
    test: CALLS,
    title: 'go to one holder each',
  },
  {
    breaks: 'an adoption moves the epoch on',
    file: 'src/slots.ts',
    find: 'epoch = epoch + 1',
    replace: 'epoch = epoch',
    test: CALLS,
    title: 'are adopted with their open calls',
  },
  {
    breaks: 'an adoption restamps the slot’s open calls',
    file: 'src/slots.ts',
    find: 'WHERE slot_id = ${slot.id} AND ended_at IS NULL',
    replace: 'WHERE slot_id = ${slot.id} AND false',
    test: CALLS,
    title: 'are adopted with their open calls',
  },
  {
    breaks: 'nobody adopts the slots of another Asterisk',
    file: 'src/slots.ts',
    find: 'WHERE s.asterisk = ${asterisk} AND (o.busy',
    replace: 'WHERE (o.busy',
    test: CALLS,
    title: 'of another Asterisk are nobody’s business',
  },
  {
    breaks: 'a starting worker leaves a lease alone that has just run out',
    file: 'src/slots.ts',
    find: 'adopting ? 0 : ',
    replace: 'adopting || true ? 0 : ',
    test: CLAUSES,
    title: 'are not taken by a starting worker when their lease has just run out',
  },
  {
    breaks: 'a starting worker takes over what waits for a holder first',
    file: 'src/slots.ts',
    find: 'ORDER BY o.busy DESC, s.number',
    replace: 'ORDER BY s.number',
    test: CLAUSES,
    title: 'with open calls are taken first',
  },
  {
    breaks: 'a user who was switched off is known to be',
    file: 'src/user-brakes.ts',
    find: 'disabled_at IS NOT NULL AS disabled,',
    replace: 'false AS disabled,',
    test: 'test/users.integration.test.ts',
    title: 'are looked up as they are after every commit',
  },
  {
    breaks: 'a new password ends the tokens from before',
    file: 'src/users.ts',
    find: 'password_hash = ${passwordHash}, ${TOKENS_END}`',
    replace: 'password_hash = ${passwordHash}`',
    test: CREDENTIALS,
    title: 'count the version of a user’s tokens up with a new password and when switched off',
  },
  {
    breaks: 'a token that was ended is found to be, among many',
    file: 'src/tokens.ts',
    find: 'WHERE revoked_tokens.id = asked.token_id)',
    replace: 'WHERE false)',
    test: CREDENTIALS,
    title: 'tell of many tokens at once whose each is, and which was ended',
  },
  {
    breaks: 'a user has a role or does not exist',
    file: 'prisma/migrations/20261126230000_credentials/migration.sql',
    find: 'ALTER TABLE "users" ALTER COLUMN "role" DROP DEFAULT;',
    replace: '',
    test: CREDENTIALS,
    title: 'of a fresh installation know no user without a role',
  },
  {
    breaks: 'the database itself lets no dialled call wait again',
    file: 'prisma/migrations/20261122000000_init/migration.sql',
    find: `CHECK (("dial_sent_at" IS NULL) = (`,
    replace: `CHECK (true OR ("dial_sent_at" IS NULL) = (`,
    test: CALLS,
    title: 'is refused by the database itself',
  },
]);
