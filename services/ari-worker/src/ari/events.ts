/** The parts of a channel, as events and answers carry it, that we look at. */
export interface AriChannel {
  readonly id: string;
  readonly name: string;
  /** Down, Ringing, Up and a few that outbound channels never show. */
  readonly state: string;
  /** Asterisk's own time, like an event's `timestamp`. */
  readonly creationtime?: string;
  readonly dialplan: {
    readonly context: string;
    readonly exten: string;
    readonly priority: number;
    /** `Stasis` while the channel waits in an ARI application. */
    readonly app_name: string;
    /** The application's name, then its arguments. */
    readonly app_data: string;
  };
}

interface Event<Type extends string> {
  readonly type: Type;
  readonly application: string;
  /** `2026-11-22T08:28:33.030+0000` */
  readonly timestamp?: string;
}

interface ChannelEvent<Type extends string> extends Event<Type> {
  readonly channel: AriChannel;
}

export type AriEvent =
  | ChannelEvent<'StasisStart'>
  | ChannelEvent<'StasisEnd'>
  | ChannelEvent<'ChannelStateChange'>
  /** `soft` with cause 32 is Asterisk's own flag for a hangup from our side, not a Q.850 cause. */
  | (ChannelEvent<'ChannelHangupRequest'> & {
      readonly cause?: number;
      readonly soft?: boolean;
      /** The SIP response, where there was one. */
      readonly tech_cause?: number;
    })
  | (ChannelEvent<'ChannelDestroyed'> & {
      readonly cause: number;
      readonly cause_txt: string;
      readonly tech_cause?: number;
    })
  /** Carries our channel as `peer`, and an empty `dialstatus` when the dialling begins. */
  | (Event<'Dial'> & { readonly peer: AriChannel; readonly dialstatus: string })
  /** A variable was set, by whomever: by us at the create, by Asterisk, by the dialplan. */
  | (ChannelEvent<'ChannelVarset'> & { readonly variable: string; readonly value: string })
  /** `UserEvent()` of the dialplan: its name, as `eventname`, among the names and values that it says. */
  | (ChannelEvent<'ChannelUserevent'> & {
      readonly eventname: string;
      readonly userevent: Readonly<Record<string, unknown>>;
    })
  | Event<'ApplicationReplaced'>;

/**
 * The event types that Asterisk is asked to send; everything else is filtered out on its side, and so would be
 * `ApplicationReplaced` (measured on 22.10): whoever does not ask for it never learns that its socket is replaced.
 */
const WANTED_EVENTS = [
  'StasisStart',
  'StasisEnd',
  'ChannelStateChange',
  'Dial',
  'ChannelHangupRequest',
  'ChannelDestroyed',
  'ChannelUserevent',
  'ApplicationReplaced',
] as const satisfies AriEvent['type'][];

/**
 * Asked for only where results are looked for among variables: Asterisk says every variable, and nearly twice as many events
 * of an answered call (measured: seven are of its own variables, mostly statistics of the media).
 */
const VARIABLES = 'ChannelVarset';

/** The types to ask for. @param variables whether results are looked for among variables. */
export function wantedEvents(variables: boolean): AriEvent['type'][] {
  return variables ? [...WANTED_EVENTS, VARIABLES] : [...WANTED_EVENTS];
}

const KNOWN: ReadonlySet<unknown> = new Set<AriEvent['type']>(wantedEvents(true));

/**
 * The event in a WebSocket message, or null for a kind that we do not read.
 *
 * @throws SyntaxError when it is not JSON, TypeError when it lacks what an event of its type has.
 */
export function parseAriEvent(text: string): AriEvent | null {
  const event = JSON.parse(text) as Parts;
  if (!isObject(event) || !KNOWN.has(event.type)) return null;
  // Global variables and events of the manager interface have none.
  if (MAY_BE_OF_NO_CHANNEL.has(event.type) && event.channel === undefined) return null;
  if (!isWhole(event)) throw new TypeError(`an event ${String(event.type)} lacks what it should have`);
  return event as unknown as AriEvent;
}

const MAY_BE_OF_NO_CHANNEL: ReadonlySet<unknown> = new Set(['ChannelVarset', 'ChannelUserevent']);

/** What JSON has said, of which nothing is known yet. */
type Parts = Readonly<Record<string, unknown>>;

/** Whether everything is there that is read of an event. What comes from a socket is not to be trusted further than that. */
function isWhole(event: Parts): boolean {
  switch (event.type) {
    case 'ApplicationReplaced':
      return true;
    case 'Dial':
      return isChannel(event.peer) && typeof event.dialstatus === 'string';
    case 'ChannelDestroyed':
      return isChannel(event.channel) && typeof event.cause === 'number';
    case 'ChannelVarset':
      return isChannel(event.channel) && typeof event.variable === 'string' && typeof event.value === 'string';
    case 'ChannelUserevent':
      return isChannel(event.channel) && typeof event.eventname === 'string' && isObject(event.userevent);
    default:
      return isChannel(event.channel);
  }
}

function isChannel(channel: unknown): boolean {
  if (!isObject(channel) || !isObject(channel.dialplan)) return false;
  const { app_name: name, app_data: data } = channel.dialplan;
  return [channel.id, channel.state, name, data].every((text) => typeof text === 'string');
}

function isObject(value: unknown): value is Parts {
  return typeof value === 'object' && value !== null;
}

/** Asterisk's time stamp as a date, or null. It writes the zone without the colon that ISO 8601 wants. */
export function parseAriTime(timestamp: string | undefined): Date | null {
  if (timestamp === undefined) return null;
  const time = new Date(timestamp.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(time.getTime()) ? null : time;
}

/** The channel an event is about, or null for events about an application. */
export function channelOfEvent(event: AriEvent): AriChannel | null {
  if (event.type === 'ApplicationReplaced') return null;
  return event.type === 'Dial' ? event.peer : event.channel;
}
