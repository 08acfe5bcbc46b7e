import type { Call } from '@dialgate/domain';
import { silentLog } from '@dialgate/service-kit';
import { someCall } from '@dialgate/testing';
import { expect } from 'chai';
import type { AriReply } from '../src/ari/replies.js';
import { createLostDials } from '../src/events/lost-dials.js';
import { createRemoveStrays } from '../src/reconcile/stray-channels.js';
import type { Snapshot } from '../src/reconcile/snapshot.js';
import { createHeldSlots } from '../src/slots/held-slots.js';

const LEASE = { slotId: 1, owner: 'one', epoch: 1, app: 'gw-1' };
const TRIED: AriReply<{ value: string }> = { kind: 'ok', status: 200, body: { value: 'SIP 100 Trying' } };
const SILENT: AriReply<never> = { kind: 'refused', status: 500, message: 'Unable to read provided function' };
const NO_ANSWER: AriReply<never> = { kind: 'unknown', why: 'ETIMEDOUT' };

/** What is done about the channel of attempt 1 of such a call, which is down and in our application, and whose far end has said so much. */
async function doneAbout(row: Partial<Call>, said: AriReply<{ value: string }>, isUnderWay = false): Promise<string[]> {
  const done: string[] = [];
  const call = someCall({ attempt: 1, ...row });
  const held = createHeldSlots();
  held.add({ lease: LEASE, requireReconcile: () => undefined });
  const calls = {
    findAll: () => Promise.resolve(new Map([[call.id, call]])),
    restoreDial: ({ app }: { app: string | null }) => Promise.resolve(done.push(`restore in ${app}`) > 0),
  };
  const removeStrays = createRemoveStrays({
    calls,
    ari: {
      hangUp: () => Promise.resolve({ kind: 'ok', status: 204, body: done.push('hang up') }),
      readVariable: () => {
        done.push('ask');
        return Promise.resolve(said);
      },
    },
    held,
    lostDials: createLostDials({ calls, held, log: silentLog }),
    underWay: new Set(isUnderWay ? [call.id] : []),
    log: silentLog,
  });
  const id = `${call.id}.1`;
  const dialplan = { context: '', exten: '', priority: 1, app_name: 'Stasis', app_data: LEASE.app };
  const channels = new Map([[id, { id, name: 'PJSIP/trunk-1', state: 'Down', dialplan }]]);
  await removeStrays({ lease: LEASE, channels, open: [] } as unknown as Snapshot).catch(() => done.push('given up'));
  return done;
}

const VOIDED = { status: 'pending', claim: null } as const;

describe('a channel that belongs to no open call', () => {
  it('is removed when its call is over, and nobody is asked', async () => {
    expect(await doneAbout({ status: 'canceled', endedAt: new Date() }, TRIED)).to.deep.equal(['hang up']);
  });

  it('is removed when its claim was given back and it was never dialled', async () => {
    expect(await doneAbout(VOIDED, SILENT)).to.deep.equal(['ask', 'hang up']);
  });

  it('is left to whoever originates its call here, and may be dialling it by now', async () => {
    expect(await doneAbout(VOIDED, SILENT, true)).to.deep.equal(['ask']);
    const another = { status: 'pending', attempt: 2, claim: { slotId: 1, slotEpoch: 1 } } as const;
    expect(await doneAbout(another, SILENT, true), 'of an attempt before').to.include('hang up');
  });

  it('is one that a failover has forgotten when its far end has said anything, and its row is made true', async () => {
    expect(await doneAbout(VOIDED, TRIED)).to.deep.equal(['ask', 'restore in gw-1']);
  });

  it('is left alone for now when Asterisk does not say whether it was dialled', async () => {
    expect(await doneAbout(VOIDED, NO_ANSWER)).to.deep.equal(['ask', 'given up']);
  });

  it('is left alone, unasked, when another slot is just about to dial it', async () => {
    expect(await doneAbout({ status: 'pending', claim: { slotId: 2, slotEpoch: 1 } }, TRIED)).to.deep.equal([]);
  });
});
