import { capital } from '@dialgate/domain';
import { WORKER_TIMES, type Backlog, type SlotState } from '@dialgate/database';
import type { ReceivedWorkerReport, WorkerReport } from '@dialgate/redis';
import { boxesOf, hasLostWorkers } from './boxes.js';
import type { Health } from './check-health.js';
import { isReady } from './is-ready.js';
import { pendingWriteReasons } from './pending-writes.js';
import { connectionReason, reason, type HealthReason } from './reasons.js';

/** How long a call may wait whose time has come, and how long nothing may be dialled meanwhile, in seconds. */
const STILL_SECONDS = 30;

/** Under ORIGINATE_PER_SECOND so many turns may pass without a dial: their calls had ended before. */
const TURNS_MISSED = 3;

/**
 * How long refused channels stand for those to come, in seconds. After that nobody knows, and the next call tells: else whoever
 * waits for this to pass would wait for ever.
 */
const REFUSALS_BELIEVED_SECONDS = 60;

/**
 * A worker without a slot that spoke less than so long ago runs, in milliseconds: the lease of a dead one ends when its last word
 * is older than that. One that lives speaks every 2 s.
 */
const RUNS_MS = WORKER_TIMES.leaseMs - WORKER_TIMES.renewEveryMs - 500;

/**
 * A worker that started less than so long ago may just not have come to its slot yet, in seconds: it takes one in its first two, and
 * a busy machine takes longer.
 */
const STARTS_SECONDS = 10;

/**
 * Why a call posted now would not be accepted, or would not leave, and what else needs a person. Nothing where all is well. Pure.
 *
 * @param isAdmin names of machines are for admins.
 */
export function judgeHealth(health: Health, isAdmin: boolean): HealthReason[] {
  const { database, losesCommits, backlog, slots, reports } = health;
  const reasons = [...databaseReasons(health), ...redisReasons(health)];
  if (database && (slots === null || backlog === null)) {
    const slow = 'PostgreSQL answers, and does not say within a second what waits and which workers there are.';
    reasons.push(reason('database_slow', slow));
    // Which slots there are is not known; whether anybody runs is said over Redis.
    if (slots === null && reports?.some(runs) === false) reasons.push(...readinessReasons([], 0));
  }
  if (losesCommits) {
    const risk = 'PostgreSQL does not wait for its standbys: after a failover a call may be dialled twice.';
    reasons.push(reason('loses_commits', risk));
  }
  if (slots !== null) reasons.push(...slotReasons(slots, reports ?? [], isAdmin));
  if (slots !== null && backlog !== null) reasons.push(...queueReasons(backlog, slots, reports ?? []));
  if (reports !== null) reasons.push(...pendingWriteReasons(reports, isAdmin));
  return reasons.filter(({ problem }, n) => reasons.findIndex((other) => other.problem === problem) === n);
}

/** Why no call is written down. Pure. */
export function databaseReasons({
  database,
  databaseRefusal,
}: Pick<Health, 'database' | 'databaseRefusal'>): HealthReason[] {
  if (!database) return [reason('database_away', 'PostgreSQL does not answer: no call can be accepted.')];
  if (databaseRefusal === null) return [];
  const says = {
    disk_full: 'PostgreSQL’s disk is full: no call can be accepted.',
    read_only: 'PostgreSQL is read-only: no call can be accepted.',
  };
  return [reason('database_refuses', says[databaseRefusal])];
}

function redisReasons({ redis, redisRefusal }: Health): HealthReason[] {
  if (!redis) return [reason('redis_away', 'Redis does not answer: calls are accepted, and dialled when it is back.')];
  if (redisRefusal === null) return [];
  const says =
    redisRefusal === 'OOM'
      ? 'Redis is full (maxmemory): calls are accepted, and dialled when it has room again.'
      : `Redis refuses to write (${redisRefusal}): calls are accepted, and dialled when it writes again.`;
  return [reason('redis_refuses', says)];
}

/** A worker without a slot may be one that PostgreSQL does not hear: it is not gone, and follows its calls all the same. */
function slotReasons(
  slots: readonly SlotState[],
  reports: readonly ReceivedWorkerReport[],
  isAdmin: boolean,
): HealthReason[] {
  const held = slots.filter((slot) => slot.held);
  const running = reports.filter(runs);
  const slotless = running.filter(({ holder }) => !held.some((slot) => slot.holder === holder));
  const cutOff = slotless.filter(({ runsForSeconds = STARTS_SECONDS }) => runsForSeconds >= STARTS_SECONDS);
  const left = slots.filter(
    (slot) => !slot.held && slot.openCalls > 0 && !slotless.some(({ holder }) => holder === slot.holder),
  );
  const asteriskOf = (slot: Pick<SlotState, 'asterisk'>) => (isAdmin ? `the Asterisk ${slot.asterisk}` : 'an Asterisk');
  const workerOf = (holder: string) => (isAdmin ? `The worker ${holder}` : 'A worker');
  return [
    ...readinessReasons(held, slotless.length),
    ...cutOff.map(({ holder }) =>
      reason('worker_cut_off', `${workerOf(holder)} runs and cannot hold a slot in PostgreSQL: do not restart it.`),
    ),
    ...held.flatMap((slot) => connectionReason(slot.connection, asteriskOf(slot)) ?? []),
    ...held
      .filter(({ connection, followed }) => connection === 'connected' && !followed)
      .map((slot) =>
        reason('not_reconciled', `A worker cannot compare its calls with ${asteriskOf(slot)}: calls wait.`),
      ),
    ...held
      .filter(({ breaker }) => breaker === 'open')
      .map((slot) =>
        reason('breaker_open', `${capital(asteriskOf(slot))} refuses channels: its calls go to other ones.`),
      ),
    ...refusalReasons(held.filter(isReady), reports, asteriskOf),
    ...left.flatMap((slot) =>
      slot.connection === 'other_asterisk'
        ? (connectionReason(slot.connection, asteriskOf(slot)) ?? [])
        : reason('calls_left', `Nobody follows the open calls on ${asteriskOf(slot)}: their worker is gone.`),
    ),
    ...(held.length === 0 ? [] : lostBoxReasons(slots, slotless, asteriskOf)),
  ];
}

function runs({ saidMsAgo }: ReceivedWorkerReport): boolean {
  return saidMsAgo < RUNS_MS;
}

/** Of boxes that were served lately and have no worker, beside others that do. One that runs without a slot has its own reason. */
function lostBoxReasons(
  slots: readonly SlotState[],
  slotless: readonly WorkerReport[],
  asteriskOf: (slot: Pick<SlotState, 'asterisk'>) => string,
): HealthReason[] {
  const boxes = boxesOf(slots);
  const served = boxes.filter((box) => box.slots.some(({ held }) => held)).flatMap(({ names }) => names);
  return (
    boxes
      .filter((box) => hasLostWorkers(box) && !slotless.some(({ asterisk }) => box.names.includes(asterisk)))
      // One that has come back with another id has left its former one behind.
      .filter(({ names }) => !names.every((name) => served.includes(name)))
      .map(({ names: [asterisk = ''] }) =>
        reason(
          'box_without_worker',
          `${capital(asteriskOf({ asterisk }))} has no worker any more: calls go to other ones.`,
        ),
      )
  );
}

function readinessReasons(held: readonly SlotState[], slotless: number): HealthReason[] {
  if (held.some(isReady)) return [];
  if (held.length + slotless === 0) return [reason('no_worker', 'No worker is running: accepted calls wait.')];
  return [reason('no_worker_ready', 'No worker can have a call dialled just now: accepted calls wait.')];
}

/** Channels that were refused lately, one after the other, as workers say. A box that made one since says nothing. */
function refusalReasons(
  ready: readonly SlotState[],
  reports: readonly WorkerReport[],
  asteriskOf: (slot: Pick<SlotState, 'asterisk'>) => string,
): HealthReason[] {
  const refusing = reports.flatMap((report) => (report.refusals ? [{ ...report, refusals: report.refusals }] : []));
  const isRefused = ({ holder }: SlotState): boolean =>
    refusing.some((report) => report.holder === holder && report.refusals.lastSecondsAgo <= REFUSALS_BELIEVED_SECONDS);
  const code = ready.length > 0 && ready.every(isRefused) ? 'channels_refused' : 'some_channels_refused';
  return refusing.map((report) => {
    const { inARow, why } = report.refusals;
    return reason(
      code,
      `${capital(asteriskOf(report))} has refused the last ${inARow} channels: ${why}. ${REFUSED_BECAUSE[why] ?? ''}`.trim(),
    );
  });
}

const REFUSED_BECAUSE: Readonly<Record<string, string>> = {
  trunk_unavailable: 'DIAL_ENDPOINT names no endpoint that it has, or that one has no contact.',
  dialplan_missing: 'Its dialplan has no place for the answered call.',
};

/**
 * A long queue under a limit is well as long as it moves. What waits although there is room, while nothing is dialled, is not.
 */
function queueReasons(
  { waiting, oldestCreatedAt, lastDialAt, at }: Backlog,
  slots: readonly SlotState[],
  reports: readonly WorkerReport[],
): HealthReason[] {
  if (oldestCreatedAt === null) return [];
  if (areLinesTaken(slots, reports)) return []; // The next call leaves when one is free.

  const limits = reports.flatMap(({ limits }) => (limits === undefined ? [] : [limits, limits.perBox ?? limits]));
  const gaps = limits.map(({ originatePerSecond }) => (originatePerSecond > 0 ? 1 / originatePerSecond : 0));
  const stillSeconds = Math.max(STILL_SECONDS, TURNS_MISSED * Math.max(0, ...gaps));
  const waitsSeconds = secondsBetween(oldestCreatedAt, at);
  const sinceDialSeconds = lastDialAt === null ? Infinity : secondsBetween(lastDialAt, at);
  if (waitsSeconds <= stillSeconds || sinceDialSeconds <= stillSeconds) return [];
  const waits = Math.floor(waitsSeconds);
  const which = waiting === 1 ? `A call waits for ${waits}` : `${waiting} calls wait, the oldest for ${waits}`;
  const problem = `${which} s, and none has been dialled for ${Math.floor(stillSeconds)} s.`;
  return [reason('queue_stands_still', problem)];
}

/** Whether as many calls are open as there may be: over all, or on every Asterisk. */
function areLinesTaken(slots: readonly SlotState[], reports: readonly WorkerReport[]): boolean {
  const isTaken = (most: number | undefined, on: readonly SlotState[]): boolean =>
    most !== undefined && most > 0 && on.reduce((sum, { openCalls }) => sum + openCalls, 0) >= most;
  const onBoxOf = ({ asterisk }: WorkerReport) => slots.filter((slot) => slot.asterisk === asterisk);
  return (
    reports.some(({ limits }) => isTaken(limits?.maxConcurrentCalls, slots)) ||
    (reports.length > 0 &&
      reports.every((report) => isTaken(report.limits?.perBox?.maxConcurrentCalls, onBoxOf(report))))
  );
}

function secondsBetween(earlier: Date, later: Date): number {
  return (later.getTime() - earlier.getTime()) / 1_000;
}
