import type { Publish } from './applications.js';
import type { FarEndAct, FarEndStep } from './callees.js';
import type { Channel } from './channel.js';
import type { Clock } from './clock.js';
import { causeOfSipStatus, causeText, sipStatusOfCause, SOFT_HANGUP_EXPLICIT } from './hangup-causes.js';
import type { EndedBy } from './ledger.js';
import type { Random } from './random.js';

/** The end of a channel. `request` is what ChannelHangupRequest says; without it there is none. */
export interface CallEnd {
  readonly cause: number;
  readonly techCause: number | null;
  readonly by: EndedBy;
  readonly request?: { readonly cause: number; readonly tech_cause?: number; readonly soft?: true };
}

/** What happens to one channel from StasisStart to ChannelDestroyed, and the events that say so, in recorded order. */
export function createCallLife({
  clock,
  random,
  publish,
  forget,
}: {
  clock: Clock;
  random: Random;
  publish: Publish;
  forget: (channel: Channel) => void;
}) {
  function enterStasis(channel: Channel, appArgs: string): void {
    const appData = appArgs === '' ? channel.app : `${channel.app},${appArgs}`;
    channel.place = 'stasis';
    Object.assign(channel.dialplan, { app_name: 'Stasis', app_data: appData });
    publish(channel, {
      type: 'ChannelDialplan',
      after: { dialplan_app: 'Stasis', dialplan_app_data: appData },
    });
    publish(channel, { type: 'ChannelVarset', before: { variable: 'STASISSTATUS', value: '' } });
    publish(channel, { type: 'StasisStart', after: { args: appArgs === '' ? [] : appArgs.split(',') } });
  }

  function leaveStasis(channel: Channel): void {
    publish(channel, { type: 'StasisEnd' });
    channel.place = 'dialplan';
  }

  function dial(channel: Channel, timeoutSeconds: number): void {
    const { farEnd } = channel.endpoint;
    channel.dials += 1;
    channel.record.dialled(timeoutSeconds);

    if (channel.dials > 1) {
      sayDial(channel, '', channel.endpoint.dialString);
      // Measured: the running call is CANCELled. The causes are a reading: those of a hangup without one (style D: 16).
      end(channel, { cause: 16, techCause: null, by: 'asterisk', request: { cause: 16 } });
      return;
    }

    if (farEnd.opening === 'ring-first') {
      channel.state = 'Ringing';
      channel.record.rang(publish(channel, { type: 'ChannelStateChange' }));
    }
    if (farEnd.opening !== 'no-dial') sayDial(channel, '', channel.endpoint.dialString);
    if (farEnd.opening === 'ring-first') sayDial(channel, 'RINGING');

    // No timeout, or nonsense, means none: Asterisk would ring for ever.
    if (timeoutSeconds > 0) {
      channel.pending.ringTimeout = clock.after(timeoutSeconds * 1_000, () => ringTimeout(channel));
    }
    play(channel, farEnd.steps, 0);
  }

  /** Plays the far end's steps one after another; the end of the channel cancels what is left of them. */
  function play(channel: Channel, steps: readonly FarEndStep[], position: number): void {
    const step = steps[position];
    if (step === undefined) return;
    channel.pending.farEnd = clock.after(step.afterMs, () => {
      act(channel, step.act);
      if (channel.place !== 'gone') play(channel, steps, position + 1);
    });
  }

  function act(channel: Channel, what: FarEndAct): void {
    switch (what.kind) {
      case 'try':
        channel.response = 'SIP 100 Trying';
        break;
      case 'ring':
        ring(channel);
        break;
      case 'progress':
        channel.response = 'SIP 183 Session Progress';
        channel.record.progressed(sayDial(channel, 'PROGRESS'));
        break;
      case 'answer':
        answer(channel);
        break;
      case 'dial-status':
        sayDial(channel, what.status);
        break;
      case 'refuse':
        refused(channel, what.sipStatus);
        break;
      case 'hang-up':
        hungUp(channel, what.cause);
    }
  }

  /** The order of the two events is not fixed in Asterisk either; the seed decides. */
  function ring(channel: Channel): void {
    const dialFirst = random() < 0.5;
    channel.response = 'SIP 180 Ringing';
    if (dialFirst) channel.record.rang(sayDial(channel, 'RINGING'));
    channel.state = 'Ringing';
    channel.record.rang(publish(channel, { type: 'ChannelStateChange' }));
    if (!dialFirst) channel.record.rang(sayDial(channel, 'RINGING'));
  }

  function answer(channel: Channel): void {
    channel.pending.ringTimeout();
    channel.state = 'Up';
    channel.record.answered(publish(channel, { type: 'ChannelStateChange' }));
    sayDial(channel, 'ANSWER');
  }

  function refused(channel: Channel, sipStatus: number): void {
    const cause = causeOfSipStatus(sipStatus);
    end(channel, { cause, techCause: sipStatus, by: 'callee', request: { cause, tech_cause: sipStatus } });
  }

  function hungUp(channel: Channel, cause: number): void {
    const { technology, farEnd } = channel.endpoint;
    const techCause = technology === 'Local' ? null : sipStatusOfCause(cause);
    // An extension that does not exist hangs nobody up: the channel simply ends.
    const request = farEnd.opening === 'no-dial' ? {} : { request: { cause } };
    end(channel, { cause, techCause, by: 'callee', ...request });
  }

  function ringTimeout(channel: Channel): void {
    end(channel, {
      cause: 19,
      techCause: channel.endpoint.technology === 'Local' ? null : 480,
      by: 'ring-timeout',
      request: { cause: SOFT_HANGUP_EXPLICIT, soft: true },
    });
  }

  function end(channel: Channel, { cause, techCause, by, request }: CallEnd): void {
    if (channel.place === 'gone') return;
    stopTimers(channel);
    if (request !== undefined) publish(channel, { type: 'ChannelHangupRequest', before: request });
    if (channel.place === 'stasis') publish(channel, { type: 'StasisEnd' });
    if (channel.dialplan.app_name === 'Playback') {
      publish(channel, { type: 'ChannelVarset', before: { variable: 'PLAYBACKSTATUS', value: 'SUCCESS' } });
    }
    if (channel.place !== 'created') {
      Object.assign(channel.dialplan, { app_name: 'Stasis', app_data: channel.app });
      publish(channel, { type: 'ChannelVarset', before: { variable: 'STASISSTATUS', value: 'SUCCESS' } });
    }
    Object.assign(channel.dialplan, { app_name: '', app_data: '' });
    const told = publish(channel, {
      type: 'ChannelDestroyed',
      after: { cause, cause_txt: causeText(cause), ...(techCause === null ? {} : { tech_cause: techCause }) },
    });
    channel.place = 'gone';
    channel.record.ended({ cause, techCause, by, told });
    forget(channel);
  }

  /** The channel vanishes with its Asterisk: no event, no goodbye. */
  function drop(channel: Channel): void {
    stopTimers(channel);
    channel.place = 'gone';
    channel.record.ended({ cause: 0, techCause: null, by: 'asterisk', told: false });
    forget(channel);
  }

  function sayDial(channel: Channel, dialstatus: string, dialstring = ''): boolean {
    return publish(channel, { type: 'Dial', after: { dialstatus, forward: '', dialstring }, subject: 'peer' });
  }

  return { enterStasis, leaveStasis, dial, end, drop };
}

function stopTimers({ pending }: Channel): void {
  pending.farEnd();
  pending.ringTimeout();
  pending.dialplan();
}
