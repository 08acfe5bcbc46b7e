import type { AskAdmissionFacts } from '@dialgate/database';
import { NO_OWN_PERMISSIONS, type AdmissionFacts } from '@dialgate/domain';
import type { WorkerCalls } from '../src/ports.js';
import * as statements from './call-statements.js';
import type { CallsTable, DatabaseWatch, Write } from './call-statements.js';
import type { ModelSlots } from './model-slots.js';
import type { Network, Service } from './network.js';
import { createAskDatabase, callOfRow, dateOf, type DatabaseRules, type Row } from './rows.js';
import type { Scheduler, SimProcess } from './scheduler.js';

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
  /** For one worker, over the network. Nobody has been given or denied anything. */
  readonly admissionFactsFor: (process: SimProcess) => AskAdmissionFacts;
}

const FIRST_ENQUEUE_MS = 5_000;

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
  const { now } = scheduler;
  const table: CallsTable = { rows: new Map(), sweepTurns: new Map(), slots, rules, now, watch };
  const { rows } = table;

  return {
    rows: () => [...rows.values()],
    row: (id) => rows.get(id),
    create: ({ expiresInMs, ...call }) => {
      rows.set(call.id, {
        ...call,
        ...NEW,
        expiresAt: now() + expiresInMs,
        nextEnqueueAt: now() + FIRST_ENQUEUE_MS,
      });
    },
    requestCancel: (id) => {
      const row = rows.get(id);
      if (row !== undefined) statements.requestCancel(table, row);
    },
    expireOverdue: () => {
      statements.expireOverdue(table, null);
    },
    openFor: (process) => openFor(process, table, network, service),
    admissionFactsFor: (process) => {
      const ask = createAskDatabase(network, process, service);
      const answer = (): AdmissionFacts => ({
        permissions: NO_OWN_PERMISSIONS,
        onDoNotCallList: false,
        at: dateOf(now()),
      });
      return () => ask('admission facts', false, answer);
    },
  };
}

/** What a row has that a client has just asked for. */
const NEW = {
  status: 'pending',
  attempt: 0,
  slotId: null,
  slotEpoch: null,
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
  refusedBy: [],
  commitsLost: false,
  claimLost: false,
} as const;

function openFor(process: SimProcess, table: CallsTable, network: Network, service: Service): WorkerCalls {
  const { rows, now, watch } = table;
  const ask = createAskDatabase(network, process, service);
  const write = (...[observation, transition, token]: Write): Promise<boolean> =>
    ask(`write ${observation.callId.slice(-3)} ${said(transition)}`, true, () =>
      statements.apply(table, [observation, transition, token], process),
    );

  return {
    claim: (callId, lease, limits) =>
      ask(`claim ${callId.slice(-3)}`, true, () => statements.claim(table, callId, lease, limits)),
    voidClaim: (callId, token, why, retryInMs, isRefusal) =>
      ask(`void ${callId.slice(-3)}.${token.attempt} (${why})`, true, () =>
        statements.voidClaim(table, callId, token, { retryInMs, isRefusal }),
      ),
    permitDial: ({ callId, ...token }) => {
      watch.permissionAsked(callId, token.attempt);
      return ask(`permit dial ${callId.slice(-3)}.${token.attempt}`, true, () =>
        statements.permitDial(table, callId, token, process),
      );
    },
    returnPermit: ({ callId, ...token }, _, retryInMs) =>
      ask(`return permit ${callId.slice(-3)}.${token.attempt}`, true, () =>
        statements.returnPermit(table, callId, token, retryInMs),
      ),
    restoreDial: (lost) =>
      ask(`restore dial ${lost.callId.slice(-3)}.${lost.attempt}`, true, () => statements.restoreDial(table, lost)),
    find: (id) =>
      ask(`find ${id.slice(-3)}`, true, () => {
        const row = rows.get(id);
        return row === undefined ? null : callOfRow(row);
      }),
    findAll: (ids) =>
      ask('find all', ids.length > 0, () => {
        const found = ids.flatMap((id) => rows.get(id) ?? []);
        return new Map(found.map((row) => [row.id, callOfRow(row)]));
      }),
    openOfSlot: (slotId) =>
      ask(`open calls of slot ${slotId}`, false, () => {
        const open = [...rows.values()].filter((row) => row.slotId === slotId && row.endedAt === null);
        return { calls: open.map(callOfRow), at: dateOf(open.length === 0 ? 0 : now()), steadyForMs: Infinity };
      }),
    countOpenOfSlot: (slotId) =>
      ask(`count open calls of slot ${slotId}`, false, () => statements.countOpenOfSlot(table, slotId)),
    toHangUp: (slotIds, maxCallSeconds) =>
      ask('cancel requests', false, () => statements.toHangUp(table, slotIds, maxCallSeconds)),
    takeSweepTurn: (kind, everyMs) => ask(`turn ${kind}`, false, () => statements.takeSweepTurn(table, kind, everyMs)),
    takeDueForQueue: () => ask('due jobs', false, () => statements.takeDueForQueue(table)),
    putBackForQueue: (callIds) => ask('not queued', true, () => statements.putBackForQueue(table, callIds)),
    waitingForQueue: (after) => ask('waiting calls', false, () => statements.waitingForQueue(table, after)),
    endOrphans: async (orphanSeconds) => {
      const due = await ask('orphans', false, () => statements.orphans(table, orphanSeconds, process));
      const moved = await Promise.all(due.map((one) => write(...one)));
      return due.flatMap(([{ callId, attempt }, transition], n) =>
        moved[n] === true ? [{ callId, attempt, ...transition }] : [],
      );
    },
    refuseOfStopped: () => Promise.resolve([]), // Nobody is stopped here.
    expireOverdue: () => ask('expire overdue', false, () => statements.expireOverdue(table, process)),
    apply: write,
    note: async () => {
      await ask('note', false, () => undefined);
    },
  };
}

function said({ from, to, event, failureReason }: Write[1]): string {
  return `${event}: ${from} to ${to}${failureReason === null ? '' : ` (${failureReason})`}`;
}
