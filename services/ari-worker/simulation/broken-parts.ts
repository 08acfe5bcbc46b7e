import type { Calls, FencingToken, Observation } from '@dialgate/database';
import { parseChannelId, channelIdFor, type Call, type CallEvent, type Transition } from '@dialgate/domain';
import type { AriClient } from '../src/ari/client.js';
import type { AriChannel, AriEvent } from '../src/ari/events.js';
import type { WorkerCalls } from '../src/ports.js';
import type { LostDials } from '../src/events/lost-dials.js';
import type { ApplyEvent } from '../src/events/apply-event.js';
import type { ModelCalls } from './model-database.js';
import type { Changes } from './world.js';

/** The worker names its channels as ever; on the wire they all bear the first attempt's name. */
export function oneChannelForAll(rows: ModelCalls) {
  const onWire = (channel: string): string => {
    const attempt = parseChannelId(channel);
    return attempt === null ? channel : channelIdFor(attempt.callId, 1);
  };
  const read = <Shown extends AriChannel>(channel: Shown): Shown => {
    const row = rows.row(parseChannelId(channel.id)?.callId ?? '');
    return row === undefined ? channel : { ...channel, id: channelIdFor(row.id, Math.max(1, row.attempt)) };
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

export function undialledEndIsAnOutcome(applyEvent: ApplyEvent, calls: Pick<Calls, 'apply'>): ApplyEvent {
  return async (followed, observation) => {
    const { call } = followed;
    const { event } = observation;
    if (typeof event === 'string' || event.type !== 'hung_up' || call.status !== 'pending' || call.claim === null) {
      return applyEvent(followed, observation);
    }
    const { cause, sipStatus } = event;
    const transition = {
      from: 'pending',
      cancelRequested: false,
      to: sipStatus === 603 ? 'busy' : 'failed',
      event: 'hung_up',
      failureReason: sipStatus === 603 ? 'declined' : 'other',
      hangupCause: cause,
      sipStatus,
      hangupBy: 'unknown',
    } as const;
    const token = { attempt: call.attempt, ...call.claim };
    const now = { ...observation, receivedAt: performance.now() };
    return calls.apply(now, transition, token).catch(() => applyEvent(followed, observation));
  };
}

export function wantedAll(calls: Pick<Calls, 'findAll'>): Calls['findAll'] {
  return async (ids) => {
    const found = await calls.findAll(ids);
    const wanted = (call: Call): Call => ({ ...call, status: 'dialing', attempt: 0, endedAt: null });
    return new Map([...found].map(([id, call]) => [id, wanted(call)]));
  };
}

/** Who has dialled a call is not known: nothing but its row protects it. */
export function forgetful(lostDials: LostDials): LostDials {
  return { ...lostDials, attemptOf: () => null };
}

export function continueOnce(ari: AriClient): AriClient {
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

/** Changes when a worker says that a call moved. */
export function writing(changed: (receivedAt: number) => number): Changes {
  return writes((observation, ...rest) => [{ ...observation, receivedAt: changed(observation.receivedAt) }, ...rest]);
}

/** Changes the ends that are written, and nothing before them. */
export function writingEnds(changed: (transition: Transition) => Transition): Changes {
  return writes((observation, transition, token) => [
    observation,
    transition.event === 'hung_up' ? changed(transition) : transition,
    token,
  ]);
}

type Write = [observation: Observation, transition: Transition, token: FencingToken | null];

function writes(changed: (...write: Write) => Write): Changes {
  return {
    rewire: () => ({
      calls: (calls: WorkerCalls) => ({ ...calls, apply: (...write) => calls.apply(...changed(...write)) }),
    }),
  };
}

/** Changes what the worker makes of what happened. Null: nothing. */
export function observing(changed: (event: CallEvent) => CallEvent | null): Changes {
  return {
    rewire: () => ({
      applyEvent: (applyEvent) => (followed, observation) => {
        const { event } = observation;
        if (typeof event === 'string' || event.type === 'hangup_requested') return applyEvent(followed, observation);
        const other = changed(event);
        return other === null ? Promise.resolve(false) : applyEvent(followed, { ...observation, event: other });
      },
    }),
  };
}

/** Changes what the worker asks of Asterisk. */
export function asking(changed: (ari: AriClient) => Partial<AriClient>): Changes {
  return { rewire: () => ({ ari: (ari) => ({ ...ari, ...changed(ari) }) }) };
}
