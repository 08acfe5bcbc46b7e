import type { Backlog, SlotState } from '@dialgate/database';
import type { WorkerReport } from '@dialgate/redis';
import { answeredRateOf, boxesOf, breakerOf, isPresent, type Box } from './boxes.js';
import type { Health } from './check-health.js';
import { isReady } from './is-ready.js';
import { THIS_BUILD, type Build } from '@dialgate/service-kit';
import { judgeHealth } from './judge-health.js';
import { sumOfPendingWrites } from './pending-writes.js';
import type { HealthReason } from './reasons.js';

export type Status = 'ok' | 'degraded' | 'down';

/** `ok`: a call posted now would leave. `down`: it would not be accepted. `degraded`: anything else that needs a person. */
export function statusOf(reasons: readonly HealthReason[]): Status {
  if (reasons.some(({ stops }) => stops === 'accepting')) return 'down';
  return reasons.length === 0 ? 'ok' : 'degraded';
}

/**
 * The answer to `GET /health`. Admins see every worker and box; others how many there are. What workers keep is known from
 * themselves, also while PostgreSQL is away.
 *
 * @param since when this process first saw the present status.
 */
export function healthView(health: Health, since: Date, isAdmin: boolean, build: Build = THIS_BUILD) {
  const { backlog, slots, reports } = health;
  const reasons = judgeHealth(health, isAdmin);
  return {
    status: statusOf(reasons),
    since: since.toISOString(),
    ...buildView(build, isAdmin),
    problems: reasons.map(({ problem }) => problem),
    reasons,
    database: { status: upOrDown(health.database && health.databaseRefusal === null) },
    redis: { status: upOrDown(health.redis && health.redisRefusal === null) },
    queue: backlog === null ? null : queueView(backlog),
    facts: reports === null ? null : sumOfPendingWrites(reports),
    workers: isAdmin ? workersView(slots, reports ?? []) : workersCount(slots),
    boxes: slots === null ? null : boxesView(boxesOf(slots).filter(isPresent), isAdmin),
    processes: isAdmin ? processesView(health) : null,
  };
}

/** `/` tells everybody the version, too; which commit it is helps whoever looks for a hole, and no other stranger. */
function buildView({ version, commit }: Build, isAdmin: boolean) {
  return { version, commit: isAdmin ? commit : null };
}

/** Every process that says over Redis that it runs, ARI workers among them; null where Redis could not be asked. */
function processesView({ reports, processes }: Health) {
  if (reports === null || processes === null) return null;
  const workers = reports.map(({ holder, build }) => ({ service: 'ari-worker', holder, build }));
  return [...processes, ...workers].map(({ service, holder, build }) => ({
    service,
    holder,
    version: build?.version ?? null,
    commit: build?.commit ?? null,
  }));
}

function workersCount(slots: readonly SlotState[] | null) {
  if (slots === null) return null;
  const held = slots.filter((slot) => slot.held);
  return { total: held.length, connected: held.filter((slot) => slot.connection === 'connected').length };
}

/** One entry per Asterisk, whatever workers and names it has. */
function boxesView(boxes: readonly Box[], isAdmin: boolean) {
  if (!isAdmin) return { total: boxes.length, ready: boxes.filter(({ slots }) => slots.some(isReady)).length };
  return boxes.map((box) => ({
    names: box.names,
    entity_id: box.entityId,
    held_slots: box.slots.filter(({ held }) => held).length,
    ready: box.slots.some(isReady),
    active_calls: box.slots.reduce((sum, { openCalls }) => sum + openCalls, 0),
    answered_rate: answeredRateOf(box),
    breaker: breakerOf(box),
  }));
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
    ready: isReady(slot),
    since: slot.connectionSince?.toISOString() ?? null,
    version: slot.asteriskVersion,
    active_calls: slot.openCalls,
    answered_rate: slot.answeredRate,
    breaker: slot.breaker,
  };
}

function upOrDown(isUp: boolean): 'ok' | 'down' {
  return isUp ? 'ok' : 'down';
}

/** In whole seconds; null when nothing waits. */
function queueView({ waiting, oldestCreatedAt, at }: Backlog) {
  const age = oldestCreatedAt === null ? null : Math.max(0, at.getTime() - oldestCreatedAt.getTime());
  return { waiting, oldest_waiting_seconds: age === null ? null : Math.floor(age / 1_000) };
}
