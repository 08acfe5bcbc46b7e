import { expect } from 'chai';
import fc from 'fast-check';
import {
  CALL_STATUSES,
  FAILURE_REASONS,
  isFinal,
  rankOf,
  requiredTransition,
  RETURNED_PERMIT,
  transitionFor,
  TRANSITIONS,
  type CallEvent,
  type CallSoFar,
  type CallStatus,
  type HungUp,
} from '../src/index.js';

/** A call as far as a decision looks at it: pending unless said otherwise. */
const someCall = (overrides: Partial<CallSoFar> = {}): CallSoFar => ({
  status: 'pending',
  dialed: false,
  rang: false,
  cancelRequested: false,
  ...overrides,
});

const PENDING = someCall();

const hungUp = fc.record({
  type: fc.constant('hung_up' as const),
  cause: fc.option(fc.constantFrom(0, 1, 16, 17, 18, 19, 21, 22, 26, 28, 31, 34, 38, 58, 102, 127), { nil: null }),
  sipStatus: fc.option(fc.constantFrom(302, 403, 404, 408, 480, 483, 486, 503, 603), { nil: null }),
  requestedBy: fc.constantFrom('far_end' as const, 'our_side' as const, null),
  dialResult: fc.constantFrom('busy' as const, 'congestion' as const, null),
  wasUp: fc.boolean(),
});

const anyEvent: fc.Arbitrary<CallEvent> = fc.oneof(
  fc.constant<CallEvent>({ type: 'dial_sent' }),
  fc.constantFrom<CallEvent>(
    { type: 'refused', reason: 'not_dialed' },
    { type: 'refused', reason: 'dialplan_missing' },
  ),
  fc.constant<CallEvent>({ type: 'ringing' }),
  fc.constant<CallEvent>({ type: 'answered' }),
  hungUp,
  fc.constant<CallEvent>({ type: 'cancel_requested' }),
  fc.constant<CallEvent>({ type: 'expired' }),
  fc.record({ type: fc.constant('lost' as const), restarted: fc.boolean() }),
);

/** A call after these events, as the one writer would leave it. */
function after(events: readonly CallEvent[], from: CallSoFar = PENDING): CallSoFar {
  return events.reduce(step, from);
}

function step(call: CallSoFar, event: CallEvent): CallSoFar {
  const transition = transitionFor(event, call);
  if (transition === null) return call;
  return {
    status: transition.to,
    dialed: call.dialed || event.type === 'dial_sent',
    rang: call.rang || event.type === 'ringing',
    cancelRequested: call.cancelRequested || event.type === 'cancel_requested',
  };
}

describe('statuses', () => {
  it('are final or not, and rank as far as they have come', () => {
    const ranks = CALL_STATUSES.map((status) => [status, rankOf(status), isFinal(status)]);
    expect(ranks).to.deep.equal([
      ['pending', 0, false],
      ['dialing', 1, false],
      ['ringing', 2, false],
      ['answered', 3, false],
      ['completed', 4, true],
      ['busy', 4, true],
      ['no_answer', 4, true],
      ['failed', 4, true],
      ['canceled', 4, true],
    ]);
  });
});

describe('transitions', () => {
  it('never leave a final status', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 12 }), anyEvent, (events, event) => {
        const call = after(events);
        if (isFinal(call.status)) expect(step(call, event).status).to.equal(call.status);
      }),
    );
  });

  it('never go back by an event', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 12 }), (events) => {
        let call = PENDING;
        for (const event of events) {
          const next = step(call, event);
          expect(rankOf(next.status)).to.be.at.least(rankOf(call.status));
          call = next;
        }
      }),
    );
  });

  it('have one way back beside the table: just the move of a dial', () => {
    const { from, to } = requiredTransition({ type: 'dial_sent' }, PENDING);
    expect(RETURNED_PERMIT).to.deep.equal({ from: to, to: from, event: 'permit_returned' });
  });

  it('take nothing from an event that is heard twice', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 12 }), (events) => {
        const twice = events.flatMap((event) => [event, event]);
        expect(after(twice).status).to.equal(after(events).status);
      }),
    );
  });

  it('end the same in whatever order ringing and answer are heard', () => {
    const heard: CallEvent[] = [{ type: 'ringing' }, { type: 'ringing' }, { type: 'answered' }];
    fc.assert(
      fc.property(fc.shuffledSubarray(heard, { minLength: 3, maxLength: 3 }), hungUp, (events, end) => {
        const ordered = after([{ type: 'dial_sent' }, ...heard, end]);
        expect(after([{ type: 'dial_sent' }, ...events, end]).status).to.equal(ordered.status);
        expect(ordered.status).to.equal('completed');
      }),
    );
  });

  it('end a dialled call whatever its end looks like', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<CallEvent[]>([], [{ type: 'ringing' }], [{ type: 'answered' }]),
        hungUp,
        (heard, end) => {
          expect(isFinal(after([{ type: 'dial_sent' }, ...heard, end]).status)).to.equal(true);
        },
      ),
    );
  });

  it('say why whenever a call fails, in a word of the closed list', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 8 }), anyEvent, (events, event) => {
        const transition = transitionFor(event, after(events));
        if (transition === null || transition.from === transition.to) return;
        if (transition.to === 'failed') expect(Object.keys(FAILURE_REASONS)).to.include(transition.failureReason);
        if (!isFinal(transition.to)) expect(transition.failureReason).to.equal(null);
      }),
    );
  });

  it('reach every cell of the table', () => {
    const reached = new Set<string>();
    const visit = (call: CallSoFar, depth: number): void => {
      for (const event of SAMPLES) {
        if (transitionFor(event, call) !== null) reached.add(`${call.status} ${event.type}`);
        const next = step(call, event);
        if (depth > 0 && next !== call) visit(next, depth - 1);
      }
    };
    visit(PENDING, 4);
    const cells = CALL_STATUSES.flatMap((status) =>
      Object.keys(TRANSITIONS[status]).map((type) => `${status} ${type}`),
    );
    expect([...reached].sort()).to.deep.equal(cells.sort());
  });

  it('read nothing into the end of a channel that was never dialled', () => {
    const end: HungUp = { ...END, cause: 16, sipStatus: 603 };
    expect(transitionFor(end, someCall({ status: 'pending' }))).to.equal(null);
    expect(transitionFor(end, someCall({ status: 'canceled' }))).to.equal(null);
    expect(transitionFor({ ...end, cause: 0, sipStatus: null }, someCall({ status: 'failed' }))).to.equal(null);
  });

  const cancels: [CallStatus, CallStatus][] = [
    ['pending', 'canceled'],
    ['dialing', 'dialing'],
    ['ringing', 'ringing'],
    ['answered', 'answered'],
  ];
  for (const [from, to] of cancels) {
    it(`leave a ${from} call ${to} when its client does not want it any more`, () => {
      expect(transitionFor({ type: 'cancel_requested' }, someCall({ status: from }))?.to).to.equal(to);
    });
  }

  const losses: [CallStatus, CallStatus, string][] = [
    ['dialing', 'failed', 'outcome_unknown'],
    ['ringing', 'failed', 'lost'],
    ['answered', 'completed', 'lost'],
  ];
  for (const [from, to, reason] of losses) {
    it(`end a ${from} call that got lost as ${to} with reason ${reason}`, () => {
      const call = someCall({ status: from });
      expect(transitionFor({ type: 'lost', restarted: false }, call)).to.include({ to, failureReason: reason });
      expect(transitionFor({ type: 'lost', restarted: true }, call)).to.include({
        to,
        failureReason: 'asterisk_restarted',
      });
    });
  }

  it('say whether there was a cancel request at the decision', () => {
    for (const cancelRequested of [false, true]) {
      const call = someCall({ status: 'ringing', dialed: true, cancelRequested });
      expect(transitionFor(END, call)?.cancelRequested).to.equal(cancelRequested);
    }
  });

  const moves: [from: CallStatus, event: CallEvent, to: CallStatus, reason: string | null][] = [
    ['pending', { type: 'dial_sent' }, 'dialing', null],
    ['pending', { type: 'refused', reason: 'dialplan_missing' }, 'failed', 'dialplan_missing'],
    ['pending', { type: 'expired' }, 'failed', 'expired'],
    ['dialing', { type: 'refused', reason: 'not_dialed' }, 'failed', 'not_dialed'],
    ['dialing', { type: 'ringing' }, 'ringing', null],
    ['dialing', { type: 'answered' }, 'answered', null],
    ['ringing', { type: 'answered' }, 'answered', null],
  ];
  for (const [from, event, to, failureReason] of moves) {
    it(`take a ${from} call to ${to} by ${event.type}, and learn nothing else`, () => {
      expect(transitionFor(event, someCall({ status: from }))).to.deep.equal({
        ...{ from, cancelRequested: false, to, event: event.type, failureReason },
        ...{ hangupCause: null, sipStatus: null, hangupBy: null },
      });
    });
  }

  it('learn from the end what it came to, how and by whom', () => {
    const dialed = true;
    const busy: HungUp = { ...END, cause: 17, sipStatus: 486, requestedBy: 'far_end' };
    const learned = { hangupCause: 17, sipStatus: 486, hangupBy: 'callee', event: 'hung_up' };
    expect(transitionFor(busy, someCall({ status: 'dialing', dialed }))).to.include({ ...learned, to: 'busy' });
    const up = someCall({ status: 'answered', dialed });
    expect(transitionFor({ ...END, cause: 127 }, up)).to.include({ to: 'completed', hangupBy: 'dialplan' });
    // A phone that rang was reached, whatever the trunk says afterwards.
    const rang = someCall({ status: 'ringing', dialed, rang: true });
    expect(transitionFor({ ...END, cause: 18, sipStatus: 408 }, rang)?.to).to.equal('no_answer');
    const silent = someCall({ status: 'dialing', dialed });
    expect(transitionFor({ ...END, cause: 18, sipStatus: 408 }, silent)?.to).to.equal('failed');
    const unwanted = someCall({ status: 'ringing', dialed, cancelRequested: true });
    expect(transitionFor({ ...END, requestedBy: 'our_side' }, unwanted)?.to).to.equal('canceled');
  });

  for (const status of ['completed', 'busy', 'no_answer', 'failed', 'canceled'] as const) {
    it(`add to a ${status} call how its channel ended, unless we removed it ourselves`, () => {
      const over = someCall({ status, dialed: true });
      const end: HungUp = { ...END, cause: 19, sipStatus: 480 };
      expect(transitionFor(end, over)).to.include({ from: status, to: status, failureReason: null, hangupCause: 19 });
      expect(transitionFor({ ...end, requestedBy: 'our_side' }, over)).to.equal(null);
    });
  }

  it('cancel instead of failing a call that is refused after its client took it back', () => {
    const call = someCall({ status: 'dialing', cancelRequested: true });
    expect(transitionFor({ type: 'refused', reason: 'not_dialed' }, call)).to.include({
      to: 'canceled',
      failureReason: null,
    });
  });
});

const END: HungUp = { type: 'hung_up', cause: 16, sipStatus: null, requestedBy: null, dialResult: null, wasUp: false };

const SAMPLES: CallEvent[] = [
  { type: 'dial_sent' },
  { type: 'refused', reason: 'not_dialed' },
  { type: 'ringing' },
  { type: 'answered' },
  END,
  { ...END, cause: 17 },
  { ...END, cause: 19, requestedBy: 'our_side' },
  { ...END, cause: 1 },
  { type: 'cancel_requested' },
  { type: 'expired' },
  { type: 'lost', restarted: false },
];
