import { startAsteriskSimulator, type AsteriskSimulator } from '@dialgate/asterisk-simulator';
import { depth } from '@dialgate/testing';
import { expect } from 'chai';
import { startGateway, type Gateway } from './gateway.js';

const ARI = { username: 'gateway', password: 'hush-hush-simulated' };
const CALLS = depth({ quick: 20, deep: 100 });
const CUTS = depth({ quick: 40, deep: 200 });
/** Placed at once. */
const AT_ONCE = 10;
/** A connection gets so many entries at most. */
const UNTIL_CUT = 4;

/** Always the same numbers from 0 to below 1 (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('a client whose connection breaks again and again', function () {
  this.timeout(300_000);
  let simulator: AsteriskSimulator;
  let gateway: Gateway;
  const seen: string[] = [];
  let cuts = 0;
  let connection = new AbortController();

  before(async () => {
    simulator = await startAsteriskSimulator({ ...ARI, speed: 10 });
    gateway = await startGateway({ ...ARI, url: simulator.ariUrl }, { apis: 2 });
  });
  after(async () => {
    await gateway.stop();
    await simulator.close();
  });

  /** Opens a stream with a ticket, at this address, behind the last entry, and takes so many. */
  async function take(url: string, most: number): Promise<void> {
    const cut = new AbortController();
    connection = cut;
    try {
      const { ticket } = (await (await gateway.request('POST', '/stream/tickets')).json()) as { ticket: string };
      const last = seen.at(-1) ?? '0';
      const stream = `${url}/api/v2/stream?ticket=${ticket}&last_event_id=${last}`;
      const answer = await fetch(stream, { signal: cut.signal });
      expect(answer.status).to.equal(200);
      let left = most;
      let text = '';
      const decoder = new TextDecoder();
      for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
        const frames = (text + decoder.decode(piece, { stream: true })).split('\n\n');
        text = frames.pop() ?? '';
        for (const frame of frames) {
          const id = /^id: (\d+)\ndata: /.exec(frame)?.[1];
          if (id === undefined || left === 0) continue;
          seen.push(id);
          left -= 1;
        }
        // What else had come is lost.
        if (left === 0) return;
      }
    } catch (error) {
      if (!cut.signal.aborted) throw error;
    } finally {
      cut.abort();
      cuts += 1;
    }
  }

  it(`sees every entry of ${CALLS} calls once and in order, though it is cut off ${CUTS} times`, async () => {
    const next = numbers(13);
    const ids: string[] = [];
    const place = async (): Promise<void> => {
      for (let n = 0; n < CALLS / AT_ONCE; n += 1) ids.push(await gateway.place('+33145678001'));
    };
    const count = async () => (await gateway.sql<{ n: number }>('SELECT count(*)::int AS n FROM call_events'))[0]!.n;
    const state = { isOver: false };
    const following = (async () => {
      for (;;) {
        // Counted anew each time: the last that is said of a call comes behind its end, and perhaps out of the order of its id.
        const entries = state.isOver ? await count() : Infinity;
        if (seen.length >= entries) return;
        const most = Math.min(1 + Math.floor(next() * UNTIL_CUT), entries - seen.length);
        await take(gateway.urls[Math.floor(next() * 2)]!, most);
      }
    })();

    await Promise.all(Array.from({ length: AT_ONCE }, place));
    for (const id of ids) await gateway.ended(id, 240_000);
    const entries = await count();
    state.isOver = true;
    connection.abort(); // It may wait for more than there will be.
    await following;
    const rows = await gateway.sql<{ id: string }>('SELECT id::text FROM call_events e ORDER BY e.id');
    expect(seen).to.deep.equal(rows.slice(0, seen.length).map(({ id }) => id));
    expect(seen.length).to.be.at.least(entries);
    expect(cuts).to.be.at.least(CUTS);
  });
});
