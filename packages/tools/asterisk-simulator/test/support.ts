import { Agent, request as httpRequest } from 'node:http';
import { patience } from '@dialgate/testing';
import { expect } from 'chai';
import type { AsteriskSimulator, SimulatorOptions } from '../src/index.js';
import { startAsteriskSimulator } from '../src/index.js';
import type { WebSocketConnection } from '../src/websockets.js';
import { openWebSocket } from '../src/websockets.js';

export const USERNAME = 'dialgate';
export const PASSWORD = 'not a secret: tests only';
export const BASIC = `Basic ${Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64')}`;

/** The types a worker asks for. */
export const FILTERED = [
  'StasisStart',
  'StasisEnd',
  'ChannelStateChange',
  'Dial',
  'ChannelHangupRequest',
  'ChannelDestroyed',
  'ChannelUserevent',
];

export interface Answer {
  status: number;
  text: string;
  body: Record<string, unknown>;
  type: string;
}

export type Json = Record<string, unknown>;

export interface HeardEvent {
  type: string;
  application: string;
  channel?: { id: string; state: string; name: string; channelvars?: Record<string, string> };
  peer?: { id: string; state: string };
  dialstatus?: string;
  [key: string]: unknown;
}

/** Tries until the assertions hold, longer on a slow machine; the last failure is the test's. */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 3_000): Promise<T> {
  const deadline = Date.now() + patience(withinMs);
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** Resolves after the time a scenario itself is made of (never to wait for something to have happened). */
export function lasting(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** One client with one keep-alive connection. */
export function ariClient(ariUrl: string, { authorization = BASIC }: { authorization?: string | null } = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  function ask(
    method: string,
    path: string,
    { params = {}, body, raw }: { params?: Record<string, string | number>; body?: unknown; raw?: string } = {},
  ): Promise<Answer> {
    const query = new URLSearchParams(params as Record<string, string>).toString();
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        `${ariUrl}${path}${query === '' ? '' : `?${query}`}`,
        {
          method,
          agent,
          headers: {
            ...(authorization === null ? {} : { Authorization: authorization }),
            ...(payload === undefined
              ? {}
              : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) }),
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('error', reject);
          response.on('end', () => {
            const type = response.headers['content-type'] ?? '';
            const parsed = type === 'application/json' ? (JSON.parse(text) as Json) : {};
            resolve({ status: response.statusCode ?? 0, text, type, body: parsed });
          });
        },
      );
      request.on('error', reject);
      request.end(payload);
    });
  }

  return {
    ask,
    close: () => agent.destroy(),
    create: (channelId: string, endpoint: string, app = 'gw', body?: unknown) =>
      ask('POST', '/channels/create', { params: { endpoint, app, channelId }, body }),
    dial: (channelId: string, timeout = 30) => ask('POST', `/channels/${channelId}/dial`, { params: { timeout } }),
    continueAt: (channelId: string, extension = 's', context = 'outbound-ivr') =>
      ask('POST', `/channels/${channelId}/continue`, { params: { context, extension, priority: 1 } }),
    hangUp: (channelId: string, params: Record<string, string | number> = {}) =>
      ask('DELETE', `/channels/${channelId}`, { params }),
  };
}

export type Client = ReturnType<typeof ariClient>;

export interface Ears {
  socket: WebSocketConnection;
  heard: HeardEvent[];
  closedWith: () => number | null;
  pongs: () => number;
  /** What was heard of a channel, as `StasisStart`, `Dial RINGING`, `ChannelStateChange Up`. */
  of(channelId: string): string[];
  untilHeard(channelId: string, what: string): Promise<HeardEvent>;
}

export async function openEars(
  ariUrl: string,
  app: string,
  { subscribeAll = false, authorization = BASIC } = {},
): Promise<Ears> {
  const url = `${ariUrl.replace('http', 'ws')}/events?app=${app}${subscribeAll ? '&subscribeAll=true' : ''}`;
  const socket = openWebSocket(url, { Authorization: authorization });
  const heard: HeardEvent[] = [];
  let closed: number | null = null;
  let pongs = 0;
  socket.on('message', (data) => void heard.push(JSON.parse(data.toString()) as HeardEvent));
  socket.on('close', (code) => (closed = code));
  socket.on('pong', () => (pongs += 1));
  await new Promise<void>((resolve, reject) => {
    socket.on('open', () => resolve());
    socket.on('error', reject);
  });

  const of = (channelId: string): HeardEvent[] => heard.filter((event) => idOf(event) === channelId);
  return {
    socket,
    heard,
    closedWith: () => closed,
    pongs: () => pongs,
    of: (channelId) => of(channelId).map(named),
    untilHeard: (channelId, what) =>
      eventually(() => {
        const found = of(channelId).find((event) => named(event) === what);
        expect(of(channelId).map(named)).to.include(what);
        return found!;
      }),
  };
}

export function idOf(event: HeardEvent): string | undefined {
  return event.channel?.id ?? event.peer?.id;
}

function named(event: HeardEvent): string {
  if (event.type === 'Dial') return `Dial ${event.dialstatus ?? ''}`.trim();
  return event.type === 'ChannelStateChange' ? `${event.type} ${event.channel?.state}` : event.type;
}

/** A simulator with a client and an open, filtered application `gw`; everything is closed by `close`. */
export async function setting(options: Partial<SimulatorOptions> = {}) {
  const simulator: AsteriskSimulator = await startAsteriskSimulator({
    username: USERNAME,
    password: PASSWORD,
    speed: 20,
    ...options,
  });
  const client = ariClient(simulator.ariUrl);
  const ears = await openEars(simulator.ariUrl, 'gw');
  await client.ask('PUT', '/applications/gw/eventFilter', { body: { allowed: FILTERED.map((type) => ({ type })) } });

  /** Creates a channel, waits for StasisStart and, unless told otherwise, dials. */
  async function call(channelId: string, endpoint: string, { dial = true, timeout = 30 } = {}): Promise<void> {
    expect((await client.create(channelId, endpoint)).status).to.equal(200);
    await ears.untilHeard(channelId, 'StasisStart');
    if (dial) expect((await client.dial(channelId, timeout)).status).to.equal(204);
  }

  return {
    simulator,
    client,
    ears,
    call,
    close: async (): Promise<void> => {
      client.close();
      await simulator.close();
    },
  };
}

export type Setting = Awaited<ReturnType<typeof setting>>;
