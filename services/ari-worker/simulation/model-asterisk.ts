import type { AriEvent } from '../src/ari/events.js';
import { playOf, type Callee, type FarEndStep } from './callees.js';
import { shownChannel, type Channel, type Ending } from './channel.js';
import type { EventSockets } from './event-sockets.js';
import type { Service } from './network.js';
import { between, chance, type Random } from './random.js';
import type { Scheduler } from './scheduler.js';
import type { Trace } from './trace.js';

/** What onlookers of the model are told, at the moment it happens. */
export interface AsteriskWatch {
  readonly invited: (channel: Channel) => void;
}

/** Channels and their lives, as measured on Asterisk 22: what ARI asks for is carried out here, at once and in one piece. */
export interface ModelAsterisk {
  readonly channels: () => Channel[];
  /** A channel that is there now. */
  readonly live: (id: string) => Channel | undefined;
  /** Every channel that ever was. After a lost claim two have had one name, each in its own application. */
  readonly everything: () => Iterable<Channel>;
  /** The latest channel of this name: of those in this application, if any was. */
  readonly everOf: (id: string, app: string | undefined) => Channel | undefined;
  readonly create: (id: string, callId: string, app: string, callee: Callee) => void;
  readonly dial: (channel: Channel, timeoutSeconds: number) => void;
  readonly enterDialplan: (channel: Channel) => void;
  readonly hangUp: (channel: Channel) => void;
  /** Goes down: politely it says goodbye to every channel, killed it says nothing. Up again after so long. */
  readonly restart: (politely: boolean, downMs: number) => void;
  readonly startedAt: () => number;
  readonly booting: () => boolean;
}

const LONG_TALK_MS = 120_000;

const SOFT_HANGUP = 32;
const SOFT_HANGUP_SHUTDOWN = 4;

export function createModelAsterisk(options: {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  readonly service: Service;
  readonly sockets: EventSockets;
  readonly watch: AsteriskWatch;
  /** Whether an answered call lasts until somebody of ours ends it. */
  readonly talksLong: (callId: string) => boolean;
}): ModelAsterisk {
  const { scheduler, random, trace, service, sockets, watch } = options;
  const live = new Map<string, Channel>();
  const ever = new Map<string, Channel[]>();
  let startedAt = 0;
  let booting = false;

  function publish(channel: Channel, event: AriEvent): void {
    sockets.publish(channel.app, event);
  }

  function say(channel: Channel, type: 'StasisStart' | 'StasisEnd' | 'ChannelStateChange'): void {
    publish(channel, { type, application: channel.app, channel: shownChannel(channel) });
  }

  function sayDial(channel: Channel, dialstatus: string): void {
    publish(channel, { type: 'Dial', application: channel.app, peer: shownChannel(channel), dialstatus });
  }

  function play(channel: Channel, steps: readonly FarEndStep[]): void {
    const [step, ...rest] = steps;
    if (step === undefined) return;
    channel.timers.push(
      scheduler.after(step.afterMs, null, () => {
        act(channel, step.act);
        if (channel.place !== 'gone') play(channel, rest);
      }),
    );
  }

  function act(channel: Channel, what: FarEndStep['act']): void {
    switch (what.kind) {
      case 'ring':
        ring(channel);
        break;
      case 'progress':
        channel.rangAt = scheduler.now();
        sayDial(channel, 'PROGRESS');
        break;
      case 'answer':
        answer(channel);
        break;
      case 'dial_result':
        channel.dialResultAt = scheduler.now();
        sayDial(channel, what.result);
        break;
      case 'refuse': {
        const tech = what.sip === null ? {} : { tech_cause: what.sip };
        end(channel, { by: 'far_end', cause: what.cause, sip: what.sip }, what.cause, tech, {
          cause: what.cause,
          ...tech,
        });
      }
    }
  }

  /** The order of the two events is not fixed (measured). */
  function ring(channel: Channel): void {
    const dialFirst = chance(random, 0.5);
    channel.rangAt = scheduler.now();
    if (dialFirst) sayDial(channel, 'RINGING');
    channel.state = 'Ringing';
    say(channel, 'ChannelStateChange');
    if (!dialFirst) sayDial(channel, 'RINGING');
  }

  function answer(channel: Channel): void {
    for (const timer of channel.timers) timer.run = null;
    channel.state = 'Up';
    channel.answeredAt = scheduler.now();
    if (trace.on) trace.say(`callee of ${channel.id.slice(-6)} answers`);
    say(channel, 'ChannelStateChange');
    sayDial(channel, 'ANSWER');
    // Few hang up on silence: most wait until somebody speaks to them, however long that takes.
    if (chance(random, 0.1)) channel.timers.push(scheduler.after(between(random, 50, 3_000), null, () => bye(channel)));
  }

  function bye(channel: Channel): void {
    end(channel, { by: 'far_end', cause: 16, sip: null }, 16, {}, { cause: 16 });
  }

  function end(
    channel: Channel,
    ending: Ending,
    cause: number,
    tech: { readonly tech_cause?: number },
    request: { readonly cause: number; readonly tech_cause?: number; readonly soft?: boolean } | null,
  ): void {
    if (channel.place === 'gone') return;
    for (const timer of channel.timers) timer.run = null;
    const { app: application } = channel;
    if (trace.on) trace.say(`channel ${channel.id.slice(-6)} ends by ${ending.by} (${channel.state})`);
    if (request !== null) {
      publish(channel, { type: 'ChannelHangupRequest', application, channel: shownChannel(channel), ...request });
    }
    if (channel.place === 'stasis') say(channel, 'StasisEnd');
    channel.place = 'gone';
    channel.ending = ending;
    channel.endedAt = scheduler.now();
    live.delete(channel.id);
    publish(channel, {
      type: 'ChannelDestroyed',
      application,
      channel: shownChannel(channel),
      cause,
      cause_txt: '',
      ...tech,
    });
  }

  /** A hangup of ours: announced as a soft one. A channel that was never dialled says 603 (measured). */
  function hangUp(channel: Channel): void {
    const undialled = channel.invites === 0;
    end(channel, { by: 'delete' }, 16, undialled ? { tech_cause: 603 } : {}, { cause: SOFT_HANGUP, soft: true });
  }

  return {
    channels: () => [...live.values()],
    live: (id) => live.get(id),
    everything: () => [...ever.values()].flat(),
    everOf: (id, app) => {
      const named = ever.get(id) ?? [];
      return named.findLast((channel) => channel.app === app) ?? named.at(-1);
    },
    create: (id, callId, app, callee) => {
      const channel: Channel = {
        id,
        callId,
        app,
        callee,
        state: 'Down',
        place: 'stasis',
        invites: 0,
        invitedAt: null,
        rangAt: null,
        dialResultAt: null,
        answeredAt: null,
        endedAt: null,
        ending: null,
        timers: [],
      };
      const named = ever.get(id);
      if (named === undefined) ever.set(id, [channel]);
      else named.push(channel);
      if (!sockets.hasSocket(app)) {
        // Answered 200 and destroyed at once (measured).
        channel.place = 'gone';
        channel.ending = { by: 'nobody_home' };
        channel.endedAt = scheduler.now();
        return;
      }
      live.set(id, channel);
      say(channel, 'StasisStart');
    },
    dial: (channel, timeoutSeconds) => {
      channel.invites++;
      channel.invitedAt = scheduler.now();
      watch.invited(channel);
      if (trace.on) trace.say(`INVITE of ${channel.id.slice(-6)}`);
      sayDial(channel, '');
      if (channel.invites > 1) {
        // A second dial before the first 180 is answered 204 and cancels the running call (measured).
        end(channel, { by: 'second_dial' }, 16, {}, { cause: 16 });
        return;
      }
      channel.timers.push(
        scheduler.after(timeoutSeconds * 1_000, null, () =>
          end(channel, { by: 'ring_timeout' }, 19, { tech_cause: 480 }, { cause: SOFT_HANGUP, soft: true }),
        ),
      );
      play(channel, playOf(channel.callee, random));
    },
    enterDialplan: (channel) => {
      for (const timer of channel.timers) timer.run = null;
      say(channel, 'StasisEnd');
      channel.place = 'dialplan';
      const talkMs = options.talksLong(channel.callId)
        ? LONG_TALK_MS
        : chance(random, 0.3)
          ? between(random, 5_000, 25_000)
          : between(random, 200, 4_000);
      const byCallee = chance(random, 0.5);
      channel.timers.push(
        scheduler.after(talkMs, null, () => {
          if (byCallee) bye(channel);
          else end(channel, { by: 'dialplan' }, 16, {}, null);
        }),
      );
    },
    hangUp,
    restart: (politely, downMs) => {
      if (trace.on) trace.say(`Asterisk ${politely ? 'restarts' : 'is killed'}`);
      for (const channel of [...live.values()]) {
        if (politely) end(channel, { by: 'restart' }, 0, {}, { cause: SOFT_HANGUP_SHUTDOWN, soft: true });
        else vanish(channel);
      }
      service.away = true;
      service.outages++;
      booting = false;
      sockets.cutAll();
      scheduler.after(downMs / 2, null, () => (booting = true));
      scheduler.after(downMs, null, () => {
        booting = false;
        service.away = false;
        startedAt = scheduler.now();
        if (trace.on) trace.say('Asterisk is up');
      });
    },
    startedAt: () => startedAt,
    booting: () => booting,
  };

  function vanish(channel: Channel): void {
    for (const timer of channel.timers) timer.run = null;
    channel.place = 'gone';
    channel.ending = { by: 'killed' };
    channel.endedAt = scheduler.now();
    live.delete(channel.id);
  }
}
