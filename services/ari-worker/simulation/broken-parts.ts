import type { Calls, StatusWrite } from '@dialgate/database';
import { parseChannelId, channelIdFor, type Call } from '@dialgate/domain';
import type { AriClient } from '../src/ari/client.js';
import type { AriChannel, AriEvent } from '../src/ari/events.js';
import type { WorkerCalls } from '../src/wiring.js';
import type { Happening, MoveCall } from '../src/events/apply-event.js';
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

export function undialledEndIsAnOutcome(move: MoveCall, calls: Pick<Calls, 'apply'>): MoveCall {
  return async (followed, happening) => {
    const { call } = followed;
    if (happening.event.type !== 'hung_up' || call.status !== 'pending' || call.claim === null) {
      return move(followed, happening);
    }
    const { cause, sipStatus } = happening.event;
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
    const token = { attempt: call.attempt, slotEpoch: call.claim.slotEpoch };
    const write = { callId: call.id, transition, token, source: 'asterisk' } as const;
    return calls.apply(write).catch(() => move(followed, happening));
  };
}

export function wantedAll(calls: Pick<Calls, 'findAll'>): Calls['findAll'] {
  return async (ids) => {
    const found = await calls.findAll(ids);
    const wanted = (call: Call): Call => ({ ...call, status: 'dialing', attempt: 0, endedAt: null });
    return new Map([...found].map(([id, call]) => [id, wanted(call)]));
  };
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

/** Changes what a worker writes of a call's moves. */
export function writing(changed: (write: StatusWrite) => StatusWrite): Changes {
  return {
    rewire: () => ({ calls: (calls: WorkerCalls) => ({ ...calls, apply: (write) => calls.apply(changed(write)) }) }),
  };
}

/** Changes the ends that are written, and nothing before them. */
export function writingEnds(changed: (transition: StatusWrite['transition']) => StatusWrite['transition']): Changes {
  return writing((write) =>
    write.transition.event === 'hung_up' ? { ...write, transition: changed(write.transition) } : write,
  );
}

/** Changes what the worker makes of what happened. */
export function happening(changed: (happening: Happening, call: Call) => Happening): Changes {
  return { rewire: () => ({ move: (move) => (followed, what) => move(followed, changed(what, followed.call)) }) };
}

/** Changes what the worker asks of Asterisk. */
export function withDatabaseErrors(changed: (ari: AriClient) => Partial<AriClient>): Changes {
  return { rewire: () => ({ ari: (ari) => ({ ...ari, ...changed(ari) }) }) };
}
