import { spawnSync } from 'node:child_process';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startAsteriskSimulator, type AsteriskSimulator } from '@dialgate/asterisk-simulator';
import { verifyWebhook } from '@dialgate/client';
import { documentedCode, eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { startGroup, type ProcessGroup } from '../src/index.js';
import { startGateway, type Gateway } from './gateway.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const ARI = { username: 'gateway', password: 'hush-hush-simulated' };
const ANSWERS = '+33145678001';
/** Where a reader’s gateway and receiver are, in the documents. */
const [GATEWAY, RECEIVER] = ['http://localhost:8000', 'https://crm.example.com'];

/** Every block that names this test. */
const BLOCKS = ['README.md', ...readdirSync(`${ROOT}docs`).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .flatMap(documentedCode)
  .filter(({ mark }) => mark?.kind === 'verified' && ROOT + mark.says === fileURLToPath(import.meta.url));

/** What a receiver of webhooks got. */
interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('the commands of the documents', function () {
  if (spawnSync('curl', ['--version']).status !== 0) {
    it('are skipped: there is no curl');
    return;
  }
  this.timeout(180_000);
  let simulator: AsteriskSimulator;
  let gateway: Gateway;
  let receiver: Server;
  let receiverUrl: string;
  const received: Received[] = [];
  const tried: string[] = [];

  before(async () => {
    receiver = createServer((req, res) => {
      let body = '';
      req.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      req.on('end', () => {
        received.push({ path: req.url ?? '', headers: req.headers, body });
        res.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    receiverUrl = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}`;
    const connect = [{ app: 'UserEvent', data: 'DialgateResult,connect: ANSWER' }];
    const dialplan = { 'outbound-ivr': { s: [{ app: 'Wait', data: '1' }] }, connect: { s: connect } };
    simulator = await startAsteriskSimulator({ ...ARI, speed: 10, dialplan });
    gateway = await startGateway(
      { ...ARI, url: simulator.ariUrl },
      {
        api: { ALLOWED_WEBHOOK_HOSTS: '127.0.0.1' },
        both: { CONNECT_CONTEXT: 'connect', WEBHOOK_ALLOW_HTTP: 'true' },
        webhooks: { WEBHOOK_ALLOWED_PRIVATE: '127.0.0.1' },
      },
    );
  });
  after(async () => {
    await gateway.stop();
    await simulator.close();
    receiver.close();
    receiver.closeAllConnections();
  });

  /**
   * A test of the block under this heading of a document.
   *
   * @param test gets the code as it stands there, with this gateway’s address and what else readers put in for themselves.
   */
  function shows(
    what: string,
    [document, heading]: readonly [string, string],
    test: (code: (filledIn?: Readonly<Record<string, string>>) => string) => Promise<void>,
  ): void {
    tried.push(`${document}, ${heading}`);
    it(`${what} (${document}, ${heading})`, () =>
      test((filledIn = {}) => {
        const found = BLOCKS.filter((block) => block.document === document && block.heading === heading);
        expect(found).to.have.length(1);
        return Object.entries({ [GATEWAY]: gateway.url, ...filledIn }).reduce((code, [theirs, ours]) => {
          expect(code).to.include(theirs);
          return code.replaceAll(theirs, ours);
        }, found[0]?.code ?? '');
      }));
  }

  function start(code: string): { readonly group: ProcessGroup; readonly out: () => string } {
    let out = '';
    const env = { PATH: process.env.PATH, TOKEN: gateway.token };
    const group = startGroup('sh', ['-euc', code], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
    group.child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
    return { group, out: () => out };
  }

  /** Runs it to its end. @returns what it printed: JSON, one answer behind the other. */
  async function answersTo(code: string): Promise<Record<string, unknown>[]> {
    const { group, out } = start(code);
    expect(await group.ended).to.equal(0);
    return out()
      .split(/(?<=\})\s*(?=\{)/)
      .map((text) => JSON.parse(text) as Record<string, unknown>);
  }

  /** What `-d '…'` of a command sends, as far as it holds no quotes of the shell’s. */
  const sentBy = (code: string) => JSON.parse(/-d '(\{.*?\})'/.exec(code)?.[1] ?? '') as Record<string, unknown>;

  /** Runs a command that asks for one call. */
  async function callOf(code: string): Promise<{ id: string; call: Awaited<ReturnType<typeof look>> }> {
    const [answer] = await answersTo(code);
    expect(answer).to.include({ success: true, phone_number: '+33123456789' });
    const id = String(answer?.call_id);
    return { id, call: await look(id) };
  }
  const look = (id: string) => gateway.client.getCall(id);

  /** What came there, in the order of its coming. @throws for what was not signed with this secret. */
  const heard = (path: string, secret: unknown) =>
    received
      .filter((one) => one.path === path)
      .map((one) => verifyWebhook({ ...one, secret: String(secret) }))
      .map(({ type, data }) => ({ type, callId: 'call_id' in data ? data.call_id : null }));

  shows('log in, ask for a first call and look at one', ['README.md', 'A first call'], async (codeWith) => {
    const earlier = await gateway.place(ANSWERS);
    const code = codeWith({
      'PASSWORD=…': `PASSWORD='${gateway.login.password}'`,
      'username=admin': `username=${gateway.login.username}`,
      CALL_ID: earlier,
    });
    const [placed, seen] = await answersTo(code);
    expect(placed).to.include({ success: true, phone_number: '+1234567890', status: 'pending' });
    expect(seen).to.include({ call_id: earlier, phone_number: ANSWERS });
    const call = await gateway.ended(String(placed?.call_id));
    expect(call).to.include({ phone_number: '+1234567890', context: 'outbound-ivr', status: 'completed' });
  });

  shows('order a call to be made again', ['docs/orders.md', 'Calling again'], async (codeWith) => {
    const code = codeWith();
    const { id, call } = await callOf(code);
    expect(call.order).to.deep.include({ ...(sentBy(code).retry as object), calls: [id] });
    expect((await gateway.ended(id)).status).to.equal('completed');
    await eventually(async () => (await look(id)).order?.state === 'finished');
    expect((await look(id)).order).to.include({ result: 'completed', end: 'answered' });
  });

  shows(
    'have a call wait for its time, and for its hours',
    ['docs/orders.md', 'Later, and only at certain hours'],
    async (codeWith) => {
      const { id, call } = await callOf(codeWith());
      const hours = { spans: ['mon-fri 09:00-18:00'], time_zones: ['Europe/Paris'] };
      expect(call.calling_window).to.deep.equal(hours);
      const inParis = new Date(String(call.not_before)).toLocaleString('en', {
        timeZone: 'Europe/Paris',
        weekday: 'short',
        hour: '2-digit',
        hour12: false,
      });
      expect(inParis).to.match(/^(Mon|Tue|Wed|Thu|Fri),? (09|1[0-7])/);
      // With other hours nothing but the time is waited for.
      const { call: timed } = await callOf(codeWith({ 'mon-fri 09:00-18:00': 'mon-sun 00:00-24:00' }));
      expect(Date.parse(String(timed.not_before)) - Date.now()).to.be.within(7_000_000, 7_200_000);
      await gateway.ended(await gateway.place(ANSWERS)); // One that came later, and does not wait.
      expect(await look(id)).to.include({ status: 'pending', is_active: true });
      expect(simulator.ledger.channels().filter(({ channelId }) => channelId.startsWith(id))).to.deep.equal([]);
    },
  );

  shows('connect the callee to a second phone', ['docs/click-to-call.md', 'Click to call'], async (codeWith) => {
    const code = codeWith();
    const { id, call } = await callOf(code);
    expect(call).to.deep.include({ ...sentBy(code), context: 'connect' });
    expect(await gateway.ended(id)).to.deep.include({ status: 'completed', results: { connect: 'ANSWER' } });
    const channel = simulator.ledger.channel(`${id}.1`);
    expect(channel?.continued).to.include({ context: 'connect' });
    expect(channel?.variables).to.include({
      DIALGATE_CONNECT: 'PJSIP/+33187654321@trunk',
      DIALGATE_CONNECT_CALLER: '+33199999999',
    });
  });

  shows(
    'make an endpoint, which is told of calls and of a test',
    ['docs/webhooks.md', 'Webhooks'],
    async (codeWith) => {
      const code = codeWith({ [RECEIVER]: receiverUrl });
      const [made] = await answersTo(code);
      expect(made).to.deep.include(sentBy(code));
      const asked = await gateway.request('POST', `/webhooks/${String(made?.webhook_id)}/test`);
      expect(asked.status, await asked.text()).to.equal(202);
      const told = () => heard('/hooks/calls', made?.secret);
      await eventually(() => told().some(({ type }) => type === 'webhook.test'));
      const id = await gateway.place(ANSWERS);
      await eventually(() => told().some(({ type, callId }) => type === 'call.completed' && callId === id));
    },
  );

  shows(
    'have one call reported to an address of its own',
    ['docs/webhooks.md', 'Told of one call alone'],
    async (codeWith) => {
      const code = codeWith({ [RECEIVER]: receiverUrl });
      const [secret, placed] = await answersTo(code);
      await gateway.ended(await gateway.place(ANSWERS));
      const told = () => heard('/calls/4711', secret?.secret);
      const all = ['call.pending', 'call.dialing', 'call.ringing', 'call.answered', 'call.completed'];
      await eventually(() => all.every((wanted) => told().some(({ type }) => type === wanted)));
      expect(new Set(told().map(({ callId }) => callId))).to.deep.equal(new Set([placed?.call_id]));
    },
  );

  shows('follow all calls live', ['docs/streams.md', 'Live streams'], async (codeWith) => {
    const { group, out } = start(codeWith());
    try {
      await eventually(() => out().startsWith('retry: '));
      const ids = [await gateway.place(ANSWERS), await gateway.place(ANSWERS)];
      for (const id of ids) await gateway.ended(id);
      await eventually(async () => {
        // Of the calls before them something may still be said.
        const shown = [...out().matchAll(/^data: (.*)$/gm)]
          .map(([, data = '']) => JSON.parse(data) as { id: string; call_id: string })
          .filter((entry) => ids.includes(entry.call_id));
        const written = await gateway.sql<{ id: string }>(
          'SELECT id::text FROM call_events e WHERE call_id = ANY($1) ORDER BY e.id',
          [ids],
        );
        expect(shown.map(({ id }) => id)).to.deep.equal(written.map(({ id }) => id));
        return true;
      });
    } finally {
      group.kill('SIGKILL');
      await group.ended;
    }
  });

  it('are all tried here that say so', () => {
    expect(BLOCKS.map(({ document, heading }) => `${document}, ${heading}`)).to.have.members(tried);
  });
});
