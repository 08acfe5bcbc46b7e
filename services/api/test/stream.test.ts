import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OwnedEvent } from '@dialgate/database';
import { eventually, patience } from '@dialgate/testing';
import { expect } from 'chai';
import type { Response } from 'express';
import type { Follower } from '../src/streams/feed.js';
import { createStream, type Stream } from '../src/streams/stream.js';
import { openStream, type OpenedStream } from './stream-client.js';

/** So many of these are more than the buffers of a connection on one machine take: some megabytes. */
const MOST_ENTRIES = 20_000;
const ENTRY_BYTES = 2_000;

/** Express' answers are Node's; a stream takes nothing else of them. */
describe('a stream', () => {
  let server: Server;
  let opened: OpenedStream[];
  /** Of the last connection. */
  let stream: Stream;
  let response: Response;
  /** The timeline: all there is of it, and how far it has been handed out. */
  let entries: OwnedEvent[];
  let followers: Set<Follower>;

  beforeEach(() => {
    [opened, entries, followers] = [[], [], new Set()];
  });
  afterEach(() => {
    for (const one of opened) one.cut();
    server.close();
    server.closeAllConnections();
  });

  /** Serves streams that follow one call to its end, or all calls for ever. */
  async function serve(options: { readonly over: boolean | null; readonly readWithinMs?: number }): Promise<void> {
    server = createServer((req, res) => {
      response = res as unknown as Response;
      res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      stream = createStream({
        ...options,
        res: response,
        followed: { userId: null },
        after: BigInt(req.headers['last-event-id']?.toString() ?? '0'),
        forAdmin: true,
        feed: {
          position: () => BigInt(entries.length),
          join: (follower) => followers.add(follower),
          leave: (follower) => followers.delete(follower),
        },
        read: (after, upTo) =>
          Promise.resolve({
            entries: entries.slice(Number(after), Number(after) + 100),
            upTo: after + 100n < upTo ? after + 100n : upTo,
          }),
      });
      void stream.run();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }

  async function open(lastEventId = '0'): Promise<OpenedStream> {
    const one = await openStream((server.address() as AddressInfo).port, '/', { 'Last-Event-ID': lastEventId });
    opened.push(one);
    return one;
  }

  /** As the feed does it with what is new. */
  function happens(bytes: number): void {
    const [id, userId, callId] = [String(entries.length + 1), 'u', 'c'];
    const entry = { id, userId, callId, event: 'noted', status: null, at: new Date(), asteriskAt: null } as const;
    entries.push({ ...entry, source: 'worker', detail: { text: 'x'.repeat(bytes) } });
    for (const follower of [...followers]) {
      follower.take(entries.at(-1)!);
      follower.flush();
    }
  }

  it('of all calls moves the client’s last id on with a heartbeat, past what it was not told of', async () => {
    await serve({ over: null });
    const one = await open();
    await eventually(() => followers.size === 1);
    const [follower] = followers;
    followers.clear(); // The next entry is of somebody else's call.
    happens(10);
    followers.add(follower!);
    stream.beat();
    await eventually(() => one.beats() === 1);
    expect(one.lastEventId()).to.equal('1');
    expect(one.entries).to.deep.equal([]);
  });

  it('of one call is kept from being idle by a line that means nothing', async () => {
    await serve({ over: false });
    const one = await open();
    await eventually(() => followers.size === 1);
    stream.beat();
    await eventually(() => one.beats() === 1);
    expect(one.text()).to.equal(':\n\n');
  });

  it('leaves the feed when its client does not read, and holds no more than a page for it', async () => {
    await serve({ over: null });
    const one = await open();
    await eventually(() => followers.size === 1);
    one.response.pause();
    while (followers.size > 0 && entries.length < MOST_ENTRIES) {
      happens(ENTRY_BYTES);
      await new Promise(setImmediate); // What fits into the connection is sent meanwhile.
    }
    expect(followers.size, 'it follows on').to.equal(0);
    const held = response.writableLength;
    expect(held).to.be.lessThan(100 * ENTRY_BYTES);
    for (let n = 0; n < 100; n += 1) happens(ENTRY_BYTES);
    expect(response.writableLength).to.be.at.most(held);

    one.response.resume();
    await eventually(() => one.entries.length === entries.length);
    expect(one.entries.map(({ id }) => id)).to.deep.equal(entries.map(({ id }) => id));
  });

  it('cuts off who does not read for too long, and goes on for them behind the last id they have got', async () => {
    await serve({ over: null, readWithinMs: patience(500) });
    const one = await open();
    await eventually(() => followers.size === 1);
    happens(ENTRY_BYTES);
    await eventually(() => one.entries.length === 1);
    one.response.pause();
    await eventually(() => {
      for (let n = 0; n < 200; n += 1) happens(ENTRY_BYTES);
      return response.destroyed;
    });
    one.response.resume();
    await eventually(() => one.isOver());

    const two = await open(one.lastEventId());
    await eventually(() => two.entries.at(-1)?.id === entries.at(-1)?.id);
    const seen = [...one.entries, ...two.entries].map(({ id }) => id);
    expect(seen).to.deep.equal(entries.map(({ id }) => id));
  });
});
