import type { Publish } from './applications.js';
import type { CallEnd } from './call-life.js';
import type { Channel } from './channel.js';
import type { Clock } from './clock.js';
import type { Dialplan, DialplanPlace, DialplanStep } from './dialplan.js';
import { argumentsOf, durationMs, findExtension } from './dialplan.js';
import { sipStatusOfCause } from './hangup-causes.js';

/** Runs a channel through the dialplan, step by step, until it hangs up or runs out of priorities (cause 16). */
export function createDialplanRunner({
  clock,
  dialplan,
  publish,
  end,
}: {
  clock: Clock;
  dialplan: Dialplan;
  publish: Publish;
  end: (channel: Channel, how: CallEnd) => void;
}) {
  return function run(channel: Channel, { context, extension, priority }: DialplanPlace): void {
    const steps = findExtension(dialplan, context, extension) ?? [];
    Object.assign(channel.dialplan, { context, exten: extension, priority });

    // Asterisk does not refuse a place that is not there: it reports it, still as Stasis, and drops the call.
    if (steps[priority - 1] === undefined) sayWhereItIs(channel);
    perform(channel, steps, priority);
  };

  function perform(channel: Channel, steps: readonly DialplanStep[], priority: number): void {
    const step = steps[priority - 1];
    if (step === undefined) {
      hangUp(channel, 16);
      return;
    }

    const data = argumentsOf(step, channel.dialplan.exten);
    Object.assign(channel.dialplan, { priority, app_name: step.app, app_data: data });
    sayWhereItIs(channel);
    tell(channel, step.app, data);
    if (step.app === 'Hangup') hangUp(channel, Number.parseInt(data, 10) || 16);
    else hold(channel, step, () => perform(channel, steps, priority + 1));
  }

  /** What Asterisk says of the step itself. */
  function tell(channel: Channel, app: string, data: string): void {
    if (app === 'Set') {
      const [variable = '', ...value] = data.split('=');
      publish(channel, { type: 'ChannelVarset', before: { variable, value: value.join('=') } });
    } else if (app === 'UserEvent') {
      const [eventname = '', ...fields] = data.split(',');
      const said = fields.map((field) => field.split(/:\s*(.*)/s).slice(0, 2) as [string, string]);
      const userevent = { eventname, ...Object.fromEntries(said) };
      publish(channel, { type: 'ChannelUserevent', after: { eventname, userevent } });
    }
  }

  function hold(channel: Channel, step: DialplanStep, goOn: () => void): void {
    const lastsMs = durationMs(step);
    if (lastsMs === 0) {
      goOn();
      return;
    }
    channel.pending.dialplan = clock.after(lastsMs, () => {
      if (step.app === 'Playback') {
        publish(channel, { type: 'ChannelVarset', before: { variable: 'PLAYBACKSTATUS', value: 'SUCCESS' } });
      }
      goOn();
    });
  }

  function hangUp(channel: Channel, cause: number): void {
    const techCause = channel.endpoint.technology === 'Local' ? null : sipStatusOfCause(cause);
    end(channel, { cause, techCause, by: 'dialplan' });
  }

  function sayWhereItIs(channel: Channel): void {
    const { app_name, app_data } = channel.dialplan;
    publish(channel, {
      type: 'ChannelDialplan',
      after: { dialplan_app: app_name, dialplan_app_data: app_data },
    });
  }
}
