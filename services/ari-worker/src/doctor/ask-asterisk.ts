import { randomUUID } from 'node:crypto';
import { dialEndpoint, type DialplanDestination } from '@dialgate/domain';
import { silentLog, sleep } from '@dialgate/service-kit';
import { openAriClient, type AriAccess, type AriClient, type AsteriskInfo } from '../ari/client.js';
import { openEventStream, type StreamState } from '../ari/event-stream.js';
import { parseAriTime, type AriChannel } from '../ari/events.js';
import type { AriReply } from '../ari/replies.js';
import { createArrivals, type Arrivals } from '../slots/arrivals.js';
import type { ClockReading } from './judge-clocks.js';

/** What Asterisk answered. What comes after null was not asked. */
export interface AsteriskFacts {
  readonly info: AriReply<AsteriskInfo>;
  readonly socket: StreamState | null;
  readonly filter: AriReply | null;
  /** Only after a filter that was refused with 404. */
  readonly applications: AriReply | null;
  readonly probe: ProbeFacts | null;
  /** A channel to DIAL_ENDPOINT, made and removed. */
  readonly trunk: AriReply | null;
  /** Channels that could not be removed. */
  readonly left: readonly string[];
}

/** What a channel that leads nowhere told. */
export interface ProbeFacts {
  readonly made: AriReply;
  readonly clock: ClockReading;
  /** Whether its entering the application, and its end, were heard on the event socket. */
  readonly entered: boolean;
  readonly ended: boolean;
  /** DIALPLAN_EXISTS. */
  readonly place: AriReply<{ value: string }> | null;
}

/** What to look at. */
export interface AsteriskQuestion {
  readonly access: AriAccess;
  /** First part of the application's name. */
  readonly appPrefix: string;
  readonly endpointTemplate: string;
  readonly destination: DialplanDestination;
  /** How long each answer may take, in milliseconds. */
  readonly withinMs: number;
}

/** Filled into DIAL_ENDPOINT. Nobody dials it: a channel that was created and not dialled sends no INVITE (measured). */
const ANY_NUMBER = '+33100000000';

/** A Local channel to a place that no dialplan has: it is made, and would end at once if anybody dialled it. */
const NOWHERE = 'Local/s@dialgate-doctor-nowhere/n';

/** Asterisk itself hangs up a channel that is left behind, after so many seconds. */
const CHANNEL_LASTS_SECONDS = 120;

/**
 * Asks Asterisk what a worker would ask, in an application of its own, and rings nobody: it makes two channels, dials none and
 * removes both.
 */
export async function askAsterisk(question: AsteriskQuestion): Promise<AsteriskFacts> {
  const { access, appPrefix, endpointTemplate, destination, withinMs } = question;
  const ari = openAriClient(access, false, withinMs);
  const app = `${appPrefix}-doctor-${randomUUID().slice(0, 8)}`;
  const [entering, ending] = [createArrivals(), createArrivals()];
  const left: string[] = [];
  const nothing = { socket: null, filter: null, applications: null, probe: null, trunk: null, left };
  try {
    const info = await ari.info();
    if (info.kind === 'not_reached' || info.kind === 'unknown') return { ...nothing, info };
    const stream = openEventStream({
      access,
      app,
      log: silentLog,
      mayConnect: () => true,
      onState: () => undefined,
      onEvent: (event) => {
        if (event.type === 'StasisStart') entering.entered(event.channel.id);
        if (event.type === 'ChannelDestroyed') ending.entered(event.channel.id);
      },
    });
    try {
      const socket = await untilConnected(stream.state, withinMs);
      if (socket !== 'connected') return { ...nothing, info, socket };
      const filter = await ari.filterEvents(app);
      const isNotFound = filter.kind === 'refused' && filter.status === 404;
      const applications = isNotFound ? await ari.applications() : null;
      const probe = await probeWith({ ari, app, entering, ending, destination, withinMs, left });
      const trunk = await tryTrunk(ari, app, dialEndpoint(endpointTemplate, ANY_NUMBER), left);
      return { info, socket, filter, applications, probe, trunk, left };
    } finally {
      stream.close();
    }
  } finally {
    ari.close();
  }
}

/** What will not change by itself is told at once; else it is tried again for as long as an answer may take. */
async function untilConnected(state: () => StreamState, withinMs: number): Promise<StreamState> {
  const until = performance.now() + withinMs;
  const waits: readonly StreamState[] = ['connecting', 'unreachable'];
  while (waits.includes(state()) && performance.now() < until) await sleep(50);
  return state();
}

async function probeWith(asked: {
  readonly ari: AriClient;
  readonly app: string;
  readonly entering: Arrivals;
  readonly ending: Arrivals;
  readonly destination: DialplanDestination;
  readonly withinMs: number;
  readonly left: string[];
}): Promise<ProbeFacts> {
  const { ari, app, entering, ending, destination, withinMs, left } = asked;
  const id = `dialgate-doctor-${randomUUID()}`;
  const [arrival, end] = [entering.expect(id), ending.expect(id)];
  const askedAt = Date.now();
  const made = await ari.createChannel({ id, endpoint: NOWHERE, app, variables: VARIABLES });
  const answeredAt = Date.now();
  const none = { made, clock: null, entered: false, ended: false, place: null };
  // One whose making had no answer may be there all the same.
  if (made.kind !== 'ok' && made.kind !== 'unknown') return none;
  const entered = made.kind === 'ok' && (await arrival.within(withinMs));
  const { context, extension, priority } = destination;
  const place = entered ? await ari.readVariable(id, `DIALPLAN_EXISTS(${context},${extension},${priority})`) : null;
  await remove(ari, id, left);
  if (made.kind !== 'ok') return none;
  const ended = entered && (await end.within(withinMs));
  return { made, clock: clockOf(made.body, askedAt, answeredAt), entered, ended, place };
}

const VARIABLES = { 'TIMEOUT(absolute)': String(CHANNEL_LASTS_SECONDS) };

function clockOf({ creationtime }: AriChannel, askedAt: number, answeredAt: number): ClockReading {
  const at = parseAriTime(creationtime);
  if (at === null) return null;
  return { aheadMs: at.getTime() - (askedAt + answeredAt) / 2, uncertaintyMs: (answeredAt - askedAt) / 2 };
}

async function tryTrunk(ari: AriClient, app: string, endpoint: string, left: string[]): Promise<AriReply> {
  const id = `dialgate-doctor-${randomUUID()}`;
  const made = await ari.createChannel({ id, endpoint, app, variables: VARIABLES });
  if (made.kind === 'ok' || made.kind === 'unknown') await remove(ari, id, left);
  return made;
}

/** Removes a channel, or one that never came to be. */
async function remove(ari: AriClient, id: string, left: string[]): Promise<void> {
  const reply = await ari.hangUp(id);
  const isGone = reply.kind === 'ok' || (reply.kind === 'refused' && reply.status === 404);
  if (!isGone) left.push(id);
}
