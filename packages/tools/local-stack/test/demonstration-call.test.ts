import { expect } from 'chai';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { demonstrateCall, newlyReached, type CallView } from '../src/demonstration-call.js';

const CREATED = '2026-01-01T10:00:00.000Z';
const after = (ms: number): string => new Date(Date.parse(CREATED) + ms).toISOString();
const view = (fields: Partial<CallView>): CallView => ({
  status: 'pending',
  is_completed: false,
  created_at: CREATED,
  ...fields,
});

describe('the demonstration call', () => {
  it('tells the statuses that were over before anybody looked', () => {
    const reached = newlyReached(
      ['pending'],
      view({ status: 'answered', dialed_at: after(40), ringing_at: after(50), answered_at: after(900) }),
    );
    expect(reached).to.deep.equal([
      { status: 'dialing', afterMs: 40 },
      { status: 'ringing', afterMs: 50 },
      { status: 'answered', afterMs: 900 },
    ]);
  });

  it('tells nothing twice', () => {
    expect(newlyReached(['pending', 'dialing'], view({ status: 'dialing', dialed_at: after(40) }))).to.deep.equal([]);
  });

  const COMPLETED = view({
    status: 'completed',
    is_completed: true,
    dialed_at: after(20),
    ringing_at: after(120),
    answered_at: after(1000),
    ended_at: after(3000),
    duration: 2,
    hangup_cause: 16,
    hangup_cause_text: 'Normal Clearing',
  });

  type Answers = Partial<Record<'token' | 'call' | 'status', ((res: ServerResponse) => void)[]>>;

  /** Shows a call to a gateway that answers like this, each request once and the last one for ever. */
  async function demonstrated(
    answers: Answers,
    { stopped = new AbortController(), limitMs = 60_000 } = {},
  ): Promise<{ asked: string[]; said: string[]; keys: Set<unknown> }> {
    const asked: string[] = [];
    const keys = new Set<unknown>();
    const server = createServer((req, res) => {
      asked.push(`${req.method ?? ''} ${req.url ?? ''}`);
      const what = req.url === '/api/v2/token' ? 'token' : req.method === 'POST' ? 'call' : 'status';
      if (what === 'call') keys.add(req.headers['idempotency-key']);
      const queue = answers[what] ?? [];
      const answer = queue.length > 1 ? queue.shift() : queue[0];
      (answer ?? json({ token: { access_token: 't' }, call: { call_id: 'c1' }, status: COMPLETED }[what]))(res);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const said: string[] = [];
    await demonstrateCall({
      url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
      username: 'admin',
      password: 'x',
      say: (line) => said.push(line.trim()),
      stopped: stopped.signal,
      limitMs,
    });
    server.closeAllConnections();
    server.close();
    return { asked, said, keys };
  }

  const json =
    (body: unknown, status = 200) =>
    (res: ServerResponse): void =>
      void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const text = (body: string) => (res: ServerResponse) => void res.end(body);
  const reset = (res: ServerResponse): void => void res.socket?.resetAndDestroy();
  const silence = (): void => undefined;

  it('logs in, posts the number and follows the call to its end over HTTP', async () => {
    const ringing = view({ status: 'ringing', dialed_at: after(20), ringing_at: after(120) });
    const { asked, said } = await demonstrated({ status: [view({}), ringing, COMPLETED].map((body) => json(body)) });
    expect(asked.slice(0, 3)).to.deep.equal([
      'POST /api/v2/token',
      'POST /api/v2/interaction/%2B1234567890',
      'GET /api/v2/status/c1',
    ]);
    expect(said.slice(2)).to.deep.equal([
      '0.00 s  pending',
      '0.02 s  dialing',
      '0.12 s  ringing',
      '1.00 s  answered',
      '3.00 s  completed  (2 s of talk, hangup cause 16 Normal Clearing)',
    ]);
  });

  it('asks again a gateway that is away, waking up or being started again, and places one call', async () => {
    const away = json({ code: 'database_unavailable' }, 503);
    const under = json({ code: 'idempotency_key_in_use' }, 409);
    const { said, keys } = await demonstrated({
      token: [reset, away, json({ access_token: 't' })],
      call: [away, reset, under, json({ call_id: 'c1' })],
      status: [reset, away, json(COMPLETED)],
    });
    expect(said.at(-1)).to.match(/completed/);
    expect(keys.size).to.equal(1);
  });

  it('is a guest: whatever becomes of it is one line, and throws nothing', async () => {
    const forbidden = json({ error: 'invalid_grant' }, 401);
    const cases: [Answers, RegExp][] = [
      [{ token: [forbidden] }, /went wrong: the gateway said 401 .*invalid_grant/],
      [{ token: [text('{"access_tok')] }, /went wrong: the gateway said 200 \{"access_tok/],
      [{ token: [text('null')] }, /went wrong/],
      [{ call: [json({ code: 'premium_number' }, 422)] }, /went wrong: the gateway said 422/],
      [{ status: [json({ code: 'call_not_found' }, 404)] }, /went wrong: the gateway said 404/],
    ];
    for (const [answers, line] of cases) {
      const { said } = await demonstrated(answers);
      expect(said.filter((one) => one.includes('went wrong'))).to.have.length(1);
      expect(said.at(-1)).to.match(line);
    }
  }).timeout(60_000);

  it('is given up at its limit when it hangs, cannot be looked at any more, or is not even let in', async () => {
    for (const answers of [
      { status: [json(view({ status: 'ringing' }))] },
      { status: [reset] },
      { token: [silence] },
    ] satisfies Answers[]) {
      const { said } = await demonstrated(answers, { limitMs: 500 });
      expect(said.at(-1)).to.match(/the demonstration call went wrong: gave up waiting for/);
    }
  }).timeout(60_000);

  it('is left to itself at once when everything is stopped', async () => {
    const stopped = new AbortController();
    const answers = {
      token: [
        (): void => {
          stopped.abort();
        },
      ],
    };
    const { said } = await demonstrated(answers, { stopped });
    expect(said).to.deep.equal([]);
  });
});
