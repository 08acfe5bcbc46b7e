import type { SlotConnection, SlotState } from '@dialgate/database';
import type { WorkerReport } from '@dialgate/redis';
import type { Health } from './check-health.js';
import { THIS_BUILD, type Build } from '@dialgate/service-kit';
import { pendingWriteProblems, sumOfPendingWrites } from './pending-writes.js';

export type Status = 'ok' | 'degraded' | 'down';

/** `down`: no call can be accepted. `degraded`: calls are accepted and something needs a person. */
export function statusOf(health: Health): Status {
  if (!health.database) return 'down';
  return problemsOf(health, false).length === 0 ? 'ok' : 'degraded';
}

/** What is wrong, in sentences for an operator. Names of machines are for admins. */
export function problemsOf({ database, redis, losesCommits, slots, reports }: Health, isAdmin: boolean): string[] {
  const problems: string[] = [];
  if (!database) problems.push('PostgreSQL does not answer: no call can be accepted.');
  if (!redis) problems.push('Redis does not answer: calls are accepted, and dialled when it is back.');
  if (losesCommits) {
    problems.push('PostgreSQL does not wait for its standbys: after a failover a call may be dialled twice.');
  }
  if (slots !== null) problems.push(...slotProblems(slots, reports ?? [], isAdmin));
  if (reports !== null) problems.push(...pendingWriteProblems(reports, isAdmin));
  return [...new Set(problems)];
}

/** A worker without a slot may be one that PostgreSQL does not hear: it is not gone, and follows its calls all the same. */
function slotProblems(slots: readonly SlotState[], reports: readonly WorkerReport[], isAdmin: boolean): string[] {
  const held = slots.filter((slot) => slot.held);
  const cutOff = reports.map(({ holder }) => holder).filter((holder) => !held.some((slot) => slot.holder === holder));
  const left = slots.filter(({ held, openCalls, holder }) => !held && openCalls > 0 && !cutOff.includes(holder ?? ''));
  const asteriskOf = (slot: SlotState) => (isAdmin ? `the Asterisk ${slot.asterisk}` : 'an Asterisk');
  const workerOf = (holder: string) => (isAdmin ? `The worker ${holder}` : 'A worker');
  return [
    ...(held.length + cutOff.length === 0 ? ['No worker is running: accepted calls wait.'] : []),
    ...cutOff.map((holder) => `${workerOf(holder)} runs and cannot hold a slot in PostgreSQL: do not restart it.`),
    ...held.flatMap((slot) => CONNECTION_PROBLEMS[slot.connection]?.(asteriskOf(slot)) ?? []),
    ...held
      .filter(({ connection, followed }) => connection === 'connected' && !followed)
      .map((slot) => `A worker cannot compare its calls with ${asteriskOf(slot)}: calls wait.`),
    ...held
      .filter(({ breaker }) => breaker === 'open')
      .map((slot) => `${capital(asteriskOf(slot))} refuses channels: its calls go to other ones.`),
    ...left.map((slot) =>
      slot.connection === 'other_asterisk'
        ? CONNECTION_PROBLEMS.other_asterisk(asteriskOf(slot))
        : `Nobody follows the open calls on ${asteriskOf(slot)}: their worker is gone.`,
    ),
  ];
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

const CONNECTION_PROBLEMS = {
  connected: null,
  connecting: (asterisk) => `A worker is still connecting to ${asterisk}.`,
  unauthorized: (asterisk) => `A worker is turned away by ${asterisk}: ARI_USERNAME or ARI_PASSWORD is wrong.`,
  unreachable: (asterisk) => `A worker cannot reach ${asterisk}: calls wait.`,
  replaced: (asterisk) => `A worker has lost its application on ${asterisk} to another one.`,
  closed: (asterisk) => `A worker has no event connection to ${asterisk}.`,
  other_asterisk: (asterisk) => `Another Asterisk answers where ${asterisk} was: its open calls are not followed.`,
  too_old: (asterisk) =>
    `${capital(asterisk)} is too old: its calls' ends could only be guessed. 22.7, 23.1 or later is needed.`,
} satisfies Record<SlotConnection, ((asterisk: string) => string) | null>;

/**
 * The answer to `GET /health`. Admins see every worker; others how many there are. What workers keep is known from
 * themselves, also while PostgreSQL is away.
 *
 * @param since when this process first saw the present status.
 */
export function healthView(health: Health, since: Date, isAdmin: boolean, build: Build = THIS_BUILD) {
  const { backlog, slots, reports } = health;
  return {
    status: statusOf(health),
    since: since.toISOString(),
    ...buildView(build, isAdmin),
    problems: problemsOf(health, isAdmin),
    database: { status: upOrDown(health.database) },
    redis: { status: upOrDown(health.redis) },
    queue:
      backlog === null ? null : { waiting: backlog.waiting, oldest_waiting_seconds: ageOf(backlog.oldestCreatedAt) },
    facts: reports === null ? null : sumOfPendingWrites(reports),
    workers: isAdmin ? workersView(slots, reports ?? []) : workersCount(slots),
  };
}

/** `/` tells everybody the version, too; which commit it is helps whoever looks for a hole, and no other stranger. */
function buildView({ version, commit }: Build, isAdmin: boolean) {
  return { version, commit: isAdmin ? commit : null };
}

function workersCount(slots: readonly SlotState[] | null) {
  if (slots === null) return null;
  const held = slots.filter((slot) => slot.held);
  return { total: held.length, connected: held.filter((slot) => slot.connection === 'connected').length };
}

/** One entry per slot that is held; while PostgreSQL cannot be asked, one per worker that says something. */
function workersView(slots: readonly SlotState[] | null, reports: readonly WorkerReport[]) {
  if (slots === null) return reports.map((report) => ({ ...UNKNOWN_SLOT, ...workerView(report) }));
  return slots
    .filter((slot) => slot.held)
    .map((slot) => ({
      ...slotView(slot),
      ...factsView(reports.find(({ holder }) => holder === slot.holder)),
    }));
}

const UNKNOWN_SLOT = {
  entity_id: null,
  slot: null,
  app: null,
  connection: null,
  ready: null,
  since: null,
  version: null,
  active_calls: null,
  answered_rate: null,
  breaker: null,
};

function workerView(report: WorkerReport) {
  return { asterisk: report.asterisk, holder: report.holder, ...factsView(report) };
}

function factsView(report: WorkerReport | undefined) {
  return {
    facts_waiting: report?.facts.waiting ?? null,
    facts_dropped: report?.facts.dropped ?? null,
    worker_version: report?.build?.version ?? null,
    worker_commit: report?.build?.commit ?? null,
  };
}

function slotView(slot: SlotState) {
  return {
    asterisk: slot.asterisk,
    entity_id: slot.entityId,
    slot: slot.number,
    app: slot.app,
    holder: slot.holder,
    connection: slot.connection,
    ready: slot.connection === 'connected' && slot.followed && slot.breaker !== 'open',
    since: slot.connectionSince?.toISOString() ?? null,
    version: slot.asteriskVersion,
    active_calls: slot.openCalls,
    answered_rate: slot.answeredRate,
    breaker: slot.breaker,
  };
}

function upOrDown(answers: boolean): 'ok' | 'down' {
  return answers ? 'ok' : 'down';
}

/** Whole seconds, or null when nothing waits. */
function ageOf(time: Date | null): number | null {
  return time === null ? null : Math.max(0, Math.floor((Date.now() - time.getTime()) / 1000));
}
