import { channelIdFor } from '@dialgate/domain';
import {
  asking,
  continueOnce,
  forgetful,
  observing,
  oneChannelForAll,
  undialledEndIsAnOutcome,
  wantedAll,
  writing,
  writingEnds,
} from './broken-parts.js';
import type { Changes } from './world.js';

/** The laws of docs/reliability.md. */
export type Law =
  | 'I1'
  | 'I2'
  | 'I3'
  | 'I4'
  | 'I5'
  | 'I6'
  | 'C1'
  | 'T1'
  | 'D1'
  | 'S5'
  | 'L1'
  | 'L2'
  | 'L3'
  | 'L4'
  | 'L5'
  | 'L6';

/** A deliberately broken product, or broken surroundings, that the simulation must notice. */
export interface Mutant {
  readonly name: string;
  /** The law that it must be seen to break (docs/reliability.md). */
  readonly law: Law;
  /** The rule that it breaks. */
  readonly breaks: string;
  readonly changes: Changes;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'no-dial-compare-and-set',
    law: 'I4',
    breaks: 'only who changes the row from pending to dialing may dial',
    changes: { database: { dialCompareAndSet: false } },
  },
  {
    name: 'redial-after-no-answer',
    law: 'I4',
    breaks: 'a dial request without an answer is never repeated',
    changes: {
      rewire: () => ({
        ari: (ari) => ({
          ...ari,
          dial: async (...request) => {
            const reply = await ari.dial(...request);
            return reply.kind === 'unknown' ? ari.dial(...request) : reply;
          },
        }),
      }),
    },
  },
  {
    name: 'no-epoch',
    law: 'L5',
    breaks: 'the dial compare-and-set and every write ask for the epoch of the slot',
    changes: { database: { epochs: false } },
  },
  {
    name: 'no-restamp',
    law: 'L5',
    breaks: 'an adoption gives its epoch to the open calls of the slot',
    changes: { database: { restampOnAdoption: false } },
  },
  {
    name: 'no-adoption',
    law: 'L5',
    breaks: 'a slot that a dead worker left behind with open calls is adopted',
    changes: { rewire: () => ({ slots: (slots) => ({ ...slots, adopt: () => Promise.resolve(null) }) }) },
  },
  {
    name: 'one-channel-for-all-attempts',
    law: 'I4',
    breaks: 'each attempt has a channel of its own name',
    changes: { rewire: ({ calls }) => oneChannelForAll(calls) },
  },
  {
    name: 'lost-dial-not-restored',
    law: 'L1',
    breaks: 'a row that a failover has set back behind its dial is made true',
    changes: { rewire: () => ({ calls: (calls) => ({ ...calls, restoreDial: () => Promise.resolve(false) }) }) },
  },
  {
    name: 'no-sweep',
    law: 'L1',
    breaks: 'a waiting call whose job was lost is queued again',
    changes: { rewire: () => ({ parts: (parts) => parts.filter(({ name }) => name !== 'lost jobs') }) },
  },
  {
    name: 'finished-jobs-kept',
    law: 'L1',
    breaks: 'a finished job leaves the queue, or it swallows the next one of the same call',
    changes: { queue: { finishedJobsVanish: false } },
  },
  {
    name: 'undialled-end-is-an-outcome',
    law: 'I6',
    breaks: "the end of a channel that was never dialled is nobody's outcome",
    changes: { rewire: () => ({ applyEvent: undialledEndIsAnOutcome }) },
  },
  {
    name: 'void-after-delete',
    law: 'S5',
    breaks: 'a claim is voided before its channel is deleted',
    changes: {
      rewire: () => ({
        lostDialsOfReconcile: forgetful,
        calls: (calls, ari) => ({
          ...calls,
          voidClaim: async (callId, token, ...claim) => {
            await ari.hangUp(channelIdFor(callId, token.attempt));
            return calls.voidClaim(callId, token, ...claim);
          },
        }),
      }),
    },
  },
  {
    name: 'refused-void-overlooked',
    law: 'S5',
    breaks: 'reconciling hangs up an undialled channel only when its claim could be voided',
    changes: {
      rewire: () => ({
        lostDialsOfReconcile: forgetful,
        callsOfReconcile: (calls) => ({
          ...calls,
          voidClaim: async (...claim) => {
            await calls.voidClaim(...claim);
            return true;
          },
        }),
      }),
    },
  },
  {
    name: 'strays-stay',
    law: 'I5',
    breaks: 'reconciling removes channels that belong to no open call',
    changes: { rewire: () => ({ callsOfReconcile: (calls) => ({ ...calls, findAll: wantedAll(calls) }) }) },
  },
  {
    name: 'strays-by-snapshot',
    law: 'S5',
    breaks: "a channel is a stray only by its call's row as it stands after the list",
    changes: {
      rewire: () => ({ callsOfReconcile: (calls) => ({ ...calls, findAll: () => Promise.resolve(new Map()) }) }),
    },
  },
  {
    name: 'continue-once',
    law: 'L2',
    breaks: 'an answered channel is sent on until Asterisk has done it',
    changes: { rewire: () => ({ ari: continueOnce }) },
  },
  {
    name: 'lost-ahead-of-events',
    law: 'I6',
    breaks: 'what reconciling saw is written behind what was received',
    changes: { rewire: () => ({ orderOfReconcile: (order) => ({ ...order, run: (_, task) => task() }) }) },
  },
  {
    name: 'restart-asked-once',
    law: 'I6',
    breaks: 'an Asterisk that cannot say when it was started is asked again, before its calls are lost',
    changes: {
      rewire: () => ({
        ari: (ari) => ({
          ...ari,
          info: async () => {
            const reply = await ari.info();
            return reply.kind === 'ok' ? reply : { kind: 'refused', status: 404, message: '' };
          },
        }),
      }),
    },
  },
  {
    name: 'lost-ahead-of-the-socket',
    law: 'I6',
    breaks: 'what was sent on the socket is received before a missing channel is believed to be lost',
    changes: {
      rewire: () => ({ stream: (stream) => ({ ...stream, receivedAll: () => Promise.resolve(true) }) }),
    },
  },
  {
    name: 'no-answer-is-a-refusal',
    law: 'I6',
    breaks: 'a dial request without an answer may have been carried out',
    changes: {
      rewire: () => ({
        ari: (ari) => ({
          ...ari,
          dial: async (...request) => {
            const reply = await ari.dial(...request);
            return reply.kind === 'unknown' ? { kind: 'refused', status: 500, message: reply.why } : reply;
          },
        }),
      }),
    },
  },
  {
    name: 'cancel-requests-overlooked',
    law: 'L3',
    breaks: 'the owner of a live call hangs it up when its client asks for it',
    changes: {
      rewire: () => ({ calls: (calls) => ({ ...calls, toHangUp: () => Promise.resolve([]) }) }),
    },
  },
  {
    name: 'cancel-request-not-compared',
    law: 'I6',
    breaks: 'an end is written only if the client still asks for what they did when it was decided',
    changes: { database: { cancelRequestCompared: false } },
  },
  {
    name: 'heard-end-is-lost',
    law: 'I6',
    breaks: 'a call whose end was received is not lost',
    changes: observing((event) =>
      event.type === 'hung_up' && event.wasUp ? { type: 'lost', restarted: false } : event,
    ),
  },
  {
    name: 'answered-is-declined',
    law: 'I6',
    breaks: 'a completed call has no reason but that its end was not seen',
    changes: writingEnds((end) => (end.to === 'completed' ? { ...end, failureReason: 'declined' } : end)),
  },
  {
    name: 'any-refusal-is-the-trunk',
    law: 'I6',
    breaks: 'a call that was never dialled has the reason for which it was not',
    changes: observing((event) =>
      event.type === 'refused' ? { type: 'refused', reason: 'trunk_unavailable' } : event,
    ),
  },
  {
    name: 'permission-unused',
    law: 'I6',
    breaks: 'a call that may be dialled, in time, is dialled',
    changes: asking(() => ({ dial: () => Promise.resolve({ kind: 'refused', status: 500, message: '' }) })),
  },
  {
    name: 'restart-overlooked',
    law: 'I6',
    breaks: 'calls that Asterisk took with it when it was restarted say so',
    changes: observing((event) => (event.type === 'lost' ? { type: 'lost', restarted: false } : event)),
  },
  {
    name: 'ringing-unwritten',
    law: 'I6',
    breaks: 'a phone that rang in vain is not a dead trunk',
    changes: observing((event) => (event.type === 'ringing' ? null : event)),
  },
  {
    name: 'cause-forgotten',
    law: 'C1',
    breaks: 'the hangup cause is written down',
    changes: writingEnds((end) => ({ ...end, hangupCause: null })),
  },
  {
    name: 'every-cause-is-normal',
    law: 'C1',
    breaks: 'the hangup cause is the one that Asterisk said',
    changes: writingEnds((end) => ({ ...end, hangupCause: end.hangupCause === null ? null : 16 })),
  },
  {
    name: 'sip-status-forgotten',
    law: 'C1',
    breaks: 'the SIP status is written down',
    changes: writingEnds((end) => ({ ...end, sipStatus: null })),
  },
  {
    name: 'always-hung-up-by-the-gateway',
    law: 'C1',
    breaks: 'who hung up is who did',
    changes: writingEnds((end) => ({ ...end, hangupBy: 'gateway' })),
  },
  {
    name: 'hangup-request-overlooked',
    law: 'C1',
    breaks: 'who asked for the hangup is remembered until the end',
    changes: observing((event) => (event.type === 'hung_up' ? { ...event, requestedBy: null } : event)),
  },
  {
    name: 'stamped-when-written',
    law: 'T1',
    breaks: 'a time is that at which it was received, however late it is written',
    changes: writing(() => performance.now()),
  },
  {
    name: 'answer-unwritten',
    law: 'T1',
    breaks: 'an answer counts from when it was received, not from the end of the call',
    changes: observing((event) => (event.type === 'answered' ? null : event)),
  },
  {
    name: 'times-too-early',
    law: 'T1',
    breaks: 'nothing is written as of a time before it happened',
    changes: writing((receivedAt) => receivedAt - 500),
  },
  {
    name: 'late-dial',
    law: 'I4',
    breaks: 'a dial request leaves within 3 s of its permission or not at all',
    changes: asking((ari) => ({
      dial: async (...request) => {
        await new Promise((resolve) => setTimeout(resolve, 3_100));
        return ari.dial(...request);
      },
    })),
  },
  {
    name: 'permission-kept-when-given-back',
    law: 'I4',
    breaks: 'who has given the permission back never dials',
    changes: {
      rewire: () => ({
        calls: (calls, ari) => ({
          ...calls,
          returnPermit: async (dial, ...rest) => {
            const returned = await calls.returnPermit(dial, ...rest);
            void ari.dial(channelIdFor(dial.callId, dial.attempt), 5, 3_000);
            return returned;
          },
        }),
      }),
    },
  },
  {
    name: 'returned-without-a-look',
    law: 'L3',
    breaks: 'a permission is given back only while the row is as it was given',
    changes: { database: { returnCompared: false } },
  },
  {
    name: 'rings-for-half-a-minute',
    law: 'D1',
    breaks: 'a phone rings for as long as the client asked for',
    changes: asking((ari) => ({ dial: (channel, _, withinMs) => ari.dial(channel, 30, withinMs) })),
  },
  {
    name: 'sent-elsewhere',
    law: 'D1',
    breaks: 'an answered callee goes where the client asked for',
    changes: asking((ari) => ({
      continueInDialplan: (channel, destination) => ari.continueInDialplan(channel, { ...destination, extension: 'i' }),
    })),
  },
  {
    name: 'dialplan-unasked',
    law: 'I5',
    breaks: 'nobody is called for whom the dialplan has no place',
    changes: asking(() => ({
      readVariable: () => Promise.resolve({ kind: 'ok', status: 200, body: { value: '1' } }),
    })),
  },
  {
    name: 'orphans-kept',
    law: 'L6',
    breaks: 'calls of an Asterisk that has no worker any more are given up',
    changes: { rewire: () => ({ calls: (calls) => ({ ...calls, endOrphans: () => Promise.resolve([]) }) }) },
  },
  {
    name: 'orphans-at-once',
    law: 'I6',
    breaks: 'an Asterisk whose workers are being restarted has not lost them',
    changes: { database: { orphanGraceMs: 0 } },
  },
];
