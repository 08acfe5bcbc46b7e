import { mutantsOf } from './mutants-of.js';

const STREAM = 'packages/client/src/stream-call.ts';
const CLIENT = 'packages/client/src/client.ts';
const STEP = 'packages/client/src/next-step.ts';
const REAL = 'packages/tools/local-stack/test/client.integration.test.ts';
const STEPS = 'packages/client/test/next-step.test.ts';
const STOPS = 'packages/client/test/stream-call.test.ts';
const CUTS = 'sees every entry of';
const PLACE = 'packages/database/src/calls/queue-place.ts';
const PLACES = 'packages/database/test/queue-place.integration.test.ts';
const VIEW = 'services/api/src/calls/queue-view.ts';
const VIEWS = 'services/api/test/queue-view.test.ts';

/** The typed client, and what a waiting call says of its place. */
export const CLIENTS = mutantsOf('client', '.', [
  {
    breaks: 'a stream comes back behind the last entry that was handed out',
    file: STREAM,
    find: '        last = id;',
    replace: '        last ??= id;',
    test: REAL,
    title: CUTS,
    built: true,
  },
  {
    breaks: 'a stream ends when it is told to, whatever fetch has forgotten',
    file: STREAM,
    find: `signal?.addEventListener('abort', abort);`,
    replace: `signal?.addEventListener('abort', release);`,
    test: STOPS,
    title: 'ends at once',
  },
  {
    breaks: 'a request that is repeated makes no second call',
    file: CLIENT,
    find: `const params = { header: { 'Idempotency-Key': idempotencyKey } };`,
    replace: `const params = { header: idempotencyKey === '' ? { 'Idempotency-Key': idempotencyKey } : {} };`,
    test: REAL,
    title: CUTS,
    built: true,
  },
  {
    breaks: 'a call is asked for where no stream is to be had',
    file: 'packages/client/src/wait-for-call.ts',
    find: 'isOpen ? LOOK_ANYWAY_MS : POLL_MS',
    replace: 'isOpen ? LOOK_ANYWAY_MS : 1_000_000_000',
    test: REAL,
    title: 'waits without a stream where none is to be had',
    built: true,
  },
  {
    breaks: 'nobody comes back sooner than they were told',
    file: STEP,
    find: 'told ?? Math.min(',
    replace: 'Math.min(',
    test: STEPS,
    title: 'comes no sooner than it was told, and then not all at once',
  },
  {
    breaks: 'a no is taken for an answer',
    file: STEP,
    find: 'return COME_AGAIN.has(status) ||',
    replace: 'return status >= 400 ||',
    test: STEPS,
    title: 'takes what is an answer',
  },
  {
    breaks: 'a place in the queue is by when a call became due',
    file: PLACE,
    find: '(w.due_at, w.id) < (me.due_at, me.id)',
    replace: 'w.id < me.id',
    test: PLACES,
    title: 'counts from when a call became due',
  },
  {
    breaks: 'no start is told where a call must wait for the end of another',
    file: VIEW,
    find: 'open + ahead >= lines',
    replace: 'open + ahead > lines',
    test: VIEWS,
    title: 'knows a start only as long as there is room for all that are ahead',
  },
  {
    breaks: 'a start is reckoned by the pace',
    file: VIEW,
    find: '+ ahead * gapMs',
    replace: '+ gapMs',
    test: VIEWS,
    title: 'reckons by the pace, from the next time that is given out',
  },
]);
