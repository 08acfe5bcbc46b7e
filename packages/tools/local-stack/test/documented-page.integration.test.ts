import { fileURLToPath } from 'node:url';
import { startAsteriskSimulator, type AsteriskSimulator } from '@dialgate/asterisk-simulator';
import { documentedCode, eventually, openTcpProxy, patience, type TcpProxy } from '@dialgate/testing';
import { expect } from 'chai';
import { startGroup, type ProcessGroup } from '../src/index.js';
import { startGateway, type Gateway } from './gateway.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const ARI = { username: 'gateway', password: 'hush-hush-simulated' };
/** Answers, and is up until somebody hangs up. */
const [STAYS, UNTIL_HUNG_UP] = ['+33145678002', { extension: 'long' }];

/** What a page has beside the code of docs/streams.md: an address of its own, a user who is logged in, and a place to show entries. */
const PAGE = `
  const { PAGE_URL, CALL_ID, TOKEN: token } = process.env;
  const fetch = (path, init) =>
    globalThis.fetch(new URL(path, PAGE_URL), init).catch((error) => {
      console.log('out of reach');
      throw error;
    });
  class EventSource extends globalThis.EventSource {
    constructor(path) { super(new URL(path, PAGE_URL)); }
  }
  const show = (entry) => console.log(JSON.stringify(entry));
`;

describe('the page of docs/streams.md', function () {
  this.timeout(180_000);
  let simulator: AsteriskSimulator;
  let gateway: Gateway;
  let proxy: TcpProxy;
  const open: ProcessGroup[] = [];

  before(async () => {
    simulator = await startAsteriskSimulator({ ...ARI, speed: 10 });
    gateway = await startGateway({ ...ARI, url: simulator.ariUrl });
    const { hostname: host, port } = new URL(gateway.url);
    proxy = await openTcpProxy({ host, port: Number(port) }, () => 0.5);
  });
  afterEach(async () => {
    await proxy.heal();
    for (const page of open.splice(0)) {
      page.kill('SIGKILL');
      await page.ended;
    }
  });
  after(async () => {
    proxy.close();
    await gateway.stop();
    await simulator.close();
  });

  /** Opens the page for a call, with the code as it stands in the document. It is over when nothing keeps it open any more. */
  function follow(callId: string, token = gateway.token) {
    const [block] = documentedCode('docs/streams.md').filter(({ heading }) => heading === 'In a browser');
    const flags = ['--experimental-eventsource', '--no-warnings', '--input-type=module'];
    const env = { PAGE_URL: `http://127.0.0.1:${proxy.port}`, CALL_ID: callId, TOKEN: token };
    const page = startGroup(process.execPath, [...flags, '-e', `${PAGE}${block?.code ?? ''}\nvoid follow(CALL_ID);`], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    open.push(page);
    let out = '';
    page.child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
    const shown = () =>
      [...out.matchAll(/^(\{.*)\n/gm)].map(
        ([, line = '']) => JSON.parse(line) as { id: string; status: string | null },
      );
    const shows = (wanted: string) => eventually(() => shown().some(({ status }) => status === wanted));
    const over = () =>
      Promise.race([page.ended, new Promise((resolve) => setTimeout(resolve, patience(30_000), 'still open').unref())]);
    const triesInVain = () => out.split('out of reach').length - 1;
    return { shown, shows, over, triesInVain };
  }

  /** The ids of a call’s entries from its beginning to its final status. */
  async function entriesOf(id: string): Promise<string[]> {
    const rows = await gateway.sql<{ id: string }>(
      `SELECT id::text FROM call_events e WHERE call_id = $1 AND e.id <=
         (SELECT max(id) FROM call_events WHERE call_id = $1 AND status = 'completed') ORDER BY e.id`,
      [id],
    );
    return rows.map(({ id: entry }) => entry);
  }

  async function hangUp(id: string): Promise<void> {
    await gateway.request('POST', `/calls/${id}/hangup`);
    await gateway.ended(id);
  }

  it('shows a call to its end, and is done then', async () => {
    const id = await gateway.place('+33145678001');
    const page = follow(id);
    expect(await page.over()).to.equal(0);
    expect(page.shown().map((entry) => entry.id)).to.deep.equal(await entriesOf(id));
  });

  it('comes back after its connection was cut, without a gap and without a repetition', async () => {
    const id = await gateway.place(STAYS, UNTIL_HUNG_UP);
    const page = follow(id);
    await page.shows('answered');
    expect(proxy.cut()).to.be.above(0);
    await hangUp(id);
    expect(await page.over()).to.equal(0);
    expect(page.shown().map((entry) => entry.id)).to.deep.equal(await entriesOf(id));
  });

  it('comes back to a gateway that was out of reach for longer than it rests', async () => {
    const id = await gateway.place(STAYS, UNTIL_HUNG_UP);
    const page = follow(id);
    await page.shows('answered');
    proxy.refuse();
    await eventually(() => page.triesInVain() >= 2);
    await proxy.accept();
    await hangUp(id);
    expect(await page.over()).to.equal(0);
    expect(page.shown().map((entry) => entry.id)).to.deep.equal(await entriesOf(id));
  });

  it('does not come back with a token that is over', async () => {
    const id = await gateway.place('+33145678001');
    const page = follow(id, 'of-nobody');
    expect(await page.over()).to.equal(0);
    expect(page.shown()).to.deep.equal([]);
  });
});
