import { setImmediate as turn } from 'node:timers/promises';
import { NoTablesError, type WrongAsterisk } from '@dialgate/database';
import { DialgateError } from '@dialgate/domain';
import { silentLog } from '@dialgate/service-kit';
import { eventually } from '@dialgate/testing';
import { expect } from 'chai';
import type { StreamState } from '../src/ari/event-stream.js';
import type { AriReply } from '../src/ari/replies.js';
import type { Reconciled } from '../src/reconcile/reconcile.js';
import { refusalError } from '../src/slots/asterisk-obstacle.js';
import { openSlotUpkeep, type SlotUpkeep } from '../src/slots/slot-upkeep.js';

const OK: AriReply = { kind: 'ok', status: 200, body: [] };
const NOT_FOUND: AriReply = { kind: 'refused', status: 404, message: 'not found' };
const FORBIDDEN: AriReply = { kind: 'not_reached', why: 'forbidden' };

const FOUND: Reconciled = { openCalls: 0, channels: 0, reconcileAgain: false };

describe('the upkeep of a slot', () => {
  let slot: SlotUpkeep;
  let socket: (state: StreamState) => void;
  let asked: string[];
  let listsAll: boolean[];
  let reconciled: ((found: Reconciled | Promise<Reconciled>) => void)[];
  let readiness: boolean[];
  let wrong: WrongAsterisk | null;
  let filterReply: AriReply;
  let listReply: AriReply;
  let said: string[];

  beforeEach(() => {
    [asked, listsAll, reconciled, readiness, wrong] = [[], [], [], [], null];
    [filterReply, listReply, said] = [OK, OK, []];
    slot = openSlotUpkeep({
      lease: { slotId: 1, owner: 'one', epoch: 1, app: 'gw-1' },
      ari: {
        filterEvents: () => {
          asked.push('filter');
          return Promise.resolve(filterReply);
        },
        applications: () => Promise.resolve(listReply),
      },
      openStream: (onState) => {
        socket = onState;
        return { state: () => 'connected', receivedAll: () => Promise.resolve(true), close: () => undefined };
      },
      checkAsterisk: () => {
        asked.push('check');
        return Promise.resolve(wrong);
      },
      reconcile: (_lease, _receivedAll, isNew) => {
        asked.push('reconcile');
        listsAll.push(isNew);
        return new Promise((resolve) => reconciled.push(resolve));
      },
      onReadiness: (ready) => readiness.push(ready),
      log: {
        ...silentLog,
        warn: (_, message) => said.push(`warn ${message}`),
        info: (_, message) => said.push(`info ${message}`),
      },
    });
  });

  afterEach(() => slot.close());

  /** Ends the reconciliation of that number, as soon as it is under way: long before the one that would be due in 30 s. */
  async function endReconciliation(number: number, found: Reconciled | Error = FOUND): Promise<void> {
    const end = await eventually(() => reconciled[number - 1], 10_000);
    end(found instanceof Error ? Promise.reject(found) : found);
    await turn();
  }

  it('asks nothing of Asterisk before the socket is open; then it filters, reconciles, and the slot is ready', async () => {
    await turn();
    expect(asked).to.deep.equal([]);
    socket('connected');
    await endReconciliation(1);
    expect(asked).to.deep.equal(['check', 'filter', 'reconcile']);
    expect(slot.mode()).to.equal('ready');
    expect(readiness).to.deep.equal([true]);
  });

  it('takes a reconciliation for nothing that was begun before the slot was invalidated', async () => {
    socket('connected');
    await eventually(() => reconciled.length === 1);
    slot.invalidate();
    await endReconciliation(1);
    expect(slot.mode()).to.equal('filtering');
    await endReconciliation(2);
    expect(asked).to.deep.equal(['check', 'filter', 'reconcile', 'check', 'filter', 'reconcile']);
    expect(readiness).to.deep.equal([true]);
  });

  it('has all channels listed until it is ready, and not each time after that', async () => {
    socket('connected');
    await endReconciliation(1, new Error('no answer'));
    await endReconciliation(2, { ...FOUND, reconcileAgain: true });
    await endReconciliation(3);
    expect(listsAll).to.deep.equal([true, true, false]);
  });

  it('takes it for nothing when the socket was another one, or the slot is closed', async () => {
    socket('connected');
    await eventually(() => reconciled.length === 1);
    socket('unreachable');
    socket('connected');
    await endReconciliation(1);
    expect(slot.mode()).to.equal('filtering');
    await eventually(() => reconciled.length === 2);
    slot.close();
    await endReconciliation(2);
    expect(slot.mode()).to.equal('closed');
    expect(readiness).to.deep.equal([]);
  });

  it('is ready no more when a reconciliation fails, until one has succeeded: 401 behind an open socket', async () => {
    socket('connected');
    await endReconciliation(1, { ...FOUND, reconcileAgain: true });
    expect(slot.mode()).to.equal('ready');
    await endReconciliation(2, new Error('Asterisk did not list its channels'));
    expect(slot.mode()).to.equal('reconciling');
    await endReconciliation(3);
    expect(slot.mode()).to.equal('ready');
    expect(readiness).to.deep.equal([true, false, true]);
  });

  it('warns of a failed reconciliation, but not of tables that the migrations have not come to yet', async () => {
    socket('connected');
    const cause = new NoTablesError('the migrations have not been applied');
    await endReconciliation(1, new DialgateError('database_unavailable', 'no tables', { cause }));
    await endReconciliation(2, new DialgateError('database_unavailable', 'away'));
    const failures = said.filter((line) => line.endsWith('Slot not reconciled'));
    expect(failures).to.deep.equal(['info Slot not reconciled', 'warn Slot not reconciled']);
  });

  it('is never ready where another Asterisk answers, and says so', async () => {
    wrong = 'other_asterisk';
    socket('connected');
    await eventually(() => slot.mode() === 'misplaced');
    expect(slot.connection()).to.equal('other_asterisk');
    socket('connected');
    slot.invalidate();
    await turn();
    expect(asked).to.deep.equal(['check']);
  });

  it('is not ready where Asterisk is too old, and says so until the next connection', async () => {
    wrong = 'too_old';
    socket('connected');
    await eventually(() => slot.connection() === 'too_old');
    expect(asked).to.deep.equal(['check']);
    wrong = null;
    socket('connected');
    await endReconciliation(1);
    expect([slot.mode(), slot.connection()]).to.deep.equal(['ready', 'connected']);
  });

  for (const [what, filter, list, obstacle] of [
    ['the user may only read', FORBIDDEN, OK, 'read_only'],
    ['the module of the event filter is missing', NOT_FOUND, NOT_FOUND, 'no_ari_applications'],
    ['another Asterisk answers HTTP than has the socket', NOT_FOUND, OK, 'foreign_application'],
  ] as const) {
    it(`says that ${what}, and nothing of it any more once the filter was taken`, async () => {
      [filterReply, listReply] = [filter, list];
      socket('connected');
      await eventually(() => slot.connection() === obstacle);
      expect(slot.mode()).to.equal('filtering');
      filterReply = OK;
      await endReconciliation(1);
      expect([slot.mode(), slot.connection()]).to.deep.equal(['ready', 'connected']);
    });
  }

  it('says what a reconciliation has failed by, until one has succeeded', async () => {
    socket('connected');
    await endReconciliation(1, refusalError('no channels', NOT_FOUND, 'no_ari_channels'));
    expect([slot.mode(), slot.connection()]).to.deep.equal(['reconciling', 'no_ari_channels']);
    await endReconciliation(2);
    expect([slot.mode(), slot.connection()]).to.deep.equal(['ready', 'connected']);
  });

  it('says it when the slot is ready no more', async () => {
    socket('connected');
    await endReconciliation(1);
    socket('unreachable');
    expect(readiness).to.deep.equal([true, false]);
    expect(slot.mode()).to.equal('disconnected');
  });
});
