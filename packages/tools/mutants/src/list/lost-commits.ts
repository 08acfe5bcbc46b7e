import { mutantsOf } from './mutants-of.js';

const GIVE_UP = 'test/give-up.test.ts';
const DECISIONS = 'test/reconcile-decisions.test.ts';
const LOST = 'test/lost-commits.integration.test.ts';

/** What a worker knows that the database has lost, and what it makes of what it sees. */
export const LOST_COMMITS = mutantsOf('lost commits', 'services/ari-worker', [
  {
    breaks: 'whoever gives an attempt up looks whether its channel is one that was dialled',
    file: 'src/originate/give-up.ts',
    find: "(isDialed) => (isDialed ? reply.body : 'undialed'),",
    replace: "() => 'undialed',",
    test: GIVE_UP,
    title: 'and not when it rings, talks or was tried',
  },
  {
    breaks: 'a channel that rings for a call that is over is hung up by whoever gives its attempt up',
    file: 'src/originate/give-up.ts',
    find: ' && call?.attempt === token.attempt && call.endedAt === null) {',
    replace: ' && call !== null) {',
    test: GIVE_UP,
    title: 'but does when it rings for a call that is over',
  },
  {
    breaks: 'a channel that cannot be looked at is not hung up',
    file: 'src/originate/give-up.ts',
    find: "() => 'unknown',",
    replace: "() => 'undialed',",
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
    find: 'restoreDials: createRestoreDials(common),',
    replace: 'restoreDials: () => undefined,',
    test: LOST,
    title: 'before its phone says a word, who has dialled tells the next one',
  },
  {
    breaks: 'who has lost every slot makes a row true in the one in which it was dialled',
    file: 'src/events/lost-dials.ts',
    find: 'dialedIn: sent?.slotId ?? null,',
    replace: 'dialedIn: null,',
    test: 'test/lost-claims.test.ts',
    title: 'is told to the rows of which a failover has lost it',
  },
  {
    breaks: 'a row is made true in the slot that has the channel’s events',
    file: 'packages/database/src/calls/restore-dial.ts',
    find: 'WHERE theirs.app = ${app}::text AND',
    replace: 'WHERE false AND',
    test: 'services/ari-worker/' + LOST,
    title: 'before its phone rings, and its worker is dead',
  },
  {
    breaks: 'a slot whose application was taken over is known to be lost at once',
    file: 'src/slots/slot-leases.ts',
    find: 'onReplaced: told.renewSoon',
    replace: 'onReplaced: () => undefined',
    test: 'test/slot-leases.test.ts',
    title: 'is renewed at once when its application was taken over',
  },
  {
    breaks: 'an application of that name on another Asterisk is not the one that has the channel’s events',
    file: 'packages/database/src/calls/restore-dial.ts',
    find: '(theirs.entity_id = ours.entity_id',
    replace: '(true',
    test: 'packages/database/test/boxes.integration.test.ts',
    title: 'have one of its own slots made true by the name of an application that both have',
  },
  {
    breaks: 'what was dialled is looked at after an outage',
    file: 'src/slots/worker-slots.ts',
    find: 'adoption.leasesRenewed()) parts.restoreDials();',
    replace: 'adoption.leasesRenewed()) void 0;',
    test: 'test/worker-slots.test.ts',
    title: 'look at what was dialled when the database is back',
  },
  {
    breaks: 'a call that another worker made true is given up by its dialler, too, who has adopted it',
    file: 'src/events/apply-event.ts',
    find: 'if (isAsterisks && lostDials.isAnothers(fresh)) return false;',
    replace: 'if (lostDials.isAnothers(fresh)) return false;',
    test: 'test/lost-claims.test.ts',
    title: 'is given up as lost by its first dialler, too, who has adopted the slot',
  },
  {
    breaks: 'a stray channel whose far end has said anything is not removed',
    file: 'src/reconcile/stray-channels.ts',
    find: 'return stray && lostDials.isLost(row, attempt, true) && showsDial(ari, channel);',
    replace: 'return stray && lostDials.isLost(row, attempt, false) && showsDial(ari, channel);',
    test: 'test/stray-channels.test.ts',
    title: 'is one that a failover has forgotten when its far end has said anything',
  },
]);
