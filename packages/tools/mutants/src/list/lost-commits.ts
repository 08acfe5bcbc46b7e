import { mutantsOf } from './mutants-of.js';

const GIVE_UP = 'test/give-up.test.ts';
const DECISIONS = 'test/reconcile-decisions.test.ts';
const LOST = 'test/lost-commits.integration.test.ts';

/** What a worker knows that the database has lost, and what it makes of what it sees. */
export const LOST_COMMITS = mutantsOf('lost commits', 'services/ari-worker', [
  {
    breaks: 'whoever gives an attempt up looks whether its channel is one that was dialled',
    file: 'src/originate/give-up.ts',
    find: "if (dialed === 'no') await ari.hangUp(channelId);",
    replace: 'await ari.hangUp(channelId);',
    test: GIVE_UP,
    title: 'and not when it rings, talks or was tried',
  },
  {
    breaks: 'a channel that was dialled under a number that a lost claim gave out again is told to its row',
    file: 'src/originate/give-up.ts',
    find: "if (dialed === 'yes' && call !== null && lostDials.isLost(call, token.attempt, true)) {",
    replace: "if (dialed === 'no' && call !== null && lostDials.isLost(call, token.attempt, true)) {",
    test: GIVE_UP,
    title: 'and not when it rings, talks or was tried',
  },
  {
    breaks: 'a channel that cannot be looked at is not hung up',
    file: 'src/originate/give-up.ts',
    find: "return 'unknown';",
    replace: "return 'no';",
    test: GIVE_UP,
    title: 'and not when Asterisk does not say what it is',
  },
  {
    breaks: 'a phone that was tried was dialled',
    file: 'src/ari/last-response.ts',
    find: '/^SIP \\d/',
    replace: '/^SIP 18/',
    test: LOST,
    title: 'before its phone rings, and its worker is dead',
  },
  {
    breaks: 'a claim is voided when its channel was seen undialled twice',
    file: 'src/reconcile/decisions.ts',
    find: "'confirmed' in channel && channel.confirmed ? 'void_then_hang_up' : 'reconcile_again'",
    replace: "'confirmed' in channel ? 'void_then_hang_up' : 'reconcile_again'",
    test: DECISIONS,
    title: 'claimed, nobody works on it, at the first look',
  },
  {
    breaks: 'who loses a slot tells what was dialled in it',
    file: 'src/wiring.ts',
    find: 'onLost: createRestoreDials(common),',
    replace: 'onLost: () => undefined,',
    test: LOST,
    title: 'before its phone says a word, who has dialled tells the next one',
  },
  {
    breaks: 'who has lost every slot makes a row true in the one in which it was dialled',
    file: 'src/events/lost-dials.ts',
    find: 'dialedIn: sent?.slotId ?? null,',
    replace: 'dialedIn: null,',
    test: 'test/lost-claims.test.ts',
    title: 'are told to their rows as dialled',
  },
  {
    breaks: 'a row is made true in the slot that has the channel’s events',
    file: 'packages/database/src/calls/restore-dial.ts',
    find: '(SELECT id FROM worker_slots WHERE app = ${app}::text),',
    replace: '',
    test: 'services/ari-worker/' + LOST,
    title: 'before its phone rings, and its worker is dead',
  },
  {
    breaks: 'a slot whose application was taken over is known to be lost at once',
    file: 'src/slots/slot-leases.ts',
    find: "if (session.connection() === 'replaced') renewSoon();",
    replace: '',
    test: 'test/slot-leases.test.ts',
    title: 'is renewed at once when its application was taken over',
  },
]);
