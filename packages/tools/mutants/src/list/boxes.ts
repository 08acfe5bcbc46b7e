import { mutantsOf } from './mutants-of.js';

export const BOXES = mutantsOf('boxes', 'services/ari-worker', [
  {
    breaks: 'a worker that takes a slot has the last word on its calls',
    file: 'packages/database/src/calls/sweep-calls.ts',
    find: "soFar(call), 'sweep', token)",
    replace: "soFar(call), 'sweep', null)",
    test: 'packages/database/test/claim-races.integration.test.ts',
    title: 'a call is not ended as an orphan when a worker takes its slot just then',
  },
  {
    breaks: 'a slot whose last reconciliation failed is not ready',
    file: 'src/slots/slot-upkeep.ts',
    find: "begun = done(begun, 'reconcile_failed');",
    replace: '',
    test: 'test/slot-upkeep.test.ts',
    title: 'is ready no more when a reconciliation fails',
  },
  {
    breaks: 'a slot is left where another Asterisk answers',
    file: 'src/slots/slot-mode.ts',
    find: "other_asterisk: 'misplaced', ",
    replace: '',
    test: 'test/slot-upkeep.test.ts',
    title: 'is never ready where another Asterisk answers',
  },
  {
    breaks: 'the only box has no breaker that could hold its calls up',
    file: 'src/originate/breaker-mode.ts',
    find: 'const opens = !event.isAlone && ',
    replace: 'const opens = ',
    test: 'test/breaker-mode.test.ts',
    title: 'any number of refusals while no other box is ready',
  },
  {
    breaks: 'a breaker counts refusals in a row',
    file: 'src/originate/breaker-mode.ts',
    find: "mode: 'closed', refusals: 0, recent }",
    replace: "mode: 'closed', refusals: before.refusals, recent }",
    test: 'test/breaker-mode.test.ts',
    title: 'refusals with a channel made between them',
  },
]);
