import { mutantsOf } from './mutants-of.js';

const WORKER_SLOTS = 'test/worker-slots.test.ts';
const LEASES = 'test/slot-leases.test.ts';
const ROUNDS = 'test/rounds.test.ts';

/** What must not become slow, or late, when there is more of everything. */
export const GROWTH = mutantsOf('growth', 'services/ari-worker', [
  {
    breaks: 'a slow adoption keeps no lease from being renewed',
    file: 'src/slots/worker-slots.ts',
    find: 'const renewals = createRounds(slots.times.renewEveryMs, renewAll);',
    replace: 'const renewals = createRounds(slots.times.renewEveryMs, () => lookAfter().then(renewAll));',
    test: WORKER_SLOTS,
    title: 'are renewed while an adoption waits for its answer',
  },
  {
    breaks: 'one slow renewal keeps no other from being asked for',
    file: 'src/slots/worker-slots.ts',
    find: 'held.all().map((session) => leases.renew(session, stopping))',
    replace: 'held.all().slice(0, 1).map((session) => leases.renew(session, stopping))',
    test: WORKER_SLOTS,
    title: 'are all renewed, be the answer for one of them late',
  },
  {
    breaks: 'a slot that is being given back is not lost',
    file: 'src/slots/slot-leases.ts',
    find: "else if (session.mode() !== 'closed') lose(",
    replace: 'else lose(',
    test: WORKER_SLOTS,
    title: 'are not lost by a renewal that comes too late',
  },
  {
    breaks: 'a worker says which slots it holds when it looks for others',
    file: 'src/slots/slot-leases.ts',
    find: 'holding: held.ids() }',
    replace: 'holding: [] }',
    test: WORKER_SLOTS,
    title: 'are not adopted by their own holder',
  },
  {
    breaks: 'a lease that is over is renewed by its holder and not taken anew',
    file: 'packages/database/src/slots.ts',
    find: 'AND s.id <> ALL (${[...holding]}::int[])',
    replace: '',
    test: 'packages/database/test/boxes.integration.test.ts',
    title: 'do not get back by adoption what they hold',
  },
  {
    breaks: 'a lease whose answer was late is renewed at once',
    file: 'src/slots/slot-leases.ts',
    find: 'if (performance.now() - askedAt > slots.times.renewEveryMs) onAged();',
    replace: '',
    test: LEASES,
    title: 'is renewed at once when the answer that gave it came late',
  },
  {
    breaks: 'no two renewals run at once',
    file: 'src/slots/rounds.ts',
    find: 'again = true;',
    replace: '[again, underWay] = [true, undefined];',
    test: ROUNDS,
    title: 'never run twice at once',
  },
  {
    breaks: 'a stop waits for the renewal under way',
    file: 'src/slots/rounds.ts',
    find: 'await underWay;',
    replace: '',
    test: ROUNDS,
    title: 'begin no more once they are stopped',
  },
]);
