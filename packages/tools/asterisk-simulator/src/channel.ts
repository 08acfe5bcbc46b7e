import type { Endpoint } from './endpoints.js';
import type { RecordPen } from './ledger.js';

/** The states a channel of ours can be in; `Ring` is the far half of a Local channel that is being dialled. */
export type ChannelState = 'Down' | 'Ring' | 'Ringing' | 'Up';

/** One live channel. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  /** The id of the `;2` of a Local channel, of Asterisk's own making; null for other channels. */
  readonly farHalfId: string | null;
  /** The SIP Call-ID; empty for Local channels. */
  readonly protocolId: string;
  readonly createdAt: string;
  readonly endpoint: Endpoint;
  /** The application it was created for. */
  readonly app: string;
  readonly record: RecordPen;
  readonly variables: Map<string, string>;
  /** Names of the variables that were set with `report_events`: they appear as `channelvars` from StasisStart on. */
  readonly reported: Set<string>;
  readonly connected: { name: string; number: string };
  /** `created` lasts until StasisStart, a few milliseconds in which a dial is answered 409. */
  place: 'created' | 'stasis' | 'dialplan' | 'gone';
  state: ChannelState;
  /** The last SIP response to its INVITE that did not end it, which `HANGUPCAUSE(…,tech)` tells (measured on 22.10). */
  response: 'SIP 100 Trying' | 'SIP 180 Ringing' | 'SIP 183 Session Progress' | null;
  dials: number;
  dialplan: { context: string; exten: string; priority: number; app_name: string; app_data: string };
  /** What will still happen by itself; each is cancelled when the channel ends. */
  readonly pending: { farEnd: Cancel; ringTimeout: Cancel; dialplan: Cancel };
}

/** Cancels a timer; harmless after it fired. */
export type Cancel = () => void;

/** The channel as ARI shows it, in Asterisk's order of keys. */
export interface ChannelView {
  readonly id: string;
  readonly name: string;
  readonly state: ChannelState;
  readonly protocol_id: string;
  readonly caller: { readonly name: string; readonly number: string };
  readonly connected: { readonly name: string; readonly number: string };
  readonly accountcode: string;
  readonly dialplan: Channel['dialplan'];
  readonly creationtime: string;
  readonly language: string;
  readonly channelvars?: Readonly<Record<string, string>>;
}

/** A picture of the channel as it is now. */
export function channelView(channel: Channel): ChannelView {
  const view: ChannelView = {
    id: channel.id,
    name: channel.name,
    state: channel.state,
    protocol_id: channel.protocolId,
    caller: NOBODY,
    connected: { ...channel.connected },
    accountcode: '',
    dialplan: { ...channel.dialplan },
    creationtime: channel.createdAt,
    language: 'en',
  };
  if (channel.place === 'created' || channel.reported.size === 0) return view;

  const channelvars: Record<string, string> = {};
  for (const name of channel.reported) channelvars[name] = channel.variables.get(name) ?? '';
  return { ...view, channelvars };
}

/** The `;2` of a Local channel: listed and readable, but no event of it reaches the application that made `;1`. */
export function farHalfView(channel: Channel, id: string): ChannelView {
  const dialled = channel.dials > 0 ? 'Ring' : 'Down';
  return {
    ...channelView({ ...channel, reported: new Set() }),
    id,
    name: channel.name.replace(/;1$/, ';2'),
    state: channel.state === 'Up' ? 'Up' : dialled,
    dialplan: {
      context: channel.endpoint.context,
      exten: channel.endpoint.extension,
      priority: 1,
      app_name: '',
      app_data: '',
    },
  };
}

const NOBODY = { name: '', number: '' };
