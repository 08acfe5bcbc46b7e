import { mutantsOf } from './mutants-of.js';

const COUNTED = 'test/call-limits.integration.test.ts';
const EXACT = 'let exactly as many through as';
const STOPPED = 'are claimed and dialled no more, and end';

const DATABASE = mutantsOf('limits', 'packages/database', [
  {
    breaks: 'calls are counted and written by one instance at a time',
    file: 'src/calls/within-limits.ts',
    find: 'SELECT pg_advisory_xact_lock(',
    replace: 'SELECT concat(',
    test: COUNTED,
    title: EXACT,
  },
  {
    breaks: 'a key that was used before is answered beyond the limit',
    file: 'src/calls/within-limits.ts',
    find: 'key === null || !known.has(userKey(userId, key))',
    replace: 'known.size >= 0 || key === userId',
    test: COUNTED,
    title: 'answer a key that was used before',
  },
  {
    breaks: 'a refused call uses up no room',
    file: 'src/calls/create-call.ts',
    find: 'calls.filter(({ id }) => !over.has(id))',
    replace: 'calls.filter(({ id }) => id !== null || !over.has(id))',
    test: COUNTED,
    title: EXACT,
  },
  {
    breaks: 'a country is known for 30 days',
    file: 'src/calls/count-calls.ts',
    find: 'AND last_called_at > now() - ${COUNTRY_KNOWN_DAYS}',
    replace: 'AND last_called_at > now() - 12 * ${COUNTRY_KNOWN_DAYS}',
    test: COUNTED,
    title: 'know a country for 30 days',
  },
  {
    breaks: 'a user’s calls are counted apart from another’s',
    file: 'src/calls/count-calls.ts',
    find: 'FROM calls c WHERE c.user_id = u AND c.ended_at IS NULL',
    replace: 'FROM calls c WHERE u IS NOT NULL AND c.ended_at IS NULL',
    test: COUNTED,
    title: 'count no user’s calls for another',
  },
  {
    breaks: 'what was accepted counts no longer than its window',
    file: 'src/calls/count-calls.ts',
    find: 'WINDOW_SECONDS[limit] ?? 0} * interval',
    replace: '(WINDOW_SECONDS[limit] ?? 0) * 2} * interval',
    test: COUNTED,
    title: EXACT,
  },
  {
    breaks: 'the planner finds open calls by their index',
    file: 'src/calls/count-calls.ts',
    find: 'WHERE ended_at IS NULL ORDER BY user_id LIMIT',
    replace: 'WHERE ended_at::text IS NULL LIMIT',
    test: COUNTED,
    title: 'is not looked through for limits',
  },
  {
    breaks: 'a suspended user’s call is not claimed',
    file: 'src/calls/claim-call.ts',
    find: ' AND u.suspended_at IS NULL',
    replace: '',
    test: 'test/calls.integration.test.ts',
    title: STOPPED,
  },
  {
    breaks: 'a suspended user’s call is not dialled',
    file: 'src/calls/permit-dial.ts',
    find: ' AND u.suspended_at IS NULL',
    replace: '',
    test: 'test/calls.integration.test.ts',
    title: STOPPED,
  },
  {
    breaks: 'a user’s calls are counted by their running numbers',
    file: 'src/calls/count-calls.ts',
    find: 'ORDER BY a.user_nth DESC LIMIT 1) AS last`;',
    replace: 'ORDER BY a.at DESC LIMIT 1) AS last`;',
    test: COUNTED,
    title: 'hold where the clock is set back',
  },
  {
    breaks: 'running numbers go on where the clock was set back',
    file: 'src/calls/within-limits.ts',
    find: `WHERE a.user_id = i."userId" ORDER BY a.user_nth DESC`,
    replace: `WHERE a.user_id = i."userId" ORDER BY a.at DESC`,
    test: COUNTED,
    title: 'hold where the clock is set back',
  },
  {
    breaks: 'answers of before are looked up together',
    file: 'src/calls/create-call.ts',
    find: 'calls.filter(({ id }) => !createdAt.has(id)),',
    replace: 'calls.filter(({ id }) => !createdAt.has(id)).slice(1),',
    test: 'test/batches.integration.test.ts',
    title: 'is answered together where it was asked before',
  },
  {
    breaks: 'one bad row is looked for in halves, not by writing each by itself',
    file: 'src/in-halves.ts',
    find: 'const middle = Math.ceil(items.length / 2);',
    replace: 'const middle = 1;',
    test: 'test/batches.integration.test.ts',
    title: 'costs a few statements more where one of many cannot be created',
  },
]);

const DOMAIN = mutantsOf('limits', 'packages/domain', [
  {
    breaks: 'a limit is reached, not passed',
    file: 'src/limits/judge-limits.ts',
    find: 'count >= quota',
    replace: 'count > quota',
    test: 'test/call-limits.test.ts',
    title: 'lets as many through as it allows, of those that come together, too',
  },
  {
    breaks: 'of several limits the longest is named',
    file: 'src/limits/judge-limits.ts',
    find: 'b.retryAfterSeconds - a.retryAfterSeconds',
    replace: 'a.retryAfterSeconds - b.retryAfterSeconds',
    test: 'test/call-limits.test.ts',
    title: 'names the one that lasts longest',
  },
  {
    breaks: 'made-up numbers of no country are countries, too',
    file: 'src/limits/call-limits.ts',
    find: '(country ?? number.slice(0, 5))',
    replace: 'country',
    test: 'test/call-limits.test.ts',
    title: 'counts a number whose country cannot be told by its first digits',
  },
]);

const API = mutantsOf('limits', 'services/api', [
  {
    breaks: 'one phone is counted once, however its number is written',
    file: 'src/calls/judge-call.ts',
    find: '...countedOf(number), own: ownLimits,',
    replace: '...countedOf(number), number: number.text, own: ownLimits,',
    test: COUNTED,
    title: 'count it once however it is written',
  },
  {
    breaks: 'a suspended user places no calls',
    file: 'src/auth/refuse-suspended.ts',
    find: 'if (userOf(res).suspended) {',
    replace: 'if (userOf(res).disabled) {',
    test: 'test/toll-fraud-breaker.integration.test.ts',
    title: 'suspends a user at so many refusals over all instances',
  },
  {
    breaks: 'a lifted suspension begins a new count',
    file: 'src/calls/toll-fraud-breaker.ts',
    find: 'suspensionLiftedAt?.getTime() ?? 0',
    replace: 'suspensionLiftedAt === null ? 0 : 0',
    test: 'test/toll-fraud-breaker.integration.test.ts',
    title: 'begins a new count when an admin has lifted the suspension',
  },
  {
    breaks: 'calls of stopped users are ended by the workers, too',
    file: 'packages/service-kit/src/lifecycle/end-overdue.ts',
    find: 'const refused = await calls.refuseOfStopped();',
    replace: 'const refused: readonly StatusUpdate[] = [];',
    test: 'services/ari-worker/test/sweep.test.ts',
    title: 'says the new status of each call that it ended',
  },
  {
    breaks: 'calls without a worker are ended by the API and the workers of others',
    file: 'packages/service-kit/src/lifecycle/end-overdue.ts',
    find: 'const orphans = await calls.endOrphans(orphanSeconds);',
    replace: 'const orphans: readonly StatusUpdate[] = [];',
    test: 'services/ari-worker/test/sweep.test.ts',
    title: 'says the new status of each call that it ended',
  },
]);

export const LIMITS = [...DATABASE, ...DOMAIN, ...API];
