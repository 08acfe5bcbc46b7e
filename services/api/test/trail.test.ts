import type { WaitingEntry } from '@dialgate/database';
import { DialgateError, ENTRIES_A_MINUTE, type AuditEntry } from '@dialgate/domain';
import { silentLog } from '@dialgate/service-kit';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import { createTrail } from '../src/audit/trail.js';

const ENTRY: AuditEntry = {
  event: 'login_failed',
  source: 'api',
  actor: null,
  subject: null,
  address: '203.0.113.7',
  requestId: 'r-1',
  detail: {},
};
const CANCELED: AuditEntry = { ...ENTRY, event: 'call_canceled', actor: { id: 'u-1', name: 'maria' } };

describe('writing the audit trail', () => {
  let stop: (() => unknown) | undefined;
  afterEach(() => stop?.());

  /** A trail whose database fails with what stands first in `failures`, and that writes as often as it can. */
  async function trail(failures: Error[] = [], everyMs = 1) {
    let now = 0;
    const written: WaitingEntry[] = [];
    const lines: [object, string][] = [];
    const hear = (fields: object, message: string) => void lines.push([fields, message]);
    const part = createTrail({
      trail: {
        writeEach: (entries) =>
          Promise.resolve(
            entries.map((entry) => {
              const failure = failures.shift() ?? null;
              if (failure === null) written.push(entry);
              return failure;
            }),
          ),
      },
      log: { ...silentLog, info: hear, error: hear },
      nowMs: () => now,
      everyMs,
    });
    await part.start?.();
    stop = part.stop;
    const said = (message: string) => lines.filter(([, said]) => said === message).map(([fields]) => fields);
    return { add: part.add, stop: () => part.stop?.(), written, said, pass: (ms: number) => void (now += ms) };
  }

  it('says each entry in the log at once, with the client’s address', async () => {
    const { add, said } = await trail([], 60_000);
    add(CANCELED);
    expect(said('Audit entry')).to.deep.equal([
      {
        audit: 'call_canceled',
        source: 'api',
        userId: 'u-1',
        user: 'maria',
        subject: null,
        address: '203.0.113.7',
        requestId: 'r-1',
      },
    ]);
  });

  it('leaves a name that was only claimed out of the log: it may be a password', async () => {
    const { add, said } = await trail();
    add({ ...ENTRY, actor: { id: null, name: 'hunter2hunter2' } });
    expect(said('Audit entry')).to.have.lengthOf(1);
    expect(JSON.stringify(said('Audit entry'))).not.to.include('hunter2');
  });

  it('keeps entries while the database is away, with the time at which they happened', async () => {
    const away = () => new DialgateError('database_unavailable', 'away');
    const { add, written, pass } = await trail([away(), away(), away()]);
    add(CANCELED);
    pass(5_000);
    await eventually(() => written.length === 1);
    expect(written[0]).to.deep.equal({ entry: CANCELED, ageMs: 5_000 });
  });

  it('keeps 10,000 of them and says in one line how many it had to drop', async () => {
    const away = new DialgateError('database_unavailable', 'away');
    const failures = Array.from({ length: 500 }, () => away); // As many as one statement takes.
    const { add, written, said } = await trail(failures);
    for (let i = 0; i < 10_005; i++) add(CANCELED);
    await eventually(() => written.length >= 10_000 && said('Audit entries dropped').length > 0, 20_000);
    expect(written).to.have.lengthOf(10_000);
    expect(said('Audit entries dropped')).to.deep.equal([{ dropped: 5 }]);
    expect(said('Audit entry')).to.have.lengthOf(10_005);
  });

  it('says which entry could not be written, and keeps those that the database was away for', async () => {
    const error = new Error('a constraint');
    const { add, written, said } = await trail([error, new DialgateError('database_unavailable', 'away')], 20);
    for (const requestId of ['r-1', 'r-2', 'r-3']) add({ ...CANCELED, requestId });
    await eventually(() => written.length === 2);
    expect(written.map(({ entry }) => entry.requestId)).to.deep.equal(['r-3', 'r-2']);
    expect(said('Audit entry lost')).to.deep.equal([{ audit: 'call_canceled', requestId: 'r-1', error }]);
  });

  it('writes what waits when the service stops', async () => {
    const { add, written, stop } = await trail([], 60_000);
    add(CANCELED);
    await stop();
    expect(written).to.have.lengthOf(1);
  });

  it('writes so many wrong logins of an address a minute, and then how many more there were', async () => {
    const { add, written, pass, stop } = await trail([], 60_000);
    for (let i = 0; i < 1_000; i++) add({ ...ENTRY, actor: { id: null, name: `name-${String(i)}` } });
    pass(60_000);
    await stop();
    expect(written).to.have.lengthOf(ENTRIES_A_MINUTE.each + 1);
    expect(written.at(-1)?.entry).to.deep.include({
      event: 'login_failed',
      actor: null,
      address: '203.0.113.7',
      detail: { suppressed: 1_000 - ENTRIES_A_MINUTE.each },
    });
  });

  it('writes every cancellation, however many there are', async () => {
    const { add, written, stop } = await trail([], 60_000);
    for (let i = 0; i < 500; i++) add(CANCELED);
    await stop();
    expect(written).to.have.lengthOf(500);
  });

  it('sums up a flood from everywhere in one entry without an address', async () => {
    const { add, written, stop } = await trail([], 60_000);
    for (let i = 0; i < 1_000; i++) add({ ...ENTRY, address: `203.0.113.${String(i)}` });
    await stop();
    expect(written).to.have.lengthOf(ENTRIES_A_MINUTE.all + 1);
    expect(written.at(-1)?.entry).to.deep.include({
      address: null,
      detail: { suppressed: 1_000 - ENTRIES_A_MINUTE.all },
    });
  });
});
