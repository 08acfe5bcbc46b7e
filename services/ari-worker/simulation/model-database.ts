import type { FencingToken, Source, StatusWrite, Swept } from '@dialgate/database';
import { isFinal, transitionFor, type Call, type Transition } from '@dialgate/domain';
import type { WorkerCalls } from '../src/wiring.js';
import type { ModelSlots } from './model-slots.js';
import type { Network, Service } from './network.js';
import { away, callOf, dateOf, type DatabaseRules, type Row } from './rows.js';
import type { Scheduler, SimProcess } from './scheduler.js';

/** What onlookers are told, at the moment a statement commits. */
export interface DatabaseWatch {
  readonly moved: (move: Moved) => void;
  /** A worker asks for the permission to dial. */
  readonly permissionAsked: (callId: string, attempt: number) => void;
  readonly permitted: (row: Row, by: SimProcess) => void;
}

/** A move as it was written. */
export interface Moved {
  /** As it stands now. */
  readonly row: Row;
  readonly from: Call['status'];
  /** Null: the API. */
  readonly by: SimProcess | null;
  readonly transition: Transition;
  readonly source: Source;
  /** When the writer decided on it: what it was told since then it could not know. */
  readonly receivedAt: number;
}

/** A call as a client asks for it. */
export interface AskedCall {
  readonly id: string;
  readonly phoneNumber: string;
  readonly extension: string;
  readonly ringTimeoutMs: number;
  readonly expiresInMs: number;
}

export interface ModelCalls {
  readonly rows: () => Row[];
  readonly row: (id: string) => Row | undefined;
  /** As the API does it: the row, pending. */
  readonly create: (call: AskedCall) => void;
  /** As the API does it. */
  readonly requestCancel: (id: string) => void;
  /** As the API does it, with no worker alive. */
  readonly expireOverdue: () => void;
  /** For one worker, over the network. */
  readonly openFor: (process: SimProcess) => WorkerCalls;
}

const QUERY_TIMEOUT_MS = 5_000;
const FIRST_ENQUEUE_MS = 5_000;
const ALL_BUSY_RETRY_MS = 100;
const OVERDUE_GRACE_MS = 10_000;

/** The statements of packages/database over `calls`, each carried out in one piece. */
export function createModelCalls(options: {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly service: Service;
  readonly slots: ModelSlots;
  readonly rules: DatabaseRules;
  readonly watch: DatabaseWatch;
}): ModelCalls {
  const { scheduler, network, service, slots, rules, watch } = options;
  const rows = new Map<string, Row>();
  const now = scheduler.now;

  function mayWrite(row: Row, token: FencingToken | null): boolean {
    if (token === null) return true;
    return row.attempt === token.attempt && (!rules.epochs || row.slotEpoch === token.slotEpoch);
  }

  function apply(
    { callId, transition, token, source, receivedAt = now() }: StatusWrite,
    by: SimProcess | null,
  ): boolean {
    const row = rows.get(callId);
    if (row?.status !== transition.from || !mayWrite(row, token)) return false;
    if (rules.wishCompared && (row.cancelRequestedAt !== null) !== transition.cancelRequested) return false;
    const { from, to, event, failureReason, hangupCause, sipStatus, hangupBy } = transition;
    const at = Math.min(receivedAt, now());
    row.status = to;
    if (event === 'cancel_requested') row.cancelRequestedAt ??= at;
    if (to === 'ringing') row.ringingAt ??= latest(at, row.dialSentAt);
    if (to === 'answered' || to === 'completed') row.answeredAt ??= latest(at, row.dialSentAt, row.ringingAt);
    if (isFinal(to)) row.endedAt ??= latest(at, row.dialSentAt, row.ringingAt, row.answeredAt);
    row.failureReason ??= failureReason;
    row.hangupCause ??= hangupCause;
    row.sipStatus ??= sipStatus;
    row.hangupBy ??= hangupBy;
    watch.moved({ row, from, by, transition, source, receivedAt });
    return true;
  }

  function expireOverdue(by: SimProcess | null): Swept[] {
    const waiting = { status: 'pending', dialSentAt: null, ringingAt: null, cancelRequestedAt: null } as const;
    const transition = transitionFor({ type: 'expired' }, waiting);
    if (transition === null) throw new Error('a pending call cannot expire');
    const due = [...rows.values()].filter(
      (row) => row.dialSentAt === null && row.endedAt === null && row.expiresAt <= now(),
    );
    return due.flatMap(({ id }) =>
      apply({ callId: id, transition, token: null, source: 'sweep' }, by) ? [{ callId: id, ...transition }] : [],
    );
  }

  /** The calls of an Asterisk that no worker has any more, and how they are ended without a look at their channels. */
  function orphans(orphanSeconds: number): StatusWrite[] {
    return [...rows.values()].flatMap((row) => {
      if (row.slotId === null || row.slotEpoch === null || row.endedAt !== null || row.dialSentAt === null) return [];
      const lastLeaseUntil = slots.lastLeaseUntil(row.slotId);
      if (lastLeaseUntil > now() - rules.orphanGraceMs) return [];
      const until =
        row.answeredAt === null
          ? row.dialSentAt + row.ringTimeoutMs + OVERDUE_GRACE_MS
          : Math.max(row.answeredAt, lastLeaseUntil) + orphanSeconds * 1_000;
      const transition = until < now() ? transitionFor({ type: 'lost', restarted: false }, callOf(row)) : null;
      const token = rules.orphansGuarded ? { attempt: row.attempt, slotEpoch: row.slotEpoch } : null;
      return transition === null ? [] : [{ callId: row.id, transition, token, source: 'sweep' as const }];
    });
  }

  function openFor(process: SimProcess): WorkerCalls {
    const ask = <Answer>(label: string, matters: boolean, execute: () => Answer): Promise<Answer> =>
      network.send(process, service, {
        label,
        matters,
        timeoutMs: QUERY_TIMEOUT_MS,
        execute,
        notTaken: away,
        noAnswer: away,
      });

    const write = (saying: StatusWrite): Promise<boolean> => {
      const stamped = { receivedAt: now(), ...saying };
      return ask(`write ${saying.callId.slice(-3)} ${said(saying)}`, true, () => apply(stamped, process));
    };

    return {
      claim: (callId, lease, limits) =>
        ask(`claim ${callId.slice(-3)}`, true, () => {
          const open = [...rows.values()].filter((row) => row.slotId !== null && row.endedAt === null).length;
          if (limits.maxConcurrentCalls > 0 && open >= limits.maxConcurrentCalls) {
            return { outcome: 'at_capacity', retryInMs: ALL_BUSY_RETRY_MS };
          }
          const row = rows.get(callId);
          if (
            row?.status !== 'pending' ||
            row.slotId !== null ||
            row.cancelRequestedAt !== null ||
            row.expiresAt <= now()
          ) {
            return { outcome: 'nothing_to_do' };
          }
          if (!slots.holds(lease)) return { outcome: 'nothing_to_do' };
          row.attempt++;
          row.slotId = lease.slotId;
          row.slotEpoch = lease.epoch;
          return { outcome: 'claimed', call: callOf(row), dialInMs: 0 };
        }),

      voidClaim: (callId, token, why, retryInMs) =>
        ask(`void ${callId.slice(-3)}.${token.attempt} (${why})`, true, () => {
          const row = rows.get(callId);
          if (row?.status !== 'pending' || row.dialSentAt !== null || !mayWrite(row, token)) return false;
          if (row.slotEpoch === null) return false;
          row.slotId = null;
          row.slotEpoch = null;
          row.nextEnqueueAt = now() + retryInMs;
          return true;
        }),

      permitDial: ({ callId, attempt, slotEpoch }) => {
        watch.permissionAsked(callId, attempt);
        return ask(`permit dial ${callId.slice(-3)}.${attempt}`, true, () => {
          const row = rows.get(callId);
          if (row === undefined) return false;
          const wanted =
            row.status === 'pending' &&
            row.dialSentAt === null &&
            row.attempt === attempt &&
            (!rules.epochs || row.slotEpoch === slotEpoch) &&
            row.cancelRequestedAt === null &&
            row.expiresAt > now();
          if (!wanted) return !rules.dialCompareAndSet;
          row.status = 'dialing';
          row.dialSentAt = now();
          watch.permitted(row, process);
          return true;
        });
      },

      find: (id) =>
        ask(`find ${id.slice(-3)}`, true, () => {
          const row = rows.get(id);
          return row === undefined ? null : callOf(row);
        }),

      findAll: (ids) =>
        ask('find all', ids.length > 0, () => {
          const found = ids.flatMap((id) => rows.get(id) ?? []);
          return new Map(found.map((row) => [row.id, callOf(row)]));
        }),

      openOfSlot: (slotId) =>
        ask(`open calls of slot ${slotId}`, false, () => {
          const open = [...rows.values()].filter((row) => row.slotId === slotId && row.endedAt === null);
          return { calls: open.map(callOf), at: dateOf(open.length === 0 ? 0 : now()) };
        }),

      toHangUp: (slotIds, maxCallSeconds) =>
        ask('cancel requests', false, () =>
          [...rows.values()]
            .filter(
              (row) =>
                row.slotId !== null &&
                slotIds.includes(row.slotId) &&
                row.endedAt === null &&
                row.dialSentAt !== null &&
                (row.cancelRequestedAt !== null ||
                  (maxCallSeconds > 0 && row.answeredAt !== null && row.answeredAt < now() - maxCallSeconds * 1_000)),
            )
            .map(callOf),
        ),

      takeDueForQueue: () =>
        ask('due jobs', false, () => {
          const due = [...rows.values()].filter(
            (row) =>
              row.dialSentAt === null && row.endedAt === null && row.slotId === null && row.nextEnqueueAt <= now(),
          );
          for (const row of due) {
            row.nextEnqueueAt = now() + Math.min(60, 5 * 2 ** Math.min(row.enqueueCount, 10)) * 1_000;
            row.enqueueCount++;
          }
          return due.map(({ id }) => id);
        }),

      endOrphans: async (orphanSeconds) => {
        const due = await ask('orphans', false, () => orphans(orphanSeconds));
        const moved = await Promise.all(due.map(write));
        return due.flatMap(({ callId, transition }, n) => (moved[n] === true ? [{ callId, ...transition }] : []));
      },

      expireOverdue: () => ask('expire overdue', false, () => expireOverdue(process)),

      apply: write,

      note: async () => {
        await ask('note', false, () => undefined);
      },
    };
  }

  return {
    rows: () => [...rows.values()],
    row: (id) => rows.get(id),
    create: ({ expiresInMs, ...call }) => {
      rows.set(call.id, {
        ...call,
        status: 'pending',
        attempt: 0,
        slotId: null,
        slotEpoch: null,
        expiresAt: now() + expiresInMs,
        nextEnqueueAt: now() + FIRST_ENQUEUE_MS,
        enqueueCount: 0,
        cancelRequestedAt: null,
        dialSentAt: null,
        ringingAt: null,
        answeredAt: null,
        endedAt: null,
        failureReason: null,
        hangupCause: null,
        sipStatus: null,
        hangupBy: null,
      });
    },
    requestCancel: (id) => {
      const row = rows.get(id);
      const transition = row === undefined ? null : transitionFor({ type: 'cancel_requested' }, callOf(row));
      if (transition !== null) apply({ callId: id, transition, token: null, source: 'api' }, null);
    },
    expireOverdue: () => {
      expireOverdue(null);
    },
    openFor,
  };
}

function latest(at: number, ...floors: readonly (number | null)[]): number {
  return Math.max(at, ...floors.map((floor) => floor ?? -Infinity));
}

function said({ transition }: StatusWrite): string {
  const { from, to, event, failureReason } = transition;
  return `${event}: ${from} to ${to}${failureReason === null ? '' : ` (${failureReason})`}`;
}
