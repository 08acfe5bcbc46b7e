import { mutantsOf } from './mutants-of.js';

const API_PARTS = 'test/process-parts.integration.test.ts';
const WORKER_PARTS = 'test/process-parts.integration.test.ts';

/** What only shows in the programs as operators run them. */
export const PROGRAMS = [
  ...mutantsOf('programs', 'services/api', [
    {
      breaks: 'the API sweeps',
      file: 'src/main.ts',
      find: 'createSweep({ calls, tokens, orphanSeconds, personalDataDays: keptFor.personalDataDays, withdrawals, log }),',
      replace: '',
      test: API_PARTS,
      title: 'ends a call that nobody dials in time',
      built: true,
    },
    {
      breaks: 'the API forgets keys that are too old',
      file: 'src/calls/sweep.ts',
      find: 'await calls.forgetOldKeys(personalDataDays)',
      replace: '0',
      test: API_PARTS,
      title: 'forgets idempotency keys that are two days old',
      built: true,
    },
    {
      breaks: 'the API withdraws with the list that its routes fill',
      file: 'src/main.ts',
      find: '  withdrawals,\n  streams,',
      replace: '  withdrawals: createWithdrawals({ calls, log }),\n  streams,',
      test: API_PARTS,
      title: 'takes back a call whose client was told 503',
      built: true,
    },
    {
      breaks: 'the API limits a user’s calls',
      file: 'src/main.ts',
      find: 'callLimits: config.limits.calls,',
      replace: '',
      test: API_PARTS,
      title: 'caps a user’s open calls',
      built: true,
    },
    {
      breaks: 'the board is there where it is switched on',
      file: 'src/main.ts',
      find: 'const board = config.web.boardEnabled',
      replace: 'const board = !config.web.boardEnabled',
      test: API_PARTS,
      title: 'has a board and documents, and neither where they are switched off',
      built: true,
    },
    {
      breaks: 'a load balancer keeps its connections',
      file: 'src/serve.ts',
      find: 'keepAliveTimeout: 65_000,',
      replace: 'keepAliveTimeout: 5_000,',
      test: 'test/serve.test.ts',
      title: 'is seconds, and for a load balancer',
    },
  ]),
  ...mutantsOf('programs', 'services/ari-worker', [
    {
      breaks: 'the worker keeps its alive file',
      file: 'src/main.ts',
      find: '...createAliveFile(config.ALIVE_FILE, log),',
      replace: '',
      test: WORKER_PARTS,
      title: 'keeps the file that says that it is alive',
      built: true,
    },
    {
      breaks: 'the worker says what it is built from',
      file: 'src/ports.ts',
      find: 'limits: limitsOf(config), build: THIS_BUILD };',
      replace: 'limits: limitsOf(config) };',
      test: WORKER_PARTS,
      title: 'says over Redis how it is',
      built: true,
    },
    {
      breaks: 'the worker does not start with a Redis that throws away keys',
      file: 'src/ports.ts',
      find: "{ name: 'eviction policy', start: eviction.start, stop: eviction.close },",
      replace: "{ name: 'eviction policy', stop: eviction.close },",
      test: WORKER_PARTS,
      title: 'does not start with a Redis that would throw away jobs',
      built: true,
    },
    {
      breaks: 'the worker says how it is',
      file: 'src/wiring.ts',
      find: "every('report', REPORT_EVERY_MS, report, log),",
      replace: "every('report', REPORT_EVERY_MS, () => Promise.resolve(), log),",
      test: WORKER_PARTS,
      title: 'says over Redis how it is',
      built: true,
    },
    {
      breaks: 'the worker writes down what it heard before it stops',
      file: 'src/wiring.ts',
      find: "{ name: 'events in order', stop: order.idle },",
      replace: '',
      test: 'test/wiring.test.ts',
      title: 'has written down what it heard before it is stopped',
    },
  ]),
];
