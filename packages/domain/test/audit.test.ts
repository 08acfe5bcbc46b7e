import { expect } from 'chai';
import {
  admitEntry,
  AUDIT_EVENTS,
  ENTRIES_A_MINUTE,
  isOver,
  isRepeatable,
  storable,
  type AuditEntry,
  type AuditEvent,
  type Minute,
} from '../src/index.js';

const ENTRY: AuditEntry = {
  event: 'login_failed',
  source: 'api',
  actor: null,
  subject: null,
  address: null,
  requestId: null,
  detail: {},
};

describe('an audit entry', () => {
  it('is cut to size and loses control characters, whatever a client made part of it', () => {
    const long = 'x'.repeat(10_000);
    const stored = storable({
      ...ENTRY,
      actor: { id: null, name: `ro\0ot\n\ud800${long}` },
      subject: { kind: 'key', id: long },
      address: long,
      requestId: long,
      detail: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${String(i)}${long}`, `a\0${long}`])),
    });
    expect(stored.actor?.name).to.match(/^ro�ot��x+$/);
    expect(stored.actor?.name).to.have.lengthOf(64);
    expect(stored.subject?.id).to.have.lengthOf(100);
    expect(stored.address).to.have.lengthOf(45);
    expect(stored.requestId).to.have.lengthOf(64);
    expect(Buffer.byteLength(JSON.stringify(stored.detail))).to.be.lessThan(4_096);
    expect(JSON.stringify(stored)).not.to.match(/\\u0000|\\ud800/);
  });

  it('has at most four kilobytes of detail, in the letters that take the most room, too', () => {
    const wide = '\u{ffff}'.repeat(500);
    const detail = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${wide.slice(0, 38)}${String(i)}`, wide]));
    expect(Buffer.byteLength(JSON.stringify(storable({ ...ENTRY, detail }).detail))).to.be.at.most(4_000);
  });

  it('keeps numbers, truths and what is not known in its detail as they are, and of each name and text the beginning', () => {
    const detail = { tries: 12_345, locked: true, until: null, reason: 'x'.repeat(81), ['n'.repeat(41)]: 'short' };
    expect(storable({ ...ENTRY, detail }).detail).to.deep.equal({
      ...{ tries: 12_345, locked: true, until: null, reason: 'x'.repeat(80) },
      ['n'.repeat(40)]: 'short',
    });
  });

  it('has an event whose name fits into its column', () => {
    for (const event of Object.keys(AUDIT_EVENTS)) expect(event.length).to.be.at.most(40);
  });
});

describe('a flood of audit entries', () => {
  it('can be made of what a client brings about as often as it likes, and of nothing else', () => {
    expect((Object.keys(AUDIT_EVENTS) as AuditEvent[]).filter(isRepeatable)).to.deep.equal([
      ...['login_succeeded', 'login_failed', 'login_locked', 'token_issued', 'token_revoked', 'call_refused'],
    ]);
  });

  const NOW = 1_000;

  /** How many of these are written, by who sends them, when all come within a minute. */
  function written(senders: readonly string[]): Map<string, number> {
    const each = new Map<string, Minute>();
    const counts = new Map<string, number>();
    let all: Minute | undefined;
    for (const sender of senders) {
      const admission = admitEntry(each.get(sender), all, NOW);
      each.set(sender, admission.each);
      all = admission.all;
      if (admission.write) counts.set(sender, (counts.get(sender) ?? 0) + 1);
    }
    return counts;
  }
  const times = (n: number, sender: string) => Array.from({ length: n }, () => sender);

  it('of one sender is cut off at their share and leaves the others theirs', () => {
    const counts = written([...times(5_000, 'flood'), ...times(3, 'alice')]);
    expect(counts.get('flood')).to.equal(ENTRIES_A_MINUTE.each);
    expect(counts.get('alice')).to.equal(3);
  });

  it('of many senders is cut off at the share of all', () => {
    const counts = written(Array.from({ length: 5_000 }, (_, i) => `sender-${String(i)}`));
    expect([...counts.values()].reduce((sum, n) => sum + n, 0)).to.equal(ENTRIES_A_MINUTE.all);
  });

  it('is counted where it is cut off', () => {
    let each: Minute | undefined;
    let all: Minute | undefined;
    for (let i = 0; i < ENTRIES_A_MINUTE.each + 7; i++) ({ each, all } = admitEntry(each, all, NOW));
    expect(each?.suppressed).to.equal(7);
    expect(all).to.include({ written: ENTRIES_A_MINUTE.each, suppressed: 0 });
  });

  it('is over a minute after its first entry', () => {
    const { each } = admitEntry(undefined, undefined, NOW);
    expect(isOver(each, NOW + 59_999)).to.equal(false);
    expect(isOver(each, NOW + 60_000)).to.equal(true);
  });
});
