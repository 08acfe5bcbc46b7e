import type { Channel } from './channel.js';
import { channelView } from './channel.js';
import type { EventFaults } from './event-faults.js';

/** What carries the events of one WebSocket to its reader. */
export interface EventReceiver {
  send(text: string): void;
}

/** An ARI application. It is known while it has a socket or subscriptions, and forgotten with all it was told. */
export interface Application {
  readonly name: string;
  /** The socket that hears it; null while nobody does. Events of that time are lost. */
  receiver: EventReceiver | null;
  allowed: ReadonlySet<string> | null;
  disallowed: ReadonlySet<string> | null;
  readonly channelIds: Set<string>;
}

/** Something that happened to a channel, in the parts whose order Asterisk's JSON keeps. */
export interface ChannelEvent {
  readonly type: string;
  /** Keys that stand before `type`. */
  readonly before?: Readonly<Record<string, unknown>>;
  /** Keys that stand behind `timestamp`. */
  readonly after?: Readonly<Record<string, unknown>>;
  /** Dial events call their channel `peer`. */
  readonly subject?: 'channel' | 'peer';
}

/** Tells everybody who listens to a channel what happened to it. Returns whether it left for anybody. */
export type Publish = (channel: Channel, event: ChannelEvent) => boolean;

/** An event filter as `PUT /applications/{app}/eventFilter` takes it: an absent key leaves the former value. */
export interface EventFilter {
  readonly allowed?: readonly { readonly type: string }[];
  readonly disallowed?: readonly { readonly type: string }[];
}

/** An application as ARI shows it. */
export interface ApplicationView {
  readonly name: string;
  readonly channel_ids: readonly string[];
  readonly bridge_ids: readonly string[];
  readonly endpoint_ids: readonly string[];
  readonly device_names: readonly string[];
  readonly events_allowed: readonly { readonly type: string }[];
  readonly events_disallowed: readonly { readonly type: string }[];
}

/** The applications of one Asterisk, and the delivery of events to their sockets. */
export type Applications = ReturnType<typeof createApplications>;

/** No application is known at first: each comes to be when its first socket opens. */
export function createApplications({
  timestamp,
  asteriskId,
  eventFaults,
}: {
  timestamp: () => string;
  asteriskId: string;
  eventFaults: EventFaults;
}) {
  const applications = new Map<string, Application>();
  const listeningToAll = new Set<Application>();
  /** Who hears of a channel until it is destroyed, whoever runs it meanwhile. */
  const subscribersOf = new WeakMap<Channel, Set<Application>>();

  /**
   * Opens applications for a socket. An older socket hears ApplicationReplaced, unless its filter leaves that out
   * (measured on 22.10), stays open and gets nothing more.
   */
  function connect(names: readonly string[], receiver: EventReceiver, subscribesAll: boolean): void {
    for (const name of names) {
      const application = applications.get(name) ?? newApplication(name);
      applications.set(name, application);
      const older = application.receiver !== null && application.receiver !== receiver;
      if (older && wants(application, 'ApplicationReplaced')) {
        say(application, { type: 'ApplicationReplaced', timestamp: timestamp() });
      }
      application.receiver = receiver;
      // Subscribing to everything lasts as long as the application: a later socket cannot take it back.
      if (subscribesAll) listeningToAll.add(application);
    }
  }

  /** A socket is gone. An application with live channels waits for its next socket, any other is forgotten at once. */
  function disconnect(names: readonly string[], receiver: EventReceiver): void {
    for (const name of names) {
      const application = applications.get(name);
      if (application?.receiver !== receiver) continue;
      application.receiver = null;
      if (application.channelIds.size > 0) continue;
      applications.delete(name);
      listeningToAll.delete(application);
    }
  }

  /** Makes an application hear of a channel until its end. False if it is unknown. */
  function subscribe(name: string, channel: Channel): boolean {
    const application = applications.get(name);
    if (application === undefined) return false;
    application.channelIds.add(channel.id);
    const subscribers = subscribersOf.get(channel) ?? new Set();
    subscribersOf.set(channel, subscribers.add(application));
    return true;
  }

  function unsubscribe(name: string, channel: Channel): boolean {
    const application = applications.get(name);
    if (application === undefined || subscribersOf.get(channel)?.delete(application) !== true) return false;
    application.channelIds.delete(channel.id);
    return true;
  }

  /** Ends every subscription to a channel. An application without a socket stays listed (a leak of the real one). */
  function release(channel: Channel): void {
    for (const application of subscribersOf.get(channel) ?? []) application.channelIds.delete(channel.id);
    subscribersOf.delete(channel);
  }

  const publish: Publish = (channel, event) => {
    let body: Record<string, unknown> | null = null;
    let text = '';
    let told = false;

    const tell = (application: Application): void => {
      if (application.receiver === null || !wants(application, event.type)) return;
      body ??= bodyOf(channel, event);
      // Serialised once; what differs from one application to the next is its own name at the end.
      text ||= JSON.stringify(body).slice(0, -1);
      if (deliver(application, body, `${text},${tail(application)}`)) told = true;
    };

    const subscribers = subscribersOf.get(channel);
    subscribers?.forEach(tell);
    for (const application of listeningToAll) {
      if (subscribers?.has(application) !== true) tell(application);
    }
    return told;
  };

  function bodyOf(channel: Channel, { type, before, after, subject = 'channel' }: ChannelEvent) {
    return { ...before, type, timestamp: timestamp(), ...after, [subject]: channelView(channel) };
  }

  function say(application: Application, body: Record<string, unknown>): void {
    deliver(application, body, `${JSON.stringify(body).slice(0, -1)},${tail(application)}`);
  }

  function tail(application: Application): string {
    return `"asterisk_id":${JSON.stringify(asteriskId)},"application":${JSON.stringify(application.name)}}`;
  }

  /** Returns whether it is on its way, at once or later. */
  function deliver(application: Application, body: Readonly<Record<string, unknown>>, text: string): boolean {
    const { receiver } = application;
    if (receiver === null) return false;
    if (eventFaults.any()) return eventFaults.pass({ application: application.name, body }, () => receiver.send(text));
    receiver.send(text);
    return true;
  }

  return {
    connect,
    disconnect,
    subscribe,
    unsubscribe,
    release,
    publish,

    /** Whether a channel created for this application now would find somebody there. */
    isActive: (name: string): boolean => (applications.get(name)?.receiver ?? null) !== null,

    find(name: string): ApplicationView | null {
      const application = applications.get(name);
      return application === undefined ? null : viewOf(application);
    },

    list: (): ApplicationView[] => [...applications.values()].map(viewOf),

    /** Null if the application is unknown. An empty filter clears both lists. */
    setFilter(name: string, filter: EventFilter): ApplicationView | null {
      const application = applications.get(name);
      if (application === undefined) return null;

      const empty = filter.allowed === undefined && filter.disallowed === undefined;
      if (empty || filter.allowed !== undefined) application.allowed = typesOf(filter.allowed);
      if (empty || filter.disallowed !== undefined) application.disallowed = typesOf(filter.disallowed);
      return viewOf(application);
    },

    /** Asterisk has stopped: nothing is remembered. */
    forgetAll(): void {
      applications.clear();
      listeningToAll.clear();
    },
  };
}

function newApplication(name: string): Application {
  return { name, receiver: null, allowed: null, disallowed: null, channelIds: new Set() };
}

/** An empty list of allowed types allows all; a disallowed type is never sent. */
function wants({ allowed, disallowed }: Application, type: string): boolean {
  return (allowed === null || allowed.has(type)) && disallowed?.has(type) !== true;
}

function typesOf(types: readonly { readonly type: string }[] | undefined): ReadonlySet<string> | null {
  return types === undefined || types.length === 0 ? null : new Set(types.map(({ type }) => type));
}

function viewOf({ name, channelIds, allowed, disallowed }: Application): ApplicationView {
  return {
    name,
    channel_ids: [...channelIds],
    bridge_ids: [],
    endpoint_ids: [],
    device_names: [],
    events_allowed: [...(allowed ?? [])].map((type) => ({ type })),
    events_disallowed: [...(disallowed ?? [])].map((type) => ({ type })),
  };
}
