import { seededRandom, startAsteriskSimulator, type AsteriskSimulator } from '@dialgate/asterisk-simulator';
import { createDialgateClient, DialgateApiError, WaitTimeoutError, type DialgateClient } from '@dialgate/client';
import { depth, eventually, openTcpProxy, type TcpProxy } from '@dialgate/testing';
import { expect } from 'chai';
import { startGateway, type Gateway } from './gateway.js';

const ARI = { username: 'gateway', password: 'hush-hush-simulated' };
const CALLS = depth({ quick: 20, deep: 100 });
const CUTS = depth({ quick: 40, deep: 200 });
/** What a user may have open at once. */
const STREAMS = 20;
/** Followed at once. */
const AT_ONCE = 16;
/** How often what the gateway says is cut off in the middle. */
const CUT = 0.4;
/** Against hanging, not for speed. */
const PATIENCE_MS = 240_000;

const ANSWERS = '+33145678001';
const NEVER_ANSWERS = '+33145678006';

describe('the client', function () {
  this.timeout(300_000);
  let simulator: AsteriskSimulator;
  let gateway: Gateway;
  let proxy: TcpProxy;
  let client: DialgateClient;
  let cuts = 0;

  const through = (port: number, more: { readonly token?: string } = {}): DialgateClient => {
    const baseUrl = `http://127.0.0.1:${String(port)}`;
    const { token } = more;
    const times = { baseUrl, patienceMs: PATIENCE_MS };
    return createDialgateClient(token === undefined ? { ...times, login: gateway.login } : { ...times, token });
  };

  /**
   * The ids of the entries that a stream of a call has to show: all to its final status. What is written behind that is sent
   * with it when it is there already.
   */
  async function entriesOf(id: string, shown: readonly string[]): Promise<string[]> {
    const rows = await gateway.sql<{ id: string; behind: boolean }>(
      `SELECT e.id::text, e.id > (SELECT max(f.id) FROM call_events f JOIN calls c ON c.id = f.call_id
           WHERE f.call_id = $1 AND f.status = c.status) AS behind
         FROM call_events e WHERE e.call_id = $1 ORDER BY e.id`,
      [id],
    );
    return rows.filter(({ behind }, nth) => !behind || nth < shown.length).map(({ id: entry }) => entry);
  }

  before(async () => {
    simulator = await startAsteriskSimulator({ ...ARI, speed: 10 });
    gateway = await startGateway({ ...ARI, url: simulator.ariUrl });
    const next = seededRandom(13);
    const random = (): number => {
      const drawn = next();
      if (drawn < CUT) cuts += 1;
      return drawn;
    };
    const { hostname: host, port } = new URL(gateway.url);
    proxy = await openTcpProxy({ host, port: Number(port) }, random);
    client = through(proxy.port);
  });
  afterEach(() => proxy.heal());
  after(async () => {
    proxy.close();
    await gateway.stop();
    await simulator.close();
  });

  it(`sees every entry of ${CALLS} calls once and in order, and no call twice, through ${CUTS} random cuts`, async () => {
    proxy.set({ kind: 'cut-mid-frame', probability: CUT });
    const seen = new Map<string, string[]>();
    const line = async (): Promise<void> => {
      while (seen.size < CALLS || cuts < CUTS) {
        const { call_id: id } = await client.createCall({ phone_number: ANSWERS });
        const entries: string[] = [];
        seen.set(id, entries);
        for await (const entry of client.streamCall(id)) {
          expect(entry.call_id).to.equal(id);
          entries.push(entry.id);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, line));
    console.log(`      ${String(seen.size)} calls, ${String(cuts)} cuts`);

    for (const [id, entries] of seen) expect(entries, id).to.deep.equal(await entriesOf(id, entries));
    const [calls] = await gateway.sql<{ n: number }>('SELECT count(*)::int AS n FROM calls');
    expect(calls?.n, 'a repeated request made a second call').to.equal(seen.size);
  });

  it('waits for the end of a call, and says what became of it', async () => {
    const { call_id: id } = await client.createCall({ phone_number: ANSWERS, metadata: { order: 4711 } });
    const call = await client.waitForCall(id, { timeoutMs: PATIENCE_MS });
    expect([call.status, call.metadata]).to.deep.equal(['completed', { order: 4711 }]);
  });

  it('waits for less than the end, and no longer than it may', async () => {
    const { call_id: id } = await client.createCall({ phone_number: NEVER_ANSWERS, timeout: 600_000 });
    const until = ({ status }: { readonly status: string }): boolean => status === 'ringing';
    expect((await client.waitForCall(id, { timeoutMs: PATIENCE_MS, until })).status).to.equal('ringing');
    const late = await client.waitForCall(id, { timeoutMs: 50 }).catch((error: unknown) => error);
    expect(late).to.be.instanceOf(WaitTimeoutError);

    await client.cancelCall(id);
    expect((await client.waitForCall(id, { timeoutMs: PATIENCE_MS })).status).to.equal('canceled');
    expect((await client.cancelCall(id)).status, 'canceled once more').to.equal('canceled');
  });

  it('waits without a stream where none is to be had', async () => {
    // All the streams that a user may have.
    const { call_id: other } = await client.createCall({ phone_number: NEVER_ANSWERS, timeout: 600_000 });
    const stop = new AbortController();
    const open = new Set<number>();
    const streams = Array.from({ length: STREAMS }, async (_, nth) => {
      for await (const entry of client.streamCall(other, { signal: stop.signal })) if (entry.id !== '') open.add(nth);
    });
    const ended = Promise.allSettled(streams);
    await eventually(() => open.size === STREAMS, PATIENCE_MS);

    const { call_id: id } = await client.createCall({ phone_number: ANSWERS });
    expect((await client.waitForCall(id, { timeoutMs: PATIENCE_MS })).status).to.equal('completed');
    stop.abort();
    expect((await ended).map(({ status }) => status)).to.deep.equal(Array<string>(STREAMS).fill('rejected'));
    await client.cancelCall(other);
  });

  it('logs in again when its token is void, and goes on', async () => {
    const { call_id: id } = await client.createCall({ phone_number: ANSWERS });
    await client.waitForCall(id, { timeoutMs: PATIENCE_MS });
    await client.api.POST('/api/v2/logout');
    expect((await client.getCall(id)).call_id).to.equal(id);
  });

  it('comes back with a new token to a stream that ended with the old one', async () => {
    const { call_id: id } = await client.createCall({ phone_number: NEVER_ANSWERS, timeout: 600_000 });
    const logins = (): number => gateway.logged.filter((line) => line.includes('/api/v2/token')).length;
    const before = logins();
    const entries: string[] = [];
    const following = (async () => {
      for await (const { id: entry, event } of client.streamCall(id)) {
        entries.push(entry);
        if (event === 'ringing') await client.api.POST('/api/v2/logout');
      }
    })();
    await eventually(() => logins() > before, PATIENCE_MS);
    await client.cancelCall(id);
    await following;
    expect(entries).to.have.members(await entriesOf(id, entries));
  });

  it('says what the gateway refuses, in its words', async () => {
    const error = await client.createCall({ phone_number: '+331' }).catch((refused: unknown) => refused);
    expect(error).to.be.instanceOf(DialgateApiError);
    const { status, code, problem } = error as DialgateApiError;
    expect([status, code]).to.deep.equal([400, 'invalid_request']);
    expect(problem?.errors?.[0]?.field).to.equal('body.phone_number');

    const stranger = through(proxy.port, { token: 'dg_nobody' });
    const refused = await stranger.getCall('019b0c1e-9e22-7a11-8c44-1b2c3d4e5f60').catch((no: unknown) => no);
    expect((refused as DialgateApiError).status).to.equal(401);
  });
});
