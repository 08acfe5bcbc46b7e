import { parseChannelId } from '@dialgate/domain';
import type { AriClient, AsteriskInfo } from '../src/ari/client.js';
import { replyOfAnswer, replyOfNetworkError, type AriReply } from '../src/ari/replies.js';
import type { Callee } from './callees.js';
import { lastResponse, shownChannel, type Channel } from './channel.js';
import type { EventSockets } from './event-sockets.js';
import type { ModelAsterisk } from './model-asterisk.js';
import type { Network, Service } from './network.js';
import { EPOCH_MS, MISSING_EXTENSION } from './rows.js';
import type { SimProcess } from './scheduler.js';

/** What onlookers are told of requests. */
export interface RequestWatch {
  /** A worker sends a dial request. */
  readonly dialSent: (process: SimProcess, channel: string) => void;
  /** A DELETE is about to end this channel. */
  readonly deleting: (process: SimProcess, channel: Channel) => void;
  /** What a worker asks for a channel. */
  readonly asked: (
    channel: string,
    what: { readonly endpoint?: string; readonly ringSeconds?: number; readonly extension?: string },
  ) => void;
  /** A worker learns what came of its dial. */
  readonly dialAnswered: (process: SimProcess, channel: string, kind: AriReply['kind']) => void;
  /** A worker learns when Asterisk was started, or that it cannot be asked (null). */
  readonly toldStart: (process: SimProcess, startedAt: number | null) => void;
}

const TIMEOUT_MS = 5_000;
const LIST_TIMEOUT_MS = 15_000;

/** ARI over HTTP, for one worker: its requests travel the network and are carried out by the model. */
export function openModelAri(options: {
  readonly process: SimProcess;
  readonly network: Network;
  readonly service: Service;
  readonly asterisk: ModelAsterisk;
  readonly sockets: EventSockets;
  readonly calleeOf: (callId: string) => Callee;
  readonly watch: RequestWatch;
}): AriClient {
  const { process, network, service, asterisk, sockets, calleeOf, watch } = options;
  const refusals = new Map<string, number>();

  async function ask<Body>(
    label: string,
    matters: boolean,
    execute: () => { readonly status: number; readonly body?: unknown },
    timeoutMs = TIMEOUT_MS,
  ): Promise<AriReply<Body>> {
    const reply = await network.send(process, service, {
      label,
      matters,
      timeoutMs,
      execute: () => {
        const { status, body = {} } = execute();
        return replyOfAnswer(status, body);
      },
      notTaken: () => (asterisk.booting() ? replyOfAnswer(503, {}) : replyOfNetworkError('ECONNREFUSED')),
      noAnswer: (why) => replyOfNetworkError(why === 'ETIMEDOUT' ? 'ECONNABORTED' : why),
    });
    return reply as AriReply<Body>;
  }

  /** What Asterisk says to create, before it makes anything. */
  function refusalOf(callId: string): number | null {
    const before = refusals.get(callId) ?? 0;
    switch (calleeOf(callId)) {
      case 'trunk_down':
        return 500;
      case 'trunk_hiccup':
        refusals.set(callId, before + 1);
        return before === 0 ? 500 : null;
      case 'bad_request':
        return 400;
      case 'answers':
      case 'answers_at_once':
      case 'early_media_then_answers':
      case 'busy':
      case 'rings_then_busy':
      case 'local_busy':
      case 'declines':
      case 'rings_for_ever':
      case 'silent':
      case 'unavailable':
      case 'unknown_number':
      case 'congested':
      case 'no_dialplan':
        return null;
    }
  }

  function onChannel(id: string, work: (channel: Channel) => { readonly status: number; readonly body?: unknown }) {
    return () => {
      const channel = asterisk.live(id);
      return channel === undefined ? { status: 404, body: { message: 'Channel not found' } } : work(channel);
    };
  }

  return {
    createChannel: ({ id, app, endpoint }) => {
      watch.asked(id, { endpoint });
      return ask(`create ${short(id)}`, true, () => {
        const { callId } = parseChannelId(id) ?? { callId: '' };
        if (asterisk.live(id) !== undefined) return { status: 409 };
        const refused = refusalOf(callId);
        if (refused !== null) return { status: refused, body: { error: 'Allocation failed' } };
        asterisk.create(id, callId, app, calleeOf(callId));
        return { status: 200 };
      });
    },

    dial: async (id, timeoutSeconds, withinMs) => {
      watch.dialSent(process, id);
      watch.asked(id, { ringSeconds: timeoutSeconds });
      const reply = await ask(
        `dial ${short(id)}`,
        true,
        onChannel(id, (channel) => {
          if (channel.state !== 'Down') return { status: 409, body: { message: "Channel is not in the 'Down' state" } };
          asterisk.dial(channel, timeoutSeconds);
          return { status: 204 };
        }),
        withinMs,
      );
      watch.dialAnswered(process, id, reply.kind);
      return reply;
    },

    continueInDialplan: (id, { extension }) => {
      watch.asked(id, { extension });
      return ask(
        `continue ${short(id)}`,
        true,
        onChannel(id, (channel) => {
          if (channel.place !== 'stasis') return { status: 409 };
          if (channel.state !== 'Up') return { status: 412 };
          asterisk.enterDialplan(channel);
          return { status: 204 };
        }),
      );
    },

    hangUp: (id) =>
      ask(
        `DELETE ${short(id)}`,
        true,
        onChannel(id, (channel) => {
          watch.deleting(process, channel);
          asterisk.hangUp(channel);
          return { status: 204 };
        }),
      ),

    readVariable: (id, name) =>
      ask(
        `variable of ${short(id)}`,
        true,
        onChannel(id, (channel) => {
          if (!name.startsWith('HANGUPCAUSE')) {
            return { status: 200, body: { value: name.includes(`,${MISSING_EXTENSION},`) ? '0' : '1' } };
          }
          const value = lastResponse(channel);
          return value === null ? { status: 500 } : { status: 200, body: { value } };
        }),
      ),

    channel: (id) =>
      ask(
        `GET ${short(id)}`,
        true,
        onChannel(id, (channel) => ({ status: 200, body: shownChannel(channel) })),
      ),

    channels: () =>
      ask(
        'list channels',
        asterisk.channels().length > 0,
        () => ({ status: 200, body: asterisk.channels().map(shownChannel) }),
        LIST_TIMEOUT_MS,
      ),

    info: async () => {
      const reply = await ask<AsteriskInfo>('info', false, () => ({
        status: 200,
        body: {
          system: { version: '22.10.1', entity_id: '02:00:00:00:00:01' },
          status: { startup_time: new Date(EPOCH_MS + asterisk.startedAt()).toISOString().replace('Z', '+0000') },
        },
      }));
      const startup = reply.kind === 'ok' ? reply.body.status?.startup_time : undefined;
      watch.toldStart(process, startup === undefined ? null : Date.parse(startup) - EPOCH_MS);
      return reply;
    },

    filterEvents: (app) => ask(`filter ${app}`, false, () => ({ status: sockets.hasSocket(app) ? 204 : 404 })),

    applications: () => ask('applications', false, () => ({ status: 200, body: [] })),

    close: () => undefined,
  };
}

/** The last of a call's id and its attempt: enough to tell channels of one run apart. */
function short(channel: string): string {
  return channel.slice(-6);
}
