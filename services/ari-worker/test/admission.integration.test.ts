import type { NewCall } from '@dialgate/database';
import { eventually, windowThatIsClosed } from '@dialgate/testing';
import { expect } from 'chai';
import { setUpWorkbench, type Workbench } from './workbench.js';

const PLACE = { context: 'outbound-ivr', extension: 's', priority: 1 };

/** A worker that was told of nothing but the defaults. */
const FRESH = {
  ALLOWED_CONTEXTS: '',
  ALLOWED_EXTENSIONS: '',
  ALLOWED_PRIORITIES: '',
  ALLOWED_CALLER_IDS: '',
  DEFAULT_CALLER_ID: '+33199999999',
};

describe('a call that may not be placed any more when its turn comes', () => {
  let bench: Workbench;
  before(async () => {
    bench = await setUpWorkbench();
  });
  after(() => bench.close());

  /** Lets the call wait, changes what it waits for, and starts a worker. */
  async function refusalOf(
    overrides: Partial<NewCall>,
    meanwhile: (callId: string) => Promise<unknown> = () => Promise.resolve(),
    environment: Record<string, string> = {},
  ): Promise<unknown> {
    const id = await bench.place('+33100000001', overrides);
    await meanwhile(id);
    const worker = await bench.startWorker({ ...FRESH, ...environment });
    const { status, failureReason } = await bench.ended(id);
    await worker.stop();
    expect(bench.channels(id)).to.have.lengthOf(failureReason === 'not_allowed' ? 0 : 1);
    const [refused] = await bench.sql<{ detail: { refusal?: string } }>(
      `SELECT detail FROM call_events WHERE call_id = $1 AND event = 'refused'`,
      [id],
    );
    return failureReason === 'not_allowed' ? refused?.detail.refusal : status;
  }

  const username = async (): Promise<string> => {
    const user = (await bench.database.users.list()).find(({ id }) => id === bench.userId);
    return user!.username;
  };

  it('is dialled where it still may be', async () => {
    expect(await refusalOf({ callerId: { name: 'Any name', number: '+33199999999' } })).to.equal('completed');
  });

  it('ends not_allowed for its place in the dialplan, its caller ID and its variables', async () => {
    expect(await refusalOf({ destination: { ...PLACE, context: 'nowhere' } })).to.equal('context_not_allowed');
    expect(await refusalOf({ destination: { ...PLACE, extension: 'long' } })).to.equal('extension_not_allowed');
    expect(await refusalOf({ destination: { ...PLACE, priority: 2 } })).to.equal('priority_not_allowed');
    expect(await refusalOf({ callerId: { name: '', number: '+33188888888' } })).to.equal('caller_id_not_allowed');
    expect(await refusalOf({ variables: { TRUNK: '1' } })).to.equal('variable_not_allowed');
  });

  it('is told the second phone that was judged, by names of the gateway, and goes on where that is dialled', async () => {
    const connect = { CONNECT_CONTEXT: 'outbound-ivr', CONNECT_EXTENSIONS: '1001' };
    const worker = await bench.startWorker({ ...FRESH, ...connect });
    const caller = { name: 'Desk', number: '+33199999999' };
    const told = async (connectTo: string) => {
      const id = await bench.place('+33100000001', { connectTo, destination: PLACE, callerId: caller });
      expect((await bench.ended(id)).status).to.equal('completed');
      const { variables } = bench.channels(id)[0]!;
      return [variables.DIALGATE_CONNECT, variables.DIALGATE_CONNECT_SECONDS, variables.DIALGATE_CONNECT_CALLER];
    };
    expect(await told('+33187654321')).to.deep.equal(['PJSIP/+33187654321@trunk', '30', '+33199999999']);
    expect(await told('1001')).to.deep.equal(['PJSIP/1001', '30', '+33199999999']);
    await worker.stop();
  });

  it('ends not_allowed when the second number may not be called any more, and nobody is rung', async () => {
    const on = { CONNECT_CONTEXT: 'outbound-ivr' };
    expect(await refusalOf({ connectTo: '+33187654321' })).to.equal('connect_to_not_allowed');
    expect(await refusalOf({ connectTo: '1001' }, undefined, on)).to.equal('malformed');
    const country = { ...on, ALLOWED_COUNTRIES: 'FR' };
    expect(await refusalOf({ connectTo: '+12125551234' }, undefined, country)).to.equal('country_not_allowed');
    const listed = { number: '+33187654321', reason: null, addedAt: null, source: 'test' };
    const put = () => bench.database.doNotCall.add([listed]);
    expect(await refusalOf({ connectTo: '+33187654321' }, put, on)).to.equal('do_not_call');
    await bench.database.doNotCall.remove('+33187654321');
  });

  it('ends not_allowed when its user may not have it any more, and is dialled when an admin allows it', async () => {
    const { users } = bench.database;
    const name = await username();
    expect(await refusalOf({}, () => users.allow(name, { contexts: ['sales'] }))).to.equal('context_not_allowed');
    const wider = () => users.allow(name, { contexts: null, callerIds: ['+33188888888'] });
    expect(await refusalOf({ callerId: { name: '', number: '+33188888888' } }, wider)).to.equal('completed');
    await users.allow(name, { callerIds: null });
  });

  it('ends not_allowed when its number came onto the do-not-call list', async () => {
    const { doNotCall } = bench.database;
    const listed = [{ number: '+33100000001', reason: null, addedAt: null, source: 'test' }];
    expect(await refusalOf({}, () => doNotCall.add(listed))).to.equal('do_not_call');
    await doNotCall.remove('+33100000001');
  });

  it('ends not_allowed when the calling window has closed', async () => {
    const { settings, number } = windowThatIsClosed();
    expect(await refusalOf({ phoneNumber: number }, undefined, settings)).to.equal('outside_calling_window');
  });
});

describe('a call that waits for its time', () => {
  let bench: Workbench;
  before(async () => {
    bench = await setUpWorkbench();
    await bench.startWorker();
    await bench.ready(1);
  });
  after(() => bench.close());

  it('is queued by the sweep when it has come, and dialled not a moment before', async () => {
    const notBefore = new Date(Date.now() + 4_000);
    const id = await bench.place('+33100000001', { notBefore });
    const { status, dialSentAt } = await bench.ended(id);
    expect(status).to.equal('completed');
    expect(dialSentAt!.getTime()).to.be.at.least(notBefore.getTime());
    expect(bench.channels(id)).to.have.lengthOf(1);
  });

  it('is given back when its hours are over as its turn comes, until they begin again', async () => {
    const soon = new Date(Date.now() + 2 * 3_600_000).toISOString().slice(11, 13);
    const callingWindow = { spans: [`${soon}:00-${soon}:59`], timeZones: ['UTC'] };
    const id = await bench.place('+33100000001', { callingWindow, expiresInMs: 86_400_000 });
    await eventually(async () => (await notesOf(id)).includes('outside its calling window'));
    const [row] = await bench.sql<{ status: string; opens: string }>(
      `SELECT status::text, to_char(next_enqueue_at AT TIME ZONE 'UTC', 'HH24:MI') AS opens FROM calls WHERE id = $1`,
      [id],
    );
    expect(row).to.deep.equal({ status: 'pending', opens: `${soon}:00` });
    expect(bench.channels(id)).to.deep.equal([]);
    await bench.sql(`UPDATE calls SET expires_at = now() WHERE id = $1`, [id]);
    expect(await bench.ended(id)).to.include({ status: 'failed', failureReason: 'expired' });
  });

  it('is dialled within its hours', async () => {
    const id = await bench.place('+33100000001', { callingWindow: { spans: ['00:00-24:00'], timeZones: ['UTC'] } });
    expect(await bench.ended(id)).to.include({ status: 'completed', attempt: 1 });
  });

  async function notesOf(id: string): Promise<unknown[]> {
    const notes = await bench.sql<{ why: unknown }>(
      `SELECT detail->>'why' AS why FROM call_events WHERE call_id = $1 AND event = 'claim_voided'`,
      [id],
    );
    return notes.map(({ why }) => why);
  }
});
