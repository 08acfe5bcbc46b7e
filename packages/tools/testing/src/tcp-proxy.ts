import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** Connections that carry a WebSocket, or all others. */
export type ConnectionKind = 'websocket' | 'other';

/** What a proxy does to what passes through it. Times in milliseconds. */
export type Weather =
  | { readonly kind: 'fair' }
  /**
   * Nothing passes, nothing is refused or closed; when the weather changes, all that waited arrives late. A new connection does
   * not reach the server before that, and never does if its client has given up meanwhile: nobody repeats a SYN for it.
   */
  | { readonly kind: 'black-hole' }
  /** Each piece takes `ms` ± `jitterMs`, in its order. */
  | Latency
  /** What the server says is swallowed with this chance (0–1) per piece, and the connection is cut: carried out, unanswered. */
  | { readonly kind: 'lose-replies'; readonly probability: number }
  /** What the server says arrives cut short in the middle of a piece, with this chance (0–1), and the connection ends. */
  | { readonly kind: 'cut-mid-frame'; readonly probability: number }
  /** What the server says arrives in pieces of so many bytes. */
  | { readonly kind: 'slices'; readonly bytes: number };

interface Latency {
  readonly kind: 'latency';
  readonly ms: number;
  readonly jitterMs: number;
}

/** A TCP proxy on loopback that can be made to behave like a bad network. */
export interface TcpProxy {
  readonly port: number;
  /** Changes the weather for all connections, or those of one kind. */
  readonly set: (weather: Weather, kind?: ConnectionKind) => void;
  /** New connections are refused (ECONNREFUSED) until `accept`; those that are open are cut. */
  readonly refuse: () => void;
  readonly accept: () => Promise<void>;
  /** Cuts all connections, or those of one kind, without a goodbye (RST). Returns how many. */
  readonly cut: (kind?: ConnectionKind) => number;
  /**
   * All connections that are open now are dead for good, as for a host that went away or a firewall that lost its table: nothing
   * passes any more, neither end is told, nor learns that the other has hung up. New ones pass. Returns how many.
   */
  readonly forget: () => number;
  /** How many of those that were forgotten their client has not given up yet. */
  readonly stillHeld: () => number;
  /** Fair weather for everybody; whoever has a forgotten connection still learns of it (RST). */
  readonly heal: () => Promise<void>;
  readonly close: () => void;
}

interface Connection {
  readonly near: Socket;
  /** Null until the client has said its first word, and this could pass. */
  far: Socket | null;
  /** Null until the client has said its first word. */
  kind: ConnectionKind | null;
  /** What the client has said to nobody yet. */
  unheard: Buffer[];
  /** Neither end hears anything of the other any more. */
  forgotten: boolean;
}

/** A connection on both of its sides. */
type Whole = Connection & { readonly far: Socket };

/** Which of its sides says something, and which is to hear it. */
type Way = readonly [from: Socket, to: Socket];

const FAIR: Weather = { kind: 'fair' };

/** @param target where connections go on to. @param random 0–1, of the campaign's seed. */
export async function openTcpProxy(
  target: { readonly host: string; readonly port: number },
  random: () => number,
): Promise<TcpProxy> {
  const connections = new Set<Connection>();
  const forgotten = new Set<Connection>();
  /** When the last piece of a socket is passed on, by `performance.now()`. */
  const lastDue = new WeakMap<Socket, number>();
  const weather: Record<ConnectionKind, Weather> = { websocket: FAIR, other: FAIR };
  let server: Server | null = null;
  let port = 0;

  async function accept(): Promise<void> {
    if (server !== null) return;
    const fresh = createServer(pass);
    await new Promise<void>((resolve, reject) => {
      fresh.once('error', reject);
      fresh.listen(port, '127.0.0.1', resolve);
    });
    port = (fresh.address() as AddressInfo).port;
    server = fresh;
  }

  function pass(near: Socket): void {
    const connection: Connection = { near, far: null, kind: null, unheard: [], forgotten: false };
    connections.add(connection);
    closeTogether(connection, near);
    near.on('data', (piece) => {
      if (connection.forgotten) return;
      connection.kind ??= isWebSocket(piece) ? 'websocket' : 'other';
      if (isWhole(connection)) {
        toServer(connection, piece);
        return;
      }
      connection.unheard.push(piece);
      reach(connection);
    });
  }

  /** Connects on to the server, unless nothing passes: then its client may give up in vain. */
  function reach(connection: Connection): void {
    if (connection.kind === null || weatherFor(connection).kind === 'black-hole') return;
    const far = connect(target.port, target.host);
    const whole = Object.assign(connection, { far });
    closeTogether(whole, far);
    far.on('data', (piece) => toClient(whole, piece));
    for (const piece of connection.unheard.splice(0)) toServer(whole, piece);
  }

  function closeTogether(connection: Connection, socket: Socket): void {
    const end = (): void => {
      if (connection.forgotten) return;
      connections.delete(connection);
      connection.near.destroy();
      connection.far?.destroy();
    };
    socket.setNoDelay(true);
    socket.on('error', end);
    socket.on('close', end);
  }

  function weatherFor({ kind }: Connection): Weather {
    return kind === null ? FAIR : weather[kind];
  }

  function toServer(connection: Whole, piece: Buffer): void {
    const { near, far } = connection;
    const now = weatherFor(connection);
    if (now.kind === 'latency') later(connection, [near, far], piece, now);
    else if (now.kind === 'black-hole') holdBack(near, piece);
    else write(connection, piece, near, far);
  }

  function toClient(connection: Whole, piece: Buffer): void {
    if (connection.forgotten) return;
    const { near, far } = connection;
    const now = weatherFor(connection);
    switch (now.kind) {
      case 'lose-replies':
        if (random() < now.probability) cutConnection(connection);
        else write(connection, piece, far, near);
        return;
      case 'cut-mid-frame':
        if (random() >= now.probability) write(connection, piece, far, near);
        else near.write(piece.subarray(0, Math.ceil(piece.length / 2)), () => cutConnection(connection));
        return;
      case 'slices':
        for (let at = 0; at < piece.length; at += now.bytes) near.write(piece.subarray(at, at + now.bytes));
        return;
      case 'latency':
        later(connection, [far, near], piece, now);
        return;
      case 'black-hole':
        holdBack(far, piece);
        return;
      case 'fair':
        write(connection, piece, far, near);
    }
  }

  /** In order, although each piece has a delay of its own. */
  function later(connection: Connection, [from, to]: Way, piece: Buffer, { ms, jitterMs }: Latency): void {
    const due = Math.max(lastDue.get(from) ?? 0, performance.now() + ms + (2 * random() - 1) * jitterMs);
    lastDue.set(from, due);
    setTimeout(() => {
      if (!to.destroyed && !connection.forgotten) to.write(piece);
    }, due - performance.now());
  }

  function write(connection: Whole, piece: Buffer, from: Socket, to: Socket): void {
    // What was sent in worse weather is still on its way, and is not overtaken.
    if ((lastDue.get(from) ?? 0) > performance.now()) {
      later(connection, [from, to], piece, { kind: 'latency', ms: 0, jitterMs: 0 });
      return;
    }
    if (to.destroyed || to.write(piece)) return;
    from.pause();
    to.once('drain', () => obey(connection));
  }

  function obey(connection: Connection): void {
    if (connection.forgotten) return;
    if (!isWhole(connection)) {
      reach(connection);
      return;
    }
    for (const socket of [connection.near, connection.far]) {
      if (weatherFor(connection).kind === 'black-hole') socket.pause();
      else socket.resume();
    }
  }

  function cutConnection({ near, far }: Connection): void {
    near.resetAndDestroy();
    far?.resetAndDestroy();
  }

  function cut(kind?: ConnectionKind): number {
    const struck = [...connections].filter((connection) => kind === undefined || connection.kind === kind);
    for (const connection of struck) cutConnection(connection);
    return struck.length;
  }

  function forget(): number {
    const struck = [...connections];
    for (const connection of struck) {
      connection.forgotten = true;
      connections.delete(connection);
      forgotten.add(connection);
      // What a side says is read and thrown away, so that its own end of the connection is still noticed.
      for (const socket of [connection.near, connection.far]) socket?.resume();
    }
    return struck.length;
  }

  function tellForgotten(): void {
    for (const connection of forgotten) cutConnection(connection);
    forgotten.clear();
  }

  function set(next: Weather, kind?: ConnectionKind): void {
    for (const each of ['websocket', 'other'] as const) if (kind === undefined || kind === each) weather[each] = next;
    for (const connection of connections) obey(connection);
  }

  function refuse(): void {
    server?.close();
    server = null;
    cut();
    tellForgotten();
  }

  await accept();
  return {
    port,
    set,
    refuse,
    accept,
    cut,
    forget,
    stillHeld: () => [...forgotten].filter(({ near }) => !near.closed).length,
    heal: async () => {
      tellForgotten();
      set(FAIR);
      await accept();
    },
    close: refuse,
  };
}

function isWhole(connection: Connection): connection is Whole {
  return connection.far !== null;
}

/** Back into the socket's buffer, to be read when it is resumed. */
function holdBack(from: Socket, piece: Buffer): void {
  from.pause();
  from.unshift(piece);
}

/** ARI's events are asked for by `GET /ari/events`. */
function isWebSocket(first: Buffer): boolean {
  return /^GET \S*\/events\?/.test(first.subarray(0, 200).toString('latin1'));
}
