import { durationSeconds, type Call } from '@dialgate/domain';
import { readRecordings } from '@dialgate/testing';
import { expect } from 'chai';
import { replay } from './replay.js';

type Expected = readonly [
  status: Call['status'],
  hangupCause: number | null,
  sipStatus: number | null,
  failureReason: Call['failureReason'],
  hangupBy: Call['hangupBy'],
  /** Whole seconds from answer to end. */
  duration: number | null,
];

/**
 * What each recorded call must end as, written down from what was done to it: what its callee does (docker/sipp, by the
 * number's last digits; `[test]` in docker/asterisk/extensions.conf for `Local/`), which cause and which SIP response
 * Asterisk gives for that, and the design's rules for the status. Of a ring timeout, and of some hangups with a reason,
 * Asterisk itself says a SIP response that nobody sent.
 */
const EXPECTED: Readonly<Record<string, Expected>> = {
  // Answered: completed, whoever ended it. The short IVR takes a second and a half, a callee that says BYE one.
  'answer-local-hangup': ['completed', 16, null, null, 'dialplan', 1],
  'answer-local-hangup-bye-unanswered': ['completed', 16, null, null, 'dialplan', 1],
  'answer-remote-bye': ['completed', 16, null, null, 'callee', 1],
  'early-media-183-then-answer': ['completed', 16, null, null, 'dialplan', 1],
  'slow-200-no-ringing': ['completed', 16, null, null, 'dialplan', 1],
  'results-after-continue': ['completed', 16, null, null, 'dialplan', 0],
  'ivr-exten-missing': ['completed', 16, null, null, 'dialplan', 0],
  'local-answer': ['completed', 16, null, null, 'callee', 1],
  'local-ringanswer': ['completed', 16, null, null, 'callee', 1],
  // Hung up by its client 0.7 s after the answer.
  'delete-after-answer-plain': ['completed', 16, null, null, 'gateway', 0],
  'delete-after-answer-reasoncode-16': ['completed', 16, null, null, 'gateway', 0],

  // Hung up by its client before anybody answered, with whatever reason.
  'cancel-before-any-response': ['canceled', 26, null, null, 'gateway', null],
  'cancel-glare-answer': ['canceled', 26, null, null, 'gateway', null],
  'cancel-immediately': ['canceled', 26, null, null, 'gateway', null],
  'cancel-while-ringing-plain': ['canceled', 16, null, null, 'gateway', null],
  'cancel-while-ringing-reason-busy': ['canceled', 17, 486, null, 'gateway', null],
  'cancel-while-ringing-reason-normal': ['canceled', 16, null, null, 'gateway', null],
  'cancel-while-ringing-reasoncode-127': ['canceled', 127, 500, null, 'gateway', null],

  // Busy: a word of the callee.
  'sip-486': ['busy', 17, 486, null, 'callee', null],
  '486-with-q850-21': ['busy', 17, 486, null, 'callee', null],
  'ring-then-486': ['busy', 17, 486, null, 'callee', null],
  'sip-603': ['busy', 21, 603, 'declined', 'callee', null],
  'ring-then-603': ['busy', 21, 603, 'declined', 'callee', null],
  'local-busy': ['busy', 17, null, null, 'callee', null],
  'local-busynow': ['busy', 17, null, null, 'callee', null],

  // Nobody answered: the phone rang (or early media played) until the ring timeout; or the network said so.
  'ring-forever-timeout4': ['no_answer', 19, 480, null, 'gateway', null],
  'early-media-forever-timeout4': ['no_answer', 19, 480, null, 'gateway', null],
  'cancel-answer-glare-timeout3': ['no_answer', 19, 480, null, 'gateway', null],
  'local-noanswer-timeout3': ['no_answer', 19, null, null, 'gateway', null],
  'sip-480': ['no_answer', 19, 480, null, 'callee', null],

  // A dead trunk or phone is not an unanswered one: nothing ever rang.
  'trying-only-timeout4': ['failed', 19, 480, 'unreachable', 'gateway', null],
  'local-silent-timeout3': ['failed', 19, null, 'unreachable', 'gateway', null],
  'no-response-timerB': ['failed', 18, 408, 'unreachable', 'callee', null],
  'unreachable-port-closed': ['failed', 18, 408, 'unreachable', 'callee', null],
  'sip-408': ['failed', 18, 408, 'unreachable', 'callee', null],

  // Refused by the far end.
  'sip-401': ['failed', 21, 401, 'rejected', 'callee', null],
  'sip-403': ['failed', 21, 403, 'rejected', 'callee', null],
  'sip-501': ['failed', 29, 501, 'rejected', 'callee', null],
  'sip-404': ['failed', 1, 404, 'invalid_number', 'callee', null],
  'sip-604': ['failed', 1, 604, 'invalid_number', 'callee', null],
  'sip-484': ['failed', 28, 484, 'invalid_number', 'callee', null],
  'local-hc1': ['failed', 1, null, 'invalid_number', 'callee', null],
  'sip-488': ['failed', 58, 488, 'media', 'callee', null],
  'sip-606': ['failed', 58, 606, 'media', 'callee', null],
  'sip-500': ['failed', 38, 500, 'congestion', 'callee', null],
  'sip-502': ['failed', 27, 502, 'congestion', 'callee', null],
  'sip-504': ['failed', 102, 504, 'congestion', 'callee', null],
  'sip-400': ['failed', 127, 400, 'interworking', 'callee', null],
  'sip-405': ['failed', 127, 405, 'interworking', 'callee', null],
  'sip-415': ['failed', 127, 415, 'interworking', 'callee', null],
  'sip-481': ['failed', 127, 481, 'interworking', 'callee', null],
  'sip-482': ['failed', 127, 482, 'interworking', 'callee', null],
  'sip-487': ['failed', 127, 487, 'interworking', 'callee', null],

  // Never left Asterisk: no channel, or a `Local/` one with nowhere to go, whose end nobody asks for.
  'endpoint-without-contact': ['failed', null, null, 'trunk_unavailable', null, null],
  'number-at-endpoint-without-contact': ['failed', null, null, 'trunk_unavailable', null, null],
  'unknown-endpoint': ['failed', null, null, 'trunk_unavailable', null, null],
  'local-nosuchexten': ['failed', 16, null, 'hung_up_locally', 'unknown', null],
};

/** Scenarios whose channel we remove ourselves: their client wants it, or a dial result decided and the channel lingers. */
const REMOVED = /^(cancel-(?!answer)|delete-|local-busy$)/;

describe('recordings of a real Asterisk, carried out and followed by our own code', () => {
  const recordings = readRecordings();

  it('are those of which is written down how they must end', () => {
    const scenarios = recordings.map(({ header }) => header.scenario);
    expect(scenarios).to.have.members(Object.keys(EXPECTED));
    for (const { header } of recordings) {
      expect(EXPECTED[header.scenario]?.[0], header.scenario).to.equal(header.expected_final_status);
    }
  });

  for (const recording of recordings) {
    const { scenario } = recording.header;
    const expected = EXPECTED[scenario] ?? [];
    it(`${scenario}: ${expected.map(String).join(', ')}`, async () => {
      const { call, asked } = await replay(recording);
      const { status, hangupCause, sipStatus, failureReason, hangupBy } = call;
      const found = [status, hangupCause, sipStatus, failureReason, hangupBy, durationSeconds(call)];
      expect(found).to.deep.equal(expected);
      expect(asked).to.deep.equal({
        dials: failureReason === 'trunk_unavailable' ? 0 : 1,
        continues: status === 'completed' ? 1 : 0,
        hangUps: REMOVED.test(scenario) ? 1 : 0,
      });
    });
  }
});
