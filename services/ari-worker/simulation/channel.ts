import type { AriChannel } from '../src/ari/events.js';
import type { Callee } from './callees.js';
import type { Action } from './scheduler.js';

/** How a channel ended, in truth: what the call's status is judged by. */
export type Ending =
  | { readonly by: 'far_end'; readonly cause: number; readonly sip: number | null }
  | {
      readonly by: 'ring_timeout' | 'delete' | 'dialplan' | 'restart' | 'killed' | 'nobody_home' | 'second_dial';
    };

/** One channel of the model Asterisk, and what only the model knows of it. */
export interface Channel {
  readonly id: string;
  readonly callId: string;
  readonly app: string;
  readonly callee: Callee;
  state: 'Down' | 'Ringing' | 'Up';
  place: 'stasis' | 'dialplan' | 'gone';
  invites: number;
  invitedAt: number | null;
  /** Ringing or early media. */
  rangAt: number | null;
  /** A terminal dial result was said while the channel lives on: the far end is through with it. */
  dialResultAt: number | null;
  answeredAt: number | null;
  endedAt: number | null;
  ending: Ending | null;
  readonly timers: Action[];
}

/** The far end was asked to ring, and no one has ended it since. */
export function isLiveLeg(channel: Channel): boolean {
  return channel.place !== 'gone' && channel.invites > 0 && channel.dialResultAt === null;
}

/** The channel as it was at a time: what happened since then has not. */
export function asOf(channel: Channel, at: number): Channel {
  const then = (time: number | null): number | null => (time !== null && time <= at ? time : null);
  return {
    ...channel,
    rangAt: then(channel.rangAt),
    dialResultAt: then(channel.dialResultAt),
    answeredAt: then(channel.answeredAt),
    endedAt: then(channel.endedAt),
  };
}

/** What Asterisk keeps of the last response to its INVITE: none before it is dialled, and never of a far end that is silent. */
export function lastResponse({ invites, callee, rangAt }: Channel): string | null {
  if (invites === 0 || callee === 'silent') return null;
  return rangAt === null ? 'SIP 100 Trying' : 'SIP 180 Ringing';
}

/** The channel as ARI shows it at this moment. */
export function shownChannel(channel: Channel): AriChannel {
  const inStasis = channel.place === 'stasis';
  return {
    id: channel.id,
    name: `PJSIP/trunk-${channel.id.slice(-6)}`,
    state: channel.state,
    dialplan: {
      context: 'from-trunk',
      exten: 's',
      priority: 1,
      app_name: inStasis ? 'Stasis' : channel.place === 'dialplan' ? 'Wait' : '',
      app_data: inStasis ? channel.app : '',
    },
  };
}
