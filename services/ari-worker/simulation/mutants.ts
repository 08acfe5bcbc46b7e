import type { Calls } from '@dialgate/database';
import { attemptOf, channelOf, type Call } from '@dialgate/domain';
import type { AriClient } from '../src/ari/client.js';
import type { AriEvent, AriChannel } from '../src/ari/events.js';
import type { MoveCall } from '../src/move-call.js';
import type { ModelCalls } from './model-database.js';
import type { Changes } from './world.js';

/** A deliberately broken product, or broken surroundings, that the simulation must notice. */
export interface Mutant {
  readonly name: string;
  /** The rule that it breaks. */
  readonly breaks: string;
  readonly changes: Changes;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'no-dial-compare-and-set',
    breaks: 'only who changes the row from pending to dialing may dial',
    changes: { database: { dialCompareAndSet: false } },
  },
  {
    name: 'redial-after-no-answer',
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
    breaks: 'the dial compare-and-set and every write ask for the epoch of the slot',
    changes: { database: { epochs: false } },
  },
  {
    name: 'no-restamp',
    breaks: 'an adoption gives its epoch to the open calls of the slot',
    changes: { database: { restampOnAdoption: false } },
  },
  {
    name: 'no-adoption',
    breaks: 'a slot that a dead worker left behind with open calls is adopted',
    changes: { rewire: () => ({ slots: (slots) => ({ ...slots, adopt: () => Promise.resolve(null) }) }) },
  },
  {
    name: 'one-channel-for-all-attempts',
    breaks: 'each attempt has a channel of its own name',
    changes: { rewire: ({ calls }) => oneChannelForAll(calls) },
  },
  {
    name: 'no-sweep',
    breaks: 'a waiting call whose job was lost is queued again',
    changes: { rewire: () => ({ parts: (parts) => parts.filter(({ name }) => name !== 'lost jobs') }) },
  },
  {
    name: 'finished-jobs-kept',
    breaks: 'a finished job leaves the queue, or it swallows the next one of the same call',
    changes: { queue: { finishedJobsVanish: false } },
  },
  {
    name: 'undialled-end-is-an-outcome',
    breaks: "the end of a channel that was never dialled is nobody's outcome",
    changes: { rewire: () => ({ move: undialledEndIsAnOutcome }) },
  },
  {
    name: 'void-after-delete',
    breaks: 'a claim is voided before its channel is deleted',
    changes: {
      rewire: () => ({
        calls: (calls, ari) => ({
          ...calls,
          voidClaim: async (callId, guard, why, retryInMs) => {
            await ari.hangUp(channelOf(callId, guard.attempt));
            return calls.voidClaim(callId, guard, why, retryInMs);
          },
        }),
      }),
    },
  },
  {
    name: 'refused-void-overlooked',
    breaks: 'reconciling hangs up an undialled channel only when its claim could be voided',
    changes: {
      rewire: () => ({
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
    name: 'surplus-stays',
    breaks: 'reconciling removes channels that belong to no open call',
    changes: { rewire: () => ({ callsOfReconcile: (calls) => ({ ...calls, findAll: wantedAll(calls) }) }) },
  },
  {
    name: 'surplus-by-snapshot',
    breaks: "a channel is surplus only by its call's row as it stands after the list",
    changes: {
      rewire: () => ({ callsOfReconcile: (calls) => ({ ...calls, findAll: () => Promise.resolve(new Map()) }) }),
    },
  },
  {
    name: 'continue-once',
    breaks: 'an answered channel is sent on until Asterisk has done it',
    changes: { rewire: () => ({ ari: continueOnce }) },
  },
  {
    name: 'lost-ahead-of-events',
    breaks: 'what reconciling saw is written behind what was heard',
    changes: { rewire: () => ({ orderOfReconcile: (order) => ({ ...order, run: (_, task) => task() }) }) },
  },
  {
    name: 'lost-ahead-of-the-socket',
    breaks: 'what was sent on the socket is heard before a missing channel is believed to be lost',
    changes: {
      rewire: () => ({ stream: (stream) => ({ ...stream, heardOut: () => Promise.resolve(true) }) }),
    },
  },
  {
    name: 'no-answer-is-a-refusal',
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
    name: 'wishes-overlooked',
    breaks: 'the owner of a live call hangs it up when its client wishes so',
    changes: {
      rewire: () => ({ calls: (calls) => ({ ...calls, toHangUp: () => Promise.resolve([]) }) }),
    },
  },
  {
    name: 'wish-not-compared',
    breaks: 'an end is written only if the client still wishes what they did when it was decided',
    changes: { database: { wishCompared: false } },
  },
];

/** The worker names its channels as ever; on the wire they all bear the first attempt's name. */
function oneChannelForAll(rows: ModelCalls) {
  const onWire = (channel: string): string => {
    const attempt = attemptOf(channel);
    return attempt === null ? channel : channelOf(attempt.callId, 1);
  };
  const read = <Shown extends AriChannel>(channel: Shown): Shown => {
    const row = rows.row(attemptOf(channel.id)?.callId ?? '');
    return row === undefined ? channel : { ...channel, id: channelOf(row.id, Math.max(1, row.attempt)) };
  };

  return {
    ari: (ari: AriClient): AriClient => ({
      ...ari,
      createChannel: (channel) => ari.createChannel({ ...channel, id: onWire(channel.id) }),
      dial: (channel, ...rest) => ari.dial(onWire(channel), ...rest),
      continueInDialplan: (channel, ...rest) => ari.continueInDialplan(onWire(channel), ...rest),
      hangUp: (channel) => ari.hangUp(onWire(channel)),
      readVariable: (channel, ...rest) => ari.readVariable(onWire(channel), ...rest),
      channel: async (channel) => {
        const reply = await ari.channel(onWire(channel));
        return reply.kind === 'ok' ? { ...reply, body: read(reply.body) } : reply;
      },
      channels: async () => {
        const reply = await ari.channels();
        return reply.kind === 'ok' ? { ...reply, body: reply.body.map(read) } : reply;
      },
    }),
    event: (event: AriEvent): AriEvent => {
      if (event.type === 'ApplicationReplaced') return event;
      if (event.type === 'Dial') return { ...event, peer: read(event.peer) };
      return { ...event, channel: read(event.channel) };
    },
  };
}

function undialledEndIsAnOutcome(move: MoveCall, calls: Pick<Calls, 'apply'>): MoveCall {
  return async (followed, happening) => {
    const { call } = followed;
    if (happening.event.type !== 'hung_up' || call.status !== 'pending' || call.claim === null) {
      return move(followed, happening);
    }
    const { cause, sipStatus } = happening.event;
    const transition = {
      from: 'pending',
      wished: false,
      to: sipStatus === 603 ? 'busy' : 'failed',
      event: 'hung_up',
      failureReason: sipStatus === 603 ? 'declined' : 'other',
      hangupCause: cause,
      sipStatus,
      hangupBy: 'unknown',
    } as const;
    const guard = { attempt: call.attempt, slotEpoch: call.claim.slotEpoch };
    const write = { callId: call.id, transition, guard, source: 'asterisk' } as const;
    return calls.apply(write).catch(() => move(followed, happening));
  };
}

function wantedAll(calls: Pick<Calls, 'findAll'>): Calls['findAll'] {
  return async (ids) => {
    const found = await calls.findAll(ids);
    const wanted = (call: Call): Call => ({ ...call, status: 'dialing', attempt: 0, endedAt: null });
    return new Map([...found].map(([id, call]) => [id, wanted(call)]));
  };
}

function continueOnce(ari: AriClient): AriClient {
  const asked = new Set<string>();
  return {
    ...ari,
    continueInDialplan: async (channel, destination) => {
      if (asked.has(channel)) return { kind: 'refused', status: 409, message: '' };
      asked.add(channel);
      const reply = await ari.continueInDialplan(channel, destination);
      return reply.kind === 'ok' ? reply : { kind: 'refused', status: 409, message: '' };
    },
  };
}
