import { CALL_STATUSES, payloadOf, statusView, type CallStatus } from '@dialgate/domain';
import { someCall } from '@dialgate/testing';
import { expect } from 'chai';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, seconds));
const over = someCall({
  status: 'completed',
  attempt: 2,
  channelId: 'the-channel',
  dialSentAt: at(1),
  ringingAt: at(2),
  answeredAt: at(3),
  endedAt: at(9),
  hangupCause: 16,
  hangupBy: 'callee',
  failureReason: 'lost',
  sipStatus: 200,
  metadata: { order: 1 },
});

const RESULTS = { AMDSTATUS: 'HUMAN' };

interface Payload {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Record<string, unknown>;
}
const payload = (status: CallStatus | null, call: typeof over | null = over): Payload =>
  JSON.parse(payloadOf({ type: `call.${status}`, at: at(5), status, sequence: 3 }, call, RESULTS)) as Payload;

describe('what a delivery says', () => {
  it('is type, time of the event, and the call’s public view with the number in its sequence', () => {
    const { type, timestamp, data } = payload('completed');
    expect({ type, timestamp }).to.deep.equal({ type: 'call.completed', timestamp: '2026-01-01T12:00:05.000Z' });
    expect(data).to.deep.equal({ ...JSON.parse(JSON.stringify(statusView(over, RESULTS))), sequence: 3 });
  });

  it('is the call as it was then, whatever has become of it', () => {
    const KNOWN: [CallStatus, string[]][] = [
      ['pending', []],
      ['dialing', ['channel', 'dialed_at']],
      ['ringing', ['channel', 'dialed_at', 'ringing_at']],
      ['answered', ['channel', 'dialed_at', 'ringing_at', 'answered_at']],
    ];
    const LATER = [
      'channel',
      'dialed_at',
      'ringing_at',
      'answered_at',
      'ended_at',
      'duration',
      'failure_reason',
      'hangup_cause',
    ];
    for (const [status, known] of KNOWN) {
      const { data } = payload(status);
      expect(data.results).to.deep.equal({});
      expect(data).to.include({ status, is_active: true, is_completed: false, sip_status: null, hangup_by: null });
      expect(
        LATER.filter((field) => data[field] !== null),
        status,
      ).to.deep.equal(known);
    }
  });

  it('has the same fields in every status', () => {
    const fields = CALL_STATUSES.map((status) => Object.keys(payload(status).data).join());
    expect(new Set(fields).size).to.equal(1);
  });

  it('is nothing of what was erased', () => {
    const erased = { ...over, phoneNumber: '', metadata: null, erasedAt: at(20) };
    expect(payload('ringing', erased).data).to.include({ phone_number: null, metadata: null });
  });

  it('has the order that the call belongs to as it stands, in every status', () => {
    const order = {
      id: over.id,
      max: 2,
      on: ['busy'],
      afterSeconds: 60,
      endsAt: at(86_400),
      expiresInMs: 300_000,
      callsMade: 1,
      lastCallId: over.id,
      nextTryAt: null,
      cancelRequestedAt: null,
      settledAt: at(10),
      end: 'answered',
      result: 'completed',
      refusal: null,
      callIds: [over.id],
    } as const;
    for (const status of ['ringing', 'completed'] as const) {
      const event = { type: 'call.order_finished', at: at(10), status, sequence: 6 };
      const told = JSON.parse(payloadOf(event, over, RESULTS, order)) as Payload;
      const said = { state: 'finished', result: 'completed', end: 'answered', calls: [over.id] };
      expect(told.data.order, status).to.deep.include({ ...said, ends_at: '2026-01-02T12:00:00.000Z' });
    }
  });

  it('tells of no call in a test', () => {
    expect(payload(null, null).data).to.deep.equal({ test: true });
  });
});
