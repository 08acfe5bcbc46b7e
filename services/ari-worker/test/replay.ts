import { setImmediate as turn } from 'node:timers/promises';
import type { Observation } from '@dialgate/database';
import { channelIdFor, isFinal, soFar, transitionFor, type Call, type Transition } from '@dialgate/domain';
import { silentLog } from '@dialgate/service-kit';
import { someAdmissionFacts, someCall, type Recording, type RecordingEntry } from '@dialgate/testing';
import type { AriClient } from '../src/ari/client.js';
import { channelOfEvent, parseAriEvent, type AriEvent } from '../src/ari/events.js';
import { replyOfAnswer, type AriReply } from '../src/ari/replies.js';
import { createContinueCall } from '../src/events/continue-call.js';
import { createKeepResults } from '../src/events/keep-results.js';
import { createFollowedCalls } from '../src/events/followed-calls.js';
import { createFollowEvents } from '../src/events/follow-events.js';
import { createHangUpCalls } from '../src/reconcile/hang-up-calls.js';
import { createHeldSlots } from '../src/slots/held-slots.js';
import { createSerializeByKey } from '../src/events/serialize-by-key.js';
import { createApplyEvent } from '../src/events/apply-event.js';
import { createOriginateCall } from '../src/originate/originate-call.js';
import { createLostDials } from '../src/events/lost-dials.js';
import { createPendingWrites } from '../src/events/pending-writes.js';

/** What became of a recorded call, and what our side asked of Asterisk for it. */
export interface Replayed {
  readonly call: Call;
  readonly asked: { readonly dials: number; readonly continues: number; readonly hangUps: number };
}

const LEASE = { slotId: 1, owner: 'replay', epoch: 1, app: 'replay' };

/**
 * The recorded call, carried out and followed by the worker's own parts. Asterisk is the recording: it answers when it
 * answered then, says what it said then, in that order, by its own clock. The database is one row in memory.
 */
export async function replay({ header, entries }: Recording): Promise<Replayed> {
  const table = oneRow();
  const { calls } = table;
  const channel = channelIdFor(table.row().id, 1);
  const asterisk = recordedAsterisk();
  const { ari } = asterisk;
  const held = createHeldSlots();
  held.add({ lease: LEASE, requireReconcile: () => undefined });
  const followed = createFollowedCalls(calls, held);
  const order = createSerializeByKey();
  const log = silentLog;
  const pendingWrites = createPendingWrites({ order, onMadeRoom: () => undefined, log });
  const lostDials = createLostDials({ calls, held, log });
  const applyEvent = createApplyEvent({ calls, held, lostDials, log });
  const continueCall = createContinueCall({ ari, calls, followed, held, pendingWrites, log });
  const hangUp = createHangUpCalls({ ari, calls, followed, held, maxCallSeconds: 0, log });
  const inTimeAt = (stamp: Date | null) => stamp?.getTime() ?? performance.now();
  const variables = ['DG_RESULT*'];
  const keepResults = createKeepResults({ calls, followed, pendingWrites, inTimeAt, variables, log });
  const onEvent = createFollowEvents({
    ari,
    followed,
    pendingWrites,
    applyEvent,
    continueCall,
    keepResults,
    inTimeAt,
    log,
  });
  const entered = deferred<boolean>();
  const originate = createOriginateCall({
    calls,
    ari,
    slot: {
      lease: () => LEASE,
      requireReconcile: (why) => {
        throw new Error(why);
      },
      expect: () => ({ within: () => entered.promise, forget: () => undefined }),
    },
    slots: { othersFor: () => Promise.resolve('none_alive') },
    breaker: { takes: () => true, happened: () => undefined },
    room: { learn: () => undefined },
    followed,
    lostDials,
    order,
    applyEvent,
    admission: {
      number: (number) => Promise.resolve({ verdict: 'allowed', number, country: null, mayRing: [number] }),
      second: () => Promise.resolve(null),
      call: () => Promise.resolve({ verdict: 'allowed' }),
    },
    admissionFacts: () => Promise.resolve(someAdmissionFacts()),
    endpointTemplate: 'PJSIP/{number}@trunk',
    connect: { extensions: [], extensionEndpoint: 'PJSIP/{number}' },
    onMade: () => undefined,
    underWay: new Set(),
    limits: { maxConcurrentCalls: 0, originatePerSecond: 0 },
    log,
  });

  const job = originate(table.row().id);
  const cancelAt = momentOfTheCancel(header.cancel, entries);
  for (const entry of entries) {
    if (entry.t > cancelAt && table.row().cancelRequestedAt === null) {
      table.cancel();
      await hangUp();
    }
    if (entry._ === 'http') asterisk.answer(entry);
    if (entry._ === 'event') {
      const event = parseAriEvent(JSON.stringify(entry.event).replaceAll(header.channelId, channel));
      if (event?.type === 'StasisStart' && channelOfEvent(event)?.id === channel) entered.resolve(true);
      if (event !== null) onEvent(event, -Infinity);
    }
    await turn(); // All that follows from it without waiting for anybody is done then.
  }
  await job;
  await order.idle();
  return { call: table.row(), asked: asterisk.asked };
}

/** When the recording's client had decided to be rid of the call. */
function momentOfTheCancel(cancel: Recording['header']['cancel'], entries: readonly RecordingEntry[]): number {
  if (cancel === null) return Infinity;
  const since = entries.find((entry) =>
    cancel.on === undefined
      ? entry._ === 'http' && entry.url.endsWith('/dial')
      : entry._ === 'event' && isStateChange(entry.event as unknown as AriEvent, cancel.on),
  );
  if (since === undefined) throw new Error('the recording has no moment for its cancel');
  return since.t + (cancel.ms ?? cancel.after ?? 0);
}

function isStateChange(event: AriEvent, state: string): boolean {
  return event.type === 'ChannelStateChange' && event.channel.state === state;
}

/** Answers as the recorded Asterisk did, and counts. */
function recordedAsterisk() {
  const asked = { dials: 0, continues: 0, hangUps: 0 };
  const answers = { create: deferred<AriReply>(), dial: deferred<AriReply>(), continue: deferred<AriReply>() };
  const ok: AriReply = { kind: 'ok', status: 204, body: '' };

  const ari = {
    createChannel: () => answers.create.promise,
    dial: () => {
      asked.dials++;
      return answers.dial.promise;
    },
    continueInDialplan: () => {
      asked.continues++;
      return answers.continue.promise;
    },
    hangUp: () => {
      asked.hangUps++;
      return Promise.resolve(ok);
    },
    // The recording's client did not ask; and where the dialplan has no such place, it went on all the same.
    readVariable: () => Promise.resolve({ kind: 'ok', status: 200, body: { value: '1' } }),
    channel: () => Promise.reject(new Error('nothing in a recording is unsure')),
  } as unknown as AriClient;

  return {
    ari,
    asked,
    answer: ({ url, status, body }: Extract<RecordingEntry, { _: 'http' }>) => {
      const reply = replyOfAnswer(status, body);
      if (url === '/channels/create') answers.create.resolve(reply);
      else if (url.endsWith('/dial')) answers.dial.resolve(reply);
      else if (url.endsWith('/continue')) answers.continue.resolve(reply);
    },
  };
}

/** As much of packages/database as one call needs; its SQL has tests of its own. */
function oneRow() {
  let row = someCall();
  const [attempt, claim] = [1, { slotId: LEASE.slotId, slotEpoch: LEASE.epoch }];

  function apply({ receivedAt }: Pick<Observation, 'receivedAt'>, transition: Transition): Promise<boolean> {
    const { from, cancelRequested, to, event, failureReason, hangupCause, sipStatus, hangupBy } = transition;
    if (row.status !== from || (row.cancelRequestedAt !== null) !== cancelRequested) return Promise.resolve(false);
    const at = new Date(receivedAt);
    row = {
      ...row,
      status: to,
      cancelRequestedAt: row.cancelRequestedAt ?? (event === 'cancel_requested' ? at : null),
      ringingAt: row.ringingAt ?? (to === 'ringing' ? at : null),
      answeredAt: row.answeredAt ?? (to === 'answered' ? at : null),
      endedAt: row.endedAt ?? (isFinal(to) ? at : null),
      failureReason: row.failureReason ?? failureReason,
      hangupCause: row.hangupCause ?? hangupCause,
      sipStatus: row.sipStatus ?? sipStatus,
      hangupBy: row.hangupBy ?? hangupBy,
    };
    return Promise.resolve(true);
  }

  return {
    row: () => row,
    /** As the API stores a client's cancel request. */
    cancel: () => {
      const transition = transitionFor({ type: 'cancel_requested' }, soFar(row));
      if (transition !== null) void apply({ receivedAt: 0 }, transition);
    },
    calls: {
      claim: () => {
        row = { ...row, attempt, claim, channelId: channelIdFor(row.id, attempt) };
        return Promise.resolve({ outcome: 'claimed' as const, call: row, dialInMs: 0 });
      },
      voidClaim: (_id: string, _guard: object, why: string) => Promise.reject(new Error(`given back: ${why}`)),
      restoreDial: () => Promise.reject(new Error('nothing was lost')),
      permitDial: () => {
        row = { ...row, status: 'dialing', dialSentAt: new Date() };
        return Promise.resolve(true);
      },
      returnPermit: () => Promise.reject(new Error('the permission was given back')),
      find: () => Promise.resolve(row),
      toHangUp: () => Promise.resolve(row.cancelRequestedAt !== null && row.endedAt === null ? [row] : []),
      note: () => Promise.resolve(),
      apply,
    },
  };
}

function deferred<Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((done) => (resolve = done));
  return { promise, resolve };
}
