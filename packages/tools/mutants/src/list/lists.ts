import { mutantsOf } from './mutants-of.js';

const LISTS = 'packages/database/src/calls/list-calls.ts';
const API = 'services/api/test/list-calls.integration.test.ts';
const MANY = 'packages/database/test/call-limits.integration.test.ts';

/** Lists of calls, counts of what became of them, and timelines. */
export const LISTED = mutantsOf('lists', '.', [
  {
    breaks: 'users list their own calls only',
    file: LISTS,
    find: '...(userId === null ? [] : [Prisma.sql`c.user_id BETWEEN ${userId}::uuid AND ${userId}::uuid`]),',
    replace: '',
    test: API,
    title: 'has a user’s own, the newest first',
  },
  {
    breaks: 'only admins ask for the calls of others',
    file: 'services/api/src/auth/asked-user.ts',
    find: `if (own !== null) throw new DialgateError('forbidden'`,
    replace: `if (own === '') throw new DialgateError('forbidden'`,
    test: API,
    title: 'has everybody’s for admins, or those of one user',
  },
  {
    breaks: 'no call is on two pages',
    file: LISTS,
    find: 'Prisma.sql`c.id < ${before}::uuid`',
    replace: 'Prisma.sql`c.id <= ${before}::uuid`',
    test: API,
    title: 'comes in pages that have each call once',
  },
  {
    breaks: 'a page that found nothing goes on',
    file: LISTS,
    find: ': rows[0]?.last;',
    replace: ': null;',
    test: API,
    title: 'goes past what one page looks at',
  },
  {
    breaks: 'a page looks at so many calls and no more',
    file: LISTS,
    find: '${newestFirst} LIMIT ${LOOKED_AT}) AS c',
    replace: '${newestFirst} LIMIT 1000000) AS c',
    test: MANY,
    title: 'of a reason that none has',
  },
  {
    breaks: 'open calls are found by their index',
    file: LISTS,
    find: '[Prisma.sql`c.ended_at IS NULL`]',
    replace: '[Prisma.sql`true`]',
    test: MANY,
    title: 'that are open',
  },
  {
    breaks: 'a timeline is in the order of its numbers',
    file: 'packages/database/src/calls/timeline.ts',
    find: 'ORDER BY e.id LIMIT',
    replace: 'ORDER BY id LIMIT',
    test: API,
    title: 'has every entry in order',
  },
  {
    breaks: 'a timeline is for its user',
    file: 'services/api/src/routes/calls.ts',
    find: 'if ((await calls.find(callId, own)) === null) throw noSuchCall();',
    replace: 'if ((await calls.find(callId, null)) === null) throw noSuchCall();',
    test: API,
    title: 'has every entry in order',
  },
  {
    breaks: 'audit entries of one moment are in the order of their numbers',
    file: 'packages/database/src/audit.ts',
    find: 'ORDER BY e.at DESC, e.id DESC',
    replace: 'ORDER BY e.at DESC, id DESC',
    test: 'services/api/test/audit.integration.test.ts',
    title: 'is read in pages, the latest first, each entry once',
  },
  {
    breaks: 'a file is written for so many at once',
    file: 'services/api/src/routes/list.ts',
    find: 'if (files >= FILES_AT_ONCE) {',
    replace: 'if (files < 0) {',
    test: API,
    title: 'is broken off when its reader has gone',
  },
  {
    breaks: 'what a spreadsheet would run is no formula in a file',
    file: 'services/api/src/calls/calls-as-csv.ts',
    find: 'text === null ? null : inertCell(text)',
    replace: 'text',
    test: API,
    title: 'comes as one file, whatever a page holds',
  },
  {
    breaks: 'what a spreadsheet would run is no formula in the do-not-call list that is written out',
    file: 'packages/accounts/src/dnc-cli/csv.ts',
    find: 'inertCell(source)',
    replace: 'source',
    test: 'packages/accounts/test/dnc-cli.integration.test.ts',
    title: 'holds no formula when it is written out',
  },
]);
