import { eventually, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { readInvites } from '../src/index.js';
import type { Call } from '@dialgate/client';
import { realAsterisk, startGateway, type Gateway } from './gateway.js';

/** How many INVITEs the callees have received for this number. */
function invitesTo(phoneNumber: string): number {
  const invites = readInvites(process.env.E2E_INVITE_LOG ?? '');
  return (invites.get(phoneNumber) ?? invites.get(phoneNumber.replace('+', '')) ?? []).length;
}

interface Ending {
  /** The last three digits, by which the callee chooses its behaviour (docker/sipp). */
  readonly digits: string;
  readonly callee: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly expected: Partial<Call>;
  /** Least and greatest duration in seconds; null for a call that nobody answered. */
  readonly duration: readonly [least: number, greatest: number] | null;
}

const WAIT = { extension: 'wait' };
const THREE_SECONDS = { timeout: 3_000 };

const failed = (reason: NonNullable<Call['failure_reason']>, cause: number, sip: number): Partial<Call> => ({
  status: 'failed',
  failure_reason: reason,
  hangup_cause: cause,
  sip_status: sip,
  hangup_by: 'callee',
});
const completed = (hangupBy: Call['hangup_by'], cause = 16): Partial<Call> => ({
  status: 'completed',
  failure_reason: null,
  hangup_cause: cause,
  hangup_by: hangupBy,
});

const ENDINGS: readonly Ending[] = [
  {
    digits: '001',
    callee: 'answers and hangs up after a second',
    body: WAIT,
    expected: completed('callee'),
    duration: [0, 2],
  },
  { digits: '002', callee: 'answers and hears the IVR to its end', expected: completed('dialplan'), duration: [1, 3] },
  { digits: '003', callee: 'answers after early media', expected: completed('dialplan'), duration: [1, 3] },
  { digits: '004', callee: 'answers after five silent seconds', expected: completed('dialplan'), duration: [1, 3] },
  { digits: '005', callee: 'answers without ringing', expected: completed('dialplan'), duration: [1, 3] },
  {
    digits: '011',
    callee: 'hangs up with a Q.850 reason',
    body: WAIT,
    expected: completed('callee', 31),
    duration: [0, 2],
  },
  { digits: '012', callee: 'talks for four seconds', body: WAIT, expected: completed('callee'), duration: [3, 5] },
  { digits: '016', callee: 'never confirms the hangup', expected: completed('dialplan'), duration: [1, 3] },
  {
    digits: '006',
    callee: 'never answers',
    body: THREE_SECONDS,
    expected: { status: 'no_answer', hangup_cause: 19, hangup_by: 'gateway' },
    duration: null,
  },
  {
    digits: '009',
    callee: 'plays early media for ever',
    body: THREE_SECONDS,
    expected: { status: 'no_answer', hangup_cause: 19 },
    duration: null,
  },
  {
    digits: '010',
    callee: 'answers in the moment of our timeout',
    body: THREE_SECONDS,
    expected: { status: 'no_answer', hangup_cause: 19 },
    duration: null,
  },
  {
    digits: '017',
    callee: 'rings, then is not available',
    expected: { status: 'no_answer', hangup_cause: 19, sip_status: 480 },
    duration: null,
  },
  {
    digits: '480',
    callee: 'is switched off',
    expected: { status: 'no_answer', hangup_cause: 19, sip_status: 480 },
    duration: null,
  },
  {
    digits: '007',
    callee: 'says nothing at all',
    body: THREE_SECONDS,
    expected: { status: 'failed', failure_reason: 'unreachable' },
    duration: null,
  },
  {
    digits: '015',
    callee: 'is being tried for ever',
    body: THREE_SECONDS,
    expected: { status: 'failed', failure_reason: 'unreachable' },
    duration: null,
  },
  { digits: '408', callee: 'timed out behind the trunk', expected: failed('unreachable', 18, 408), duration: null },
  {
    digits: '008',
    callee: 'pushes the red button',
    expected: { status: 'busy', hangup_cause: 17, sip_status: 486, hangup_by: 'callee' },
    duration: null,
  },
  {
    digits: '018',
    callee: 'is busy and says another Q.850 cause',
    expected: { status: 'busy', hangup_cause: 17 },
    duration: null,
  },
  {
    digits: '486',
    callee: 'is busy',
    expected: { status: 'busy', hangup_cause: 17, failure_reason: null },
    duration: null,
  },
  {
    digits: '600',
    callee: 'is busy everywhere',
    expected: { status: 'busy', hangup_cause: 17, sip_status: 600 },
    duration: null,
  },
  {
    digits: '014',
    callee: 'rings, then declines',
    expected: { status: 'busy', failure_reason: 'declined', hangup_cause: 21 },
    duration: null,
  },
  {
    digits: '603',
    callee: 'declines at once',
    expected: { status: 'busy', failure_reason: 'declined', hangup_cause: 21 },
    duration: null,
  },
  {
    digits: '013',
    callee: 'is unknown, says an announcement',
    expected: failed('invalid_number', 1, 404),
    duration: null,
  },
  {
    digits: '302',
    callee: 'points elsewhere',
    expected: { status: 'failed', failure_reason: 'redirected', hangup_cause: 23 },
    duration: null,
  },
  { digits: '400', callee: 'calls the request bad', expected: failed('interworking', 127, 400), duration: null },
  { digits: '401', callee: 'wants a login', expected: failed('rejected', 21, 401), duration: null },
  { digits: '403', callee: 'forbids it', expected: failed('rejected', 21, 403), duration: null },
  { digits: '404', callee: 'does not exist', expected: failed('invalid_number', 1, 404), duration: null },
  { digits: '405', callee: 'does not allow the method', expected: failed('interworking', 127, 405), duration: null },
  { digits: '407', callee: 'wants a proxy login', expected: failed('rejected', 21, 407), duration: null },
  { digits: '410', callee: 'is gone', expected: failed('number_changed', 22, 410), duration: null },
  { digits: '415', callee: 'knows no such media', expected: failed('interworking', 127, 415), duration: null },
  { digits: '481', callee: 'knows no such call', expected: failed('interworking', 127, 481), duration: null },
  { digits: '482', callee: 'sees a loop', expected: failed('interworking', 127, 482), duration: null },
  { digits: '483', callee: 'is called in circles', expected: failed('routing_loop', 19, 483), duration: null },
  { digits: '484', callee: 'has an incomplete number', expected: failed('invalid_number', 28, 484), duration: null },
  { digits: '487', callee: 'was taken back by somebody', expected: failed('interworking', 127, 487), duration: null },
  { digits: '488', callee: 'speaks no common codec', expected: failed('media', 58, 488), duration: null },
  { digits: '491', callee: 'has a request pending', expected: failed('interworking', 127, 491), duration: null },
  { digits: '500', callee: 'is behind a broken server', expected: failed('congestion', 38, 500), duration: null },
  { digits: '501', callee: 'is behind a server that cannot', expected: failed('rejected', 29, 501), duration: null },
  { digits: '502', callee: 'is behind a bad gateway', expected: failed('congestion', 27, 502), duration: null },
  { digits: '503', callee: 'is behind a full trunk', expected: failed('congestion', 34, 503), duration: null },
  { digits: '504', callee: 'is behind a slow server', expected: failed('congestion', 102, 504), duration: null },
  { digits: '604', callee: 'exists nowhere', expected: failed('invalid_number', 1, 604), duration: null },
  { digits: '606', callee: 'finds nothing acceptable', expected: failed('media', 58, 606), duration: null },
];

describe('a call posted over HTTP and dialled by a real Asterisk', () => {
  let gateway: Gateway;
  const placed = new Map<string, Promise<string>>();
  const numberOf = (ending: Ending): string =>
    `+33140${String(ENDINGS.indexOf(ending)).padStart(3, '0')}${ending.digits}`;

  before(async () => {
    gateway = await startGateway(realAsterisk(), { api: { ALLOWED_CONTEXTS: 'outbound-ivr,nowhere' } });
    // All at once: each waits for its own callee.
    for (const ending of ENDINGS) placed.set(ending.digits, gateway.place(numberOf(ending), ending.body ?? {}));
    await Promise.all(placed.values());
  });
  after(() => gateway.stop());

  for (const ending of ENDINGS) {
    it(`ends ${String(ending.expected.status)} when the callee ${ending.callee} (${ending.digits})`, async () => {
      const call = await gateway.ended((await placed.get(ending.digits)) ?? '');
      expect(call).to.include(ending.expected);
      if (ending.duration === null) expect([call.duration, call.answered_at]).to.deep.equal([null, null]);
      else expect(call.duration).to.be.within(ending.duration[0], patience(ending.duration[1]));
      expect(invitesTo(numberOf(ending)), 'INVITEs').to.equal(1);
    });
  }

  it('goes on at the priority it was given', async () => {
    const id = await gateway.place('+33141000002', { extension: 'priority', priority: 3 });
    expect(await gateway.ended(id)).to.include({ status: 'completed', hangup_by: 'dialplan', hangup_cause: 16 });
  });

  it('rings nobody when the dialplan has no such extension', async () => {
    const id = await gateway.place('+33142000002', { extension: 'nosuch' });
    expect(await gateway.ended(id)).to.include({
      status: 'failed',
      failure_reason: 'dialplan_missing',
      hangup_cause: null,
    });
    expect(invitesTo('+33142000002')).to.equal(0);
  });

  it('rings nobody when the dialplan has no such context', async () => {
    const id = await gateway.place('+33143000002', { context: 'nowhere' });
    expect(await gateway.ended(id)).to.include({ status: 'failed', failure_reason: 'dialplan_missing' });
    expect(invitesTo('+33143000002')).to.equal(0);
  });

  it('is canceled while it rings', async () => {
    const id = await gateway.place('+33144000006');
    await gateway.reaches(id, 'ringing');
    expect((await gateway.request('DELETE', `/calls/${id}`)).status).to.equal(202);
    expect(await gateway.ended(id)).to.include({ status: 'canceled', hangup_by: 'gateway', duration: null });
    expect((await gateway.request('DELETE', `/calls/${id}`)).status).to.equal(409);
  });

  it('is hung up while it talks, and was completed', async () => {
    const id = await gateway.place('+33145000002', { extension: 'long' });
    await gateway.reaches(id, 'answered');
    expect((await gateway.request('POST', `/calls/${id}/hangup`)).status).to.equal(202);
    expect(await gateway.ended(id)).to.include({ status: 'completed', hangup_by: 'gateway', hangup_cause: 16 });
  });

  it('leaves no channel in Asterisk', async () => {
    const { url, username, password } = realAsterisk();
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    await eventually(async () => {
      const channels = (await (await fetch(`${url}/channels`, { headers: { authorization } })).json()) as unknown[];
      return channels.length === 0;
    }, 40_000);
  });
});

describe('a call over a trunk of a real Asterisk that nobody is registered on', () => {
  it('fails as trunk_unavailable', async () => {
    const gateway = await startGateway(realAsterisk(), { worker: { DIAL_ENDPOINT: 'PJSIP/{number}@trunk-nocontact' } });
    try {
      const id = await gateway.place('+33146000002');
      expect(await gateway.ended(id)).to.include({
        status: 'failed',
        failure_reason: 'trunk_unavailable',
        hangup_cause: null,
      });
    } finally {
      await gateway.stop();
    }
  });
});
