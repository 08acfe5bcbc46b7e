import type { Applications } from './applications.js';
import type { Channel } from './channel.js';
import { asteriskTime, type Clock } from './clock.js';
import { createCallLife } from './call-life.js';
import type { Dialplan, DialplanPlace } from './dialplan.js';
import { createDialplanRunner } from './dialplan-runner.js';
import type { Directory } from './endpoints.js';
import { lookUpEndpoint } from './endpoints.js';
import { sipStatusOfCause, SOFT_HANGUP_EXPLICIT, SOFT_HANGUP_SHUTDOWN } from './hangup-causes.js';
import type { LedgerPen } from './ledger.js';
import type { Random } from './random.js';
import { hexDigits } from './random.js';

/** What `POST /channels/create` asks for. */
export interface CreateRequest {
  readonly endpoint: string;
  readonly app: string;
  readonly appArgs: string;
  /** Null: Asterisk makes one up. */
  readonly channelId: string | null;
  readonly variables: readonly { readonly name: string; readonly value: string; readonly reported: boolean }[];
}

/** Why an order to a channel was not carried out. */
export type Refusal = 'not-found' | 'not-in-stasis' | 'not-down' | 'invalid-state';

/** The calls of one Asterisk. */
export type Calls = ReturnType<typeof createCalls>;

/** The telephone exchange itself: it knows nothing of HTTP, and of sockets only that applications may have one. */
export function createCalls({
  clock,
  random,
  directory,
  dialplan,
  applications,
  ledger,
}: {
  clock: Clock;
  random: Random;
  directory: Directory;
  dialplan: Dialplan;
  applications: Applications;
  ledger: LedgerPen;
}) {
  const channels = new Map<string, Channel>();
  const farHalves = new Map<string, Channel>();
  let serial = 0;
  let uniqueIds = 0;

  const life = createCallLife({
    clock,
    random,
    publish: applications.publish,
    forget(channel) {
      channels.delete(channel.id);
      if (channel.farHalfId !== null) farHalves.delete(channel.farHalfId);
      applications.release(channel);
    },
  });
  const runDialplan = createDialplanRunner({ clock, dialplan, publish: applications.publish, end: life.end });

  function create(request: CreateRequest): Channel | 'invalid' | 'refused' | 'exists' {
    const endpoint = lookUpEndpoint(request.endpoint, directory);
    if (endpoint === 'invalid' || endpoint === 'refused') return endpoint;

    serial += 1;
    const id = request.channelId ?? idOfAsterisk();
    if (channels.has(id) || farHalves.has(id)) return 'exists';

    const number = serial.toString(16).padStart(8, '0');
    const channel: Channel = {
      id,
      name: endpoint.technology === 'Local' ? `${endpoint.name}-${number};1` : `${endpoint.name}-${number}`,
      farHalfId: endpoint.technology === 'Local' ? idOfAsterisk() : null,
      protocolId: endpoint.technology === 'Local' ? '' : callId(random),
      createdAt: asteriskTime(clock.now()),
      endpoint,
      app: request.app,
      record: ledger.created({
        channelId: id,
        endpoint: request.endpoint,
        number: endpoint.number,
        app: request.app,
        variables: Object.fromEntries(request.variables.map(({ name, value }) => [name, value])),
      }),
      response: null,
      variables: new Map(),
      reported: new Set(),
      connected: { name: '', number: '' },
      place: 'created',
      state: 'Down',
      dials: 0,
      dialplan: { context: endpoint.context, exten: endpoint.extension, priority: 1, app_name: '', app_data: '' },
      pending: { farEnd: nothing, ringTimeout: nothing, dialplan: nothing },
    };
    channels.set(id, channel);
    if (channel.farHalfId !== null) farHalves.set(channel.farHalfId, channel);
    applications.subscribe(request.app, channel);
    for (const variable of request.variables) setVariable(channel, variable);

    channel.pending.dialplan = clock.after(STASIS_START_MS, () => enterStasis(channel, request.appArgs));
    return channel;
  }

  function idOfAsterisk(): string {
    uniqueIds += 1;
    return `${Math.floor(clock.now() / 1_000)}.${uniqueIds}`;
  }

  /** An application nobody listens to is no place to wait in: the channel is destroyed at once and says nothing. */
  function enterStasis(channel: Channel, appArgs: string): void {
    if (!applications.isActive(channel.app)) {
      life.end(channel, { cause: 16, techCause: null, by: 'asterisk' });
      return;
    }
    life.enterStasis(channel, appArgs);
  }

  function setVariable(channel: Channel, { name, value, reported }: CreateRequest['variables'][number]): void {
    const connectedLine = /^CONNECTEDLINE\((num|name|all)\)$/i.exec(name)?.[1]?.toLowerCase();
    if (connectedLine !== undefined) {
      if (connectedLine !== 'name') channel.connected.number = value;
      if (connectedLine !== 'num') channel.connected.name = value;
      applications.publish(channel, { type: 'ChannelConnectedLine' });
      return;
    }
    // Leading underscores mean inheritance and vanish; a name with parentheses writes a function, not a variable.
    const plain = name.replace(/^_{1,2}/, '');
    channel.variables.set(plain, value);
    if (!plain.endsWith(')'))
      applications.publish(channel, { type: 'ChannelVarset', before: { variable: plain, value } });
    if (reported) channel.reported.add(plain);
  }

  return {
    create,

    find: (id: string): Channel | null => channels.get(id) ?? null,
    findByFarHalf: (id: string): Channel | null => farHalves.get(id) ?? null,
    all: (): IterableIterator<Channel> => channels.values(),
    count: (): number => channels.size,

    setVariable,

    /** Sends the INVITE. A second dial before the far end rings cancels the call instead of being refused. */
    dial(id: string, timeoutSeconds: number): Refusal | null {
      const channel = channels.get(id);
      if (channel === undefined) return 'not-found';
      if (channel.place !== 'stasis') return 'not-in-stasis';
      if (channel.state !== 'Down') return 'not-down';
      life.dial(channel, timeoutSeconds);
      return null;
    },

    /** Sends an answered channel into the dialplan, where `ChannelDestroyed` will be the next thing that matters. */
    continueAt(id: string, place: Partial<DialplanPlace>): Refusal | null {
      const channel = channels.get(id);
      if (channel === undefined) return 'not-found';
      if (channel.place !== 'stasis') return 'not-in-stasis';
      if (channel.state !== 'Up') return 'invalid-state';

      const to = placeToContinueAt(channel, place);
      channel.record.continued(to);
      life.leaveStasis(channel);
      runDialplan(channel, to);
      return null;
    },

    /** Ends a channel with the cause the client chose. False if there is none. */
    hangUp(id: string, cause: number): boolean {
      const channel = channels.get(id) ?? farHalves.get(id);
      if (channel === undefined) return false;
      life.end(channel, {
        cause,
        techCause: techCauseOf(channel, cause),
        by: 'client',
        request: { cause: SOFT_HANGUP_EXPLICIT, soft: true },
      });
      return true;
    },

    /** Asterisk goes down in good order: every call is hung up and says so. */
    hangUpAll(): void {
      for (const channel of channels.values()) {
        life.end(channel, {
          cause: 0,
          techCause: null,
          by: 'asterisk',
          request: { cause: SOFT_HANGUP_SHUTDOWN, soft: true },
        });
      }
    },

    /** Asterisk is killed: the calls are gone and nobody says anything. */
    dropAll(): void {
      for (const channel of channels.values()) life.drop(channel);
    },
  };
}

/** Between the reply to create and StasisStart (simulated ms): a dial in that gap is answered 409. */
const STASIS_START_MS = 3;

function nothing(): void {
  // No timer is pending.
}

/** An INVITE that was never sent is "declined" (603) by whoever hangs up: that is how a channel never dialled ends. */
function techCauseOf(channel: Channel, cause: number): number | null {
  if (channel.endpoint.technology === 'Local') return null;
  return sipStatusOfCause(cause) ?? (channel.dials === 0 ? 603 : null);
}

function placeToContinueAt({ dialplan }: Channel, { context, extension, priority }: Partial<DialplanPlace>) {
  if (context !== undefined) return { context, extension: extension ?? 's', priority: priority ?? 1 };
  if (extension !== undefined) return { context: dialplan.context, extension, priority: priority ?? 1 };
  return { context: dialplan.context, extension: dialplan.exten, priority: priority ?? dialplan.priority + 1 };
}

function callId(random: Random): string {
  return [8, 4, 4, 4, 12].map((digits) => hexDigits(random, digits)).join('-');
}
