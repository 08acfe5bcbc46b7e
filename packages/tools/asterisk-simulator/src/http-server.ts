import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Authenticate } from './authentication.js';
import type { Conditions } from './conditions.js';
import type { EventSockets } from './event-sockets.js';
import type { AriRequest } from './http-request.js';
import { parseParameters, parseUrl, readBody } from './http-request.js';
import type { Destination } from './http-routes.js';
import type { Reply } from './replies.js';
import { AUTHENTICATION_REQUIRED, encoded, HTML_NOT_FOUND, htmlPage, NOT_BOOTED, refuse } from './replies.js';
import type { RequestFault, RequestFaults } from './request-faults.js';

/** The port everything is behind. */
export interface HttpServer {
  /** Listens, if it does not yet; 0 takes any free port. Resolves to the port. */
  listen(port: number): Promise<number>;
  /** New connections are refused (ECONNREFUSED); WebSockets and requests under way stay, idle connections end. */
  stopListening(): void;
  /** Cuts every open connection. */
  cutConnections(): number;
}

/** Reads requests, asks the faults, lets the routes decide, writes replies. */
export function createHttpServer({
  host,
  authenticate,
  conditions,
  faults,
  route,
  eventSockets,
  log,
}: {
  host: string;
  authenticate: Authenticate;
  conditions: Conditions;
  faults: RequestFaults;
  route: (method: string, path: readonly string[]) => Destination;
  eventSockets: EventSockets;
  log: (line: string) => void;
}): HttpServer {
  const connections = new Set<Socket>();
  let server: Server | null = null;

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = message.method === 'GET' ? NO_BODY : await readBody(message);
    const { generation } = conditions;
    const outlived = (): boolean => conditions.generation !== generation;
    const frost = conditions.thawed();
    if (frost !== null) await frost;
    if (outlived()) return;

    const received = receive(message, raw);
    if ('status' in received) {
      write(response, received);
      return;
    }

    const { destination, request } = received;
    const fault = faults.strike({
      kind: destination.kind,
      method: request.method,
      path: `/${request.path.join('/')}`,
      channelId: request.path[0] === 'channels' ? channelIdOf(destination, request) : null,
      param: request.param,
    });
    if (fault === null) write(response, destination.carryOut(request));
    else await misbehave(fault, { execute: () => destination.carryOut(request), outlived, response });
  }

  /** Whoever is let in, with what they ask; else the reply that stops them. */
  function receive(message: IncomingMessage, raw: Buffer): { destination: Destination; request: AriRequest } | Reply {
    if (conditions.phase === 'starting') return HTML_NOT_FOUND;
    const url = parseUrl(message.url ?? '');
    if (url === null) return HTML_NOT_FOUND;

    const parameters = parseParameters(url.query, message.headers['content-type'] ?? '', raw);
    if ('status' in parameters) return parameters;
    if (!authenticate(message.headers.authorization, url.query)) return AUTHENTICATION_REQUIRED;
    if (conditions.phase === 'not-booted') return NOT_BOOTED;
    if (url.path.at(-1) === '') return refuse(404, 'ARI URLs do not end with a slash.');

    const method = message.method ?? 'GET';
    const request = { method, path: url.path, connection: message.socket, ...parameters };
    return { destination: route(method, url.path), request };
  }

  async function openEvents(message: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    const frost = conditions.thawed();
    if (frost !== null) await frost;

    const url = parseUrl(message.url ?? '');
    const fault = faults.strike({
      kind: 'open-events',
      method: 'GET',
      path: '/events',
      channelId: null,
      param: (name) => url?.query.get(name) ?? '',
    });
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'delay' || fault?.kind === 'slow-reply') await sleep(fault.ms);

    const refusal = fault?.kind === 'answer' ? fault : refusalOfSocket(message, url);
    if (fault?.kind === 'drop' || fault?.kind === 'lose-reply') socket.destroy();
    else if (refusal !== null || url === null) writeRaw(socket, refusal ?? HTML_NOT_FOUND);
    else if (!socket.destroyed) eventSockets.open(message, socket, head, url.query);
  }

  function refusalOfSocket(message: IncomingMessage, url: ReturnType<typeof parseUrl>): Reply | null {
    if (conditions.phase === 'starting' || url === null) return HTML_NOT_FOUND;
    if (!authenticate(message.headers.authorization, url.query)) return AUTHENTICATION_REQUIRED;
    if (conditions.phase === 'not-booted') return NOT_BOOTED;
    if (url.path.join('/') !== 'events') return refuse(404, 'Resource not found');
    if ((url.query.get('app') ?? '') === '')
      return htmlPage(400, 'Bad Request', 'HTTP request is missing param: [app]');
    return null;
  }

  function newServer(): Server {
    const fresh = createServer((message, response) => {
      serve(message, response).catch((error: unknown) => {
        // Half a request is a client that went away; a whole one that fails is a fault of ours.
        if (message.complete) log(`asterisk simulator failed at ${pathOf(message)}: ${String(error)}`);
        message.socket.destroy();
      });
    });
    fresh.keepAliveTimeout = KEEP_ALIVE_MS;
    fresh.on('connection', (connection: Socket) => {
      connections.add(connection);
      connection.once('close', () => connections.delete(connection));
    });
    fresh.on('upgrade', (message: IncomingMessage, socket: Duplex, head: Buffer) => {
      openEvents(message, socket, head).catch(() => socket.destroy());
    });
    return fresh;
  }

  return {
    async listen(port) {
      if (server !== null) return port;
      for (let attempt = 1; ; attempt += 1) {
        const fresh = newServer();
        try {
          const boundPort = await listening(fresh, host, port);
          server = fresh;
          return boundPort;
        } catch (error) {
          // After a restart the old port may be on loan to an outgoing connection for a moment.
          if (port === 0 || attempt === LISTEN_ATTEMPTS) throw error;
          await sleep(LISTEN_PAUSE_MS);
        }
      }
    },
    stopListening() {
      server?.close();
      server = null;
    },
    cutConnections() {
      const count = connections.size;
      for (const connection of connections) connection.destroy();
      return count;
    },
  };
}

const NO_BODY = Buffer.alloc(0);
const KEEP_ALIVE_MS = 15_000;
const LISTEN_ATTEMPTS = 20;
const LISTEN_PAUSE_MS = 100;

function channelIdOf({ kind, id }: Destination, { param }: AriRequest): string | null {
  const channelId = kind === 'create' ? param('channelId') : id;
  return channelId === '' ? null : channelId;
}

/** Without the query, which may hold an api_key. */
function pathOf({ method = '', url = '' }: IncomingMessage): string {
  return `${method} ${url.split('?')[0] ?? ''}`;
}

async function misbehave(
  fault: RequestFault,
  { execute, outlived, response }: { execute: () => Reply; outlived: () => boolean; response: ServerResponse },
): Promise<void> {
  switch (fault.kind) {
    case 'answer':
      write(response, fault);
      break;
    case 'delay':
      await sleep(fault.ms);
      if (!outlived()) write(response, execute());
      break;
    case 'slow-reply': {
      const reply = execute();
      await sleep(fault.ms);
      write(response, reply);
      break;
    }
    case 'lose-reply':
      execute();
      response.socket?.destroy();
      break;
    case 'drop':
      response.socket?.destroy();
      break;
    case 'hang':
      if (fault.executed) execute();
  }
}

function write(response: ServerResponse, reply: Reply): void {
  const { headers, text } = encoded(reply);
  response.writeHead(reply.status, headers).end(text);
}

/** A reply on a connection that asked to become a WebSocket. */
function writeRaw(socket: Duplex, reply: Reply): void {
  const { headers, text } = encoded(reply);
  const lines = Object.entries({ ...headers, Connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}`, ...lines, '', ''].join('\r\n');
  socket.end(head + text);
}

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
