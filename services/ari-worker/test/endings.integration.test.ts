import { durationSeconds } from '@dialgate/domain';
import { eventually, patience } from '@dialgate/testing';
import { expect } from 'chai';
import { setUpWorkbench, type Workbench } from './workbench.js';

describe('a call on the simulated Asterisk', () => {
  let bench: Workbench;

  before(async () => {
    bench = await setUpWorkbench();
    await bench.startWorker();
  });
  after(() => bench.close());

  const endings: [
    digits: string,
    callee: string,
    status: string,
    reason: string | null,
    cause: number | null,
    hangupBy: string,
  ][] = [
    ['001', 'answers and hangs up', 'completed', null, 16, 'callee'],
    ['002', 'answers and listens', 'completed', null, 16, 'dialplan'],
    ['003', 'answers after early media', 'completed', null, 16, 'dialplan'],
    ['005', 'answers without ringing', 'completed', null, 16, 'dialplan'],
    ['006', 'never answers', 'no_answer', null, 19, 'gateway'],
    ['008', 'pushes the red button', 'busy', null, 17, 'callee'],
    ['009', 'plays early media for ever', 'no_answer', null, 19, 'gateway'],
    ['011', 'hangs up with a reason', 'completed', null, 31, 'callee'],
    ['013', 'has a number that an announcement says is unknown', 'failed', 'invalid_number', 1, 'callee'],
    ['014', 'declines', 'busy', 'declined', 21, 'callee'],
    ['015', 'is tried for ever', 'failed', 'unreachable', 19, 'gateway'],
    ['017', 'rings and is then not available', 'no_answer', null, 19, 'callee'],
    ['404', 'does not exist', 'failed', 'invalid_number', 1, 'callee'],
    ['403', 'is forbidden', 'failed', 'rejected', 21, 'callee'],
    ['408', 'times out without ringing', 'failed', 'unreachable', 18, 'callee'],
    ['480', 'is switched off', 'no_answer', null, 19, 'callee'],
    ['483', 'is called in circles', 'failed', 'routing_loop', 19, 'callee'],
    ['486', 'is busy', 'busy', null, 17, 'callee'],
    ['488', 'speaks another codec', 'failed', 'media', 58, 'callee'],
    ['503', 'is behind a full trunk', 'failed', 'congestion', 34, 'callee'],
    ['603', 'declines at once', 'busy', 'declined', 21, 'callee'],
  ];
  for (const [digits, callee, status, reason, cause, hangupBy] of endings) {
    it(`whose callee ${callee} ends ${status}`, async () => {
      const id = await bench.place(`+33100000${digits}`, { ringTimeoutMs: 4_000 });
      const call = await bench.ended(id);
      expect(call).to.include({ status, failureReason: reason, hangupCause: cause, hangupBy });
      expect(bench.invites(id)).to.equal(1);
      expect(call.answeredAt !== null).to.equal(status === 'completed');
      expect(durationSeconds(call) !== null).to.equal(status === 'completed');
    });
  }

  it('tells its whole life in the timeline', async () => {
    const id = await bench.place('+33100000002');
    await bench.ended(id);
    // Noted when its answer is read: a short dialplan may be over by then.
    await eventually(async () => (await bench.timeline(id)).includes('continued'));
    const timeline = await bench.timeline(id);
    const milestones = [
      'created',
      'claimed',
      'channel_created',
      'dial_sent',
      'ringing',
      'answered',
      'continued',
      'hung_up',
    ];
    expect(timeline.filter((event) => milestones.includes(event)).sort()).to.deep.equal([...milestones].sort());
    expect(timeline[0]).to.equal('created');
    expect(timeline.filter((event) => event !== 'continued').at(-1)).to.equal('hung_up');
  });

  it('runs the dialplan context it was given', async () => {
    const id = await bench.place('+33100000002', {
      destination: { context: 'outbound-ivr', extension: 'prio', priority: 2 },
    });
    await bench.ended(id);
    const [channel] = bench.simulator.ledger.channels().filter(({ channelId }) => channelId.startsWith(id));
    expect(channel?.continued).to.include({ context: 'outbound-ivr', extension: 'prio', priority: 2 });
    // By the answer itself: the next reconciliation, half a minute later, would send it on, too.
    expect((channel?.continued?.at ?? 0) - (channel?.answeredAt ?? 0)).to.be.lessThan(patience(10_000));
  });

  it('carries its variables and caller ID to Asterisk', async () => {
    const id = await bench.place('+33100000001', {
      variables: { DG_ORDER: 'A 17' },
      callerId: { name: 'Support', number: '+33123456789' },
    });
    await bench.ended(id);
    const [channel] = bench.simulator.ledger.channels().filter(({ channelId }) => channelId.startsWith(id));
    expect(channel?.variables).to.include({
      DG_ORDER: 'A 17',
      'CONNECTEDLINE(num)': '+33123456789',
      'CONNECTEDLINE(name)': 'Support',
    });
  });

  it('rings nobody when the dialplan has no such extension', async () => {
    const id = await bench.place('+33100000001', {
      destination: { context: 'outbound-ivr', extension: 'nosuch', priority: 1 },
    });
    expect(await bench.ended(id)).to.include({
      status: 'failed',
      failureReason: 'dialplan_missing',
      hangupCause: null,
    });
    expect(bench.invites(id)).to.equal(0);
  });

  it('rings nobody when the dialplan has no such context', async () => {
    const id = await bench.place('+33100000001', { destination: { context: 'nowhere', extension: 's', priority: 1 } });
    expect(await bench.ended(id)).to.include({ status: 'failed', failureReason: 'dialplan_missing' });
    expect(bench.invites(id)).to.equal(0);
  });

  it('leaves no channel behind', async () => {
    await eventually(() => bench.simulator.liveChannels() === 0);
  });
});

describe('a call on an endpoint that Asterisk cannot use', () => {
  let bench: Workbench;
  before(async () => {
    bench = await setUpWorkbench();
  });
  after(() => bench.close());

  for (const [endpoint, why] of [
    ['PJSIP/{number}@trunk-nocontact', 'has no contact'],
    ['PJSIP/{number}@nowhere', 'does not exist'],
  ] as const) {
    it(`fails as trunk_unavailable when it ${why}`, async () => {
      const worker = await bench.startWorker({ DIAL_ENDPOINT: endpoint });
      const id = await bench.place('+33100000001');
      expect(await bench.ended(id)).to.include({ status: 'failed', failureReason: 'trunk_unavailable' });
      expect(bench.invites(id)).to.equal(0);
      await worker.stop();
    });
  }
});

describe('a call to a number that its worker may not dial', () => {
  let bench: Workbench;
  before(async () => {
    bench = await setUpWorkbench();
    await bench.startWorker({ ALLOWED_COUNTRIES: 'GB' });
  });
  after(() => bench.close());

  for (const [number, why] of [
    ['+33100000002', 'is in no country that it may call'],
    ['112', 'is an emergency number'],
    ['1001', 'has not the shape of one'],
  ] as const) {
    it(`fails as not_allowed, and Asterisk never hears of it, when the number ${why}`, async () => {
      const id = await bench.place(number);
      expect(await bench.ended(id)).to.include({ status: 'failed', failureReason: 'not_allowed', hangupCause: null });
      expect(bench.simulator.ledger.channels().filter(({ channelId }) => channelId.startsWith(id))).to.have.length(0);
    });
  }
});

describe('a call through a dialplan of Asterisk (Local channel)', () => {
  let bench: Workbench;
  before(async () => {
    bench = await setUpWorkbench();
    await bench.startWorker({ DIAL_ENDPOINT: 'Local/{digits}@from-internal/n' });
  });
  after(() => bench.close());

  for (const [digits, callee, status] of [
    ['002', 'answers', 'completed'],
    ['486', 'is busy', 'busy'],
    ['006', 'never answers', 'no_answer'],
  ] as const) {
    it(`ends ${status} when the callee ${callee}`, async () => {
      const id = await bench.place(`+33100000${digits}`, { ringTimeoutMs: 5_000 });
      expect(await bench.ended(id)).to.include({ status });
    });
  }

  it('does not linger once the dial result is known', async () => {
    const id = await bench.place('+33100000486', { ringTimeoutMs: 3_000 });
    expect(await bench.ended(id)).to.include({ status: 'busy', hangupBy: 'callee' });
    // Its hangup is sent behind the write; by itself the channel would live on for ten seconds.
    expect(await eventually(() => bench.channels(id)[0]?.ended)).to.include({ by: 'client' });
  });
});
