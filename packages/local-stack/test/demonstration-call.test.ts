import { expect } from 'chai';
import { createServer } from 'node:http';
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

  it('logs in, posts the number and follows the call to its end over HTTP', async () => {
    const views = [
      view({}),
      view({ status: 'ringing', dialed_at: after(20), ringing_at: after(120) }),
      view({
        status: 'completed',
        is_completed: true,
        dialed_at: after(20),
        ringing_at: after(120),
        answered_at: after(1000),
        ended_at: after(3000),
        duration: 2,
        hangup_cause: 16,
        hangup_cause_text: 'Normal Clearing',
      }),
    ];
    const asked: string[] = [];
    const server = createServer((req, res) => {
      asked.push(`${req.method ?? ''} ${req.url ?? ''}`);
      const body =
        req.url === '/api/v2/token'
          ? { access_token: 't' }
          : req.method === 'POST'
            ? { call_id: 'c1' }
            : (views.shift() ?? {});
      res.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const said: string[] = [];

    await demonstrateCall({
      url,
      username: 'admin',
      password: 'x',
      say: (line) => said.push(line.trim()),
      stopped: new Promise(() => undefined),
    });
    server.close();

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
});
