import { mutantsOf } from './mutants-of.js';

const SCHEDULE = 'services/api/test/schedule.test.ts';
const BATCH = 'services/api/test/batch.integration.test.ts';
const WORKER = 'services/ari-worker/test/admission.integration.test.ts';
const WINDOWS = 'packages/domain/test/ordered-window.test.ts';

/** Calls that wait for their time, calls that come together, and those that are only asked about. */
export const SCHEDULING = mutantsOf('schedule', '.', [
  {
    breaks: 'nobody is called before the time that was named',
    file: 'packages/database/src/calls/claim-call.ts',
    find: ' AND (c.not_before IS NULL OR c.not_before <= clock_timestamp())',
    replace: '',
    test: 'packages/database/test/calls.integration.test.ts',
    title: 'is not for calls whose time has not come',
  },
  {
    breaks: 'a call does not expire before it may be dialled',
    file: 'packages/database/src/calls/create-call.ts',
    find: `greatest(now(), "notBefore") + "expiresInMs"`,
    replace: `now() + "expiresInMs"`,
    test: 'packages/database/test/calls.integration.test.ts',
    title: 'is not for calls whose time has not come',
  },
  {
    breaks: 'what waits for its time is no backlog',
    file: 'packages/database/src/calls/read-calls.ts',
    find: 'WHERE since <= clock_timestamp()`',
    replace: '`',
    test: 'packages/database/test/calls.integration.test.ts',
    title: 'is not for calls whose time has not come',
  },
  {
    breaks: 'nobody is called outside the hours that were ordered',
    file: 'services/ari-worker/src/originate/check-admission.ts',
    find: `if (verdict.verdict === 'allowed') return outsideItsHours(call, at);`,
    replace: `if (verdict.verdict === 'allowed') return null;`,
    test: WORKER,
    title: 'is given back when its hours are over as its turn comes',
  },
  {
    breaks: 'a call is queued again when its hours begin',
    file: 'services/ari-worker/src/originate/check-admission.ts',
    find: 'NEVER_AGAIN_MS : opensAt.getTime() - at.getTime()',
    replace: 'NEVER_AGAIN_MS : 1_000',
    test: WORKER,
    title: 'is given back when its hours are over as its turn comes',
  },
  {
    breaks: 'ordered hours are inside those of the installation',
    file: 'services/api/src/calls/schedule.ts',
    find: '...(hours === null ? [] : [hours])',
    replace: '',
    test: SCHEDULE,
    title: 'is in the hours of the installation, too',
  },
  {
    breaks: 'calls are ordered 30 days ahead at most',
    file: 'services/api/src/calls/schedule.ts',
    find: 'wanted.getTime() > at.getTime() + NOT_BEFORE_MAX_DAYS * DAY_MS',
    replace: 'wanted.getTime() < 0',
    test: SCHEDULE,
    title: 'is not before the time that was named',
  },
  {
    breaks: 'every window must be open',
    file: 'packages/domain/src/admission/ordered-window.ts',
    find: 'const closed = windows.find(',
    replace: 'const closed = windows.slice(0, 1).find(',
    test: WINDOWS,
    title: 'lies in all of them',
  },
  {
    breaks: 'each call of a batch counts for the rate limit',
    file: 'services/api/src/calls/create-batch.ts',
    find: 'await countCall(asker.userId);',
    replace: 'void countCall(asker.userId).catch(() => undefined);',
    test: BATCH,
    title: 'counts each call for every limit',
  },
  {
    breaks: 'refused calls of a batch stand in the audit trail',
    file: 'services/api/src/routes/batch.ts',
    find: 'recordRefusal(audit, req, error, result.number);',
    replace: '',
    test: BATCH,
    title: 'counts each call for every limit',
  },
  {
    breaks: 'a check is no look into the do-not-call list',
    file: 'services/api/src/calls/check-call.ts',
    find: 'onDoNotCallList: false,',
    replace: '',
    test: BATCH,
    title: 'tells nobody who is on the do-not-call list',
  },
  {
    breaks: 'a check counts as a request for a call',
    file: 'services/api/src/routes/check.ts',
    find: `requireScope('calls:create'), ...rateLimit,`,
    replace: `requireScope('calls:create'),`,
    test: 'services/api/test/openapi-answers.integration.test.ts',
    title: 'agree on batches and checks',
  },
]);
