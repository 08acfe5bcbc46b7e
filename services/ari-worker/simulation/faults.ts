import type { Service } from './network.js';
import type { Row } from './rows.js';
import type { PlannedFault } from './scenario.js';
import type { Scheduler } from './scheduler.js';
import type { Trace } from './trace.js';
import type { RunningWorker, World } from './world.js';

/** How soon a dead worker's successor starts, at most: an orchestrator does that. */
const RESTART_WITHIN_MS = 12_000;

/** The heartbeat finds a dead connection after this long at most. */
const HEARTBEAT_MS = 10_000;

/** Strikes. What it hits is chosen by the fault's own luck among those that could be hit. */
export function strike(
  { kind, luck, forMs }: PlannedFault,
  world: World,
  { scheduler, trace }: { readonly scheduler: Scheduler; readonly trace: Trace },
): void {
  const worker = chosen(world.workers(), luck);
  if (trace.on)
    trace.say(`FAULT ${kind}${worker === undefined ? '' : ` (${worker.process.name} if it is about a worker)`}`);

  switch (kind) {
    case 'crash':
      if (worker === undefined) return;
      world.crash(worker);
      startLater(world, scheduler, luck);
      return;
    case 'pause':
      if (worker?.process.state !== 'running') return;
      worker.process.state = 'stopped';
      scheduler.after(forMs, null, () => wake(worker, scheduler));
      return;
    case 'stop':
      if (worker?.process.state !== 'running') return;
      world.stop(worker);
      startLater(world, scheduler, luck);
      return;
    case 'cut_socket':
    case 'half_open_socket': {
      const app = chosen(world.sockets.apps(), luck);
      if (app === undefined) return;
      const slow = Math.min(forMs, HEARTBEAT_MS);
      const serverIsSlow = luck < 0.5;
      if (kind === 'cut_socket') world.sockets.cut(app, 5, 5);
      else world.sockets.cut(app, serverIsSlow ? 5 : slow, serverIsSlow ? slow : 5);
      return;
    }
    case 'lose_lease':
      if (worker === undefined) return;
      world.slots.expireLeasesOf(worker.owner);
      // What takes a lease away from a living owner makes its statements slow as well.
      world.database.nextFates.push('slow', 'slow');
      return;
    case 'restart_asterisk':
    case 'kill_asterisk':
      if (!world.ari.away) world.asterisk.restart(kind === 'restart_asterisk', 500 + forMs / 4);
      return;
    case 'database_away':
      goAway(world.database, forMs, scheduler);
      return;
    case 'cut_off_database': {
      const cutOff = chosen(withCalls(world), luck) ?? worker;
      if (cutOff !== undefined) world.network.cutOff(cutOff.process, world.database, forMs);
      return;
    }
    case 'redis_flush':
      world.queue.loseEverything();
      return;
    case 'redis_away':
      world.queue.goAway(forMs);
      return;
    case 'lose_ari_request':
      world.ari.nextFates.push('request_lost');
      return;
    case 'lose_ari_reply':
      world.ari.nextFates.push('reply_lost');
      return;
    case 'late_ari_request':
      world.ari.nextFates.push('late');
      return;
    case 'lose_database_request':
      world.database.nextFates.push('request_lost');
      return;
    case 'lose_database_reply':
      world.database.nextFates.push('reply_lost');
      return;
    case 'late_database_request':
      world.database.nextFates.push('late');
      return;
    case 'drop_event':
      world.sockets.dropNext();
      return;
    case 'lagging_socket': {
      const app = chosen(world.sockets.apps(), luck);
      if (app === undefined) return;
      // Slower, and the heartbeat closes it.
      world.sockets.lag(app, Math.min(forMs, HEARTBEAT_MS));
      scheduler.after(3 * forMs, null, () => world.sockets.lag(app, 0));
      return;
    }
    case 'duplicate_job': {
      const row = chosen(world.calls.rows(), luck);
      if (row !== undefined) world.queue.deliverTwice(row.id);
      return;
    }
    case 'commit_lost':
    case 'claim_lost': {
      // Not of a call whose client wants its end: that came later than the dial, and a standby lacks the last commits only.
      const wanted = ({ cancelRequestedAt }: Row): boolean => cancelRequestedAt === null;
      const row = chosen(world.calls.rows().filter(isDialled).filter(wanted), luck);
      if (row !== undefined) loseCommits(row, kind === 'claim_lost');
      goAway(world.database, forMs, scheduler); // The primary died, and with it every connection.
    }
  }
}

/** Faults stop: everything is there again, everybody is awake, and as many workers live as there were in the beginning. */
export function heal(world: World, workers: number, scheduler: Scheduler): void {
  world.database.away = false;
  world.database.nextFates.length = 0;
  world.ari.nextFates.length = 0;
  world.network.heal();
  world.sockets.heal();
  world.queue.heal();
  for (const worker of world.workers()) wake(worker, scheduler);
  world.comeBack();
  const staying = world.workers().filter(({ stopping }) => !stopping).length;
  for (let n = staying; n < workers; n++) world.startWorker();
}

function isDialled({ dialSentAt, endedAt }: Row): boolean {
  return dialSentAt !== null && endedAt === null;
}

/** The row is again as it was before its dial, or before its claim: a standby was promoted that lacked the last commits. */
function loseCommits(row: Row, claimToo: boolean): void {
  Object.assign(row, { status: 'pending', dialSentAt: null, ringingAt: null, answeredAt: null, commitsLost: true });
  if (claimToo) Object.assign(row, { attempt: row.attempt - 1, slotId: null, slotEpoch: null, claimLost: true });
}

/** The workers that calls would be taken away from. */
function withCalls({ workers, calls, slots }: World): RunningWorker[] {
  const busy = new Set<string | null | undefined>();
  for (const { slotId, endedAt } of calls.rows()) {
    if (slotId !== null && endedAt === null) busy.add(slots.state(slotId)?.owner);
  }
  return workers().filter(({ owner }) => busy.has(owner));
}

function wake({ process }: RunningWorker, scheduler: Scheduler): void {
  if (process.state === 'stopped') scheduler.wake(process);
}

/** Half of the dead are replaced soon, the others not before everything is healed. */
function startLater(world: World, scheduler: Scheduler, luck: number): void {
  const afterMs = luck * 2 * RESTART_WITHIN_MS;
  if (afterMs < RESTART_WITHIN_MS) scheduler.after(afterMs, null, world.startWorker);
}

function goAway(service: Service, forMs: number, scheduler: Scheduler): void {
  service.away = true;
  service.outages++;
  const { outages } = service;
  scheduler.after(forMs, null, () => {
    if (service.outages === outages) service.away = false;
  });
}

function chosen<Item>(items: readonly Item[], luck: number): Item | undefined {
  return items[Math.floor(luck * items.length)];
}
