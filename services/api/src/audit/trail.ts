import type { AuditTrail, WaitingEntry } from '@dialgate/database';
import {
  admitEntry,
  DialgateError,
  isOver,
  isRepeatable,
  storable,
  type AuditEntry,
  type Minute,
} from '@dialgate/domain';
import { every, type Logger, type Part } from '@dialgate/service-kit';

/** How often what waits is written, in milliseconds. */
const EVERY_MS = 500;

/** How many entries one statement takes. */
const BATCH = 500;

/** How many entries may wait while PostgreSQL is away; about 5 MB. What comes then is in the log only. */
const MAX_WAITING = 10_000;

/** Takes an entry and returns at once, whatever becomes of it. */
export type AddEntry = (entry: AuditEntry) => void;

interface Waiting {
  readonly entry: AuditEntry;
  readonly happenedAt: number;
}

/**
 * Writes the audit trail behind the answers: an entry gets its log line at once, and its row half a second later, together with
 * others. Nothing here fails a request or lets one wait. While PostgreSQL is away, 10,000 entries wait; those beyond are counted,
 * and one line says how many there were. Of what a client can repeat at will, each process writes so many a minute (`admitEntry`);
 * the others are counted in an entry at the minute's end.
 *
 * @param nowMs a monotonic clock, in milliseconds.
 */
export function createTrail(deps: {
  readonly trail: Pick<AuditTrail, 'writeEach'>;
  readonly log: Logger;
  readonly nowMs?: () => number;
  readonly everyMs?: number;
}): Part & { readonly add: AddEntry } {
  const { trail, log, nowMs = () => performance.now(), everyMs = EVERY_MS } = deps;
  const waiting: Waiting[] = [];
  let dropped = 0;

  function put(entry: AuditEntry): void {
    const { event, source, actor, subject, address, requestId, detail } = entry;
    // A name that was only claimed may be a password.
    const user = actor?.id ? { userId: actor.id, user: actor.name } : {};
    log.info({ audit: event, source, ...user, subject, address, requestId, ...detail }, 'Audit entry');
    if (waiting.length < MAX_WAITING) waiting.push({ entry, happenedAt: nowMs() });
    else dropped++;
  }

  const bounded = createBound(put, nowMs);

  async function write(): Promise<void> {
    bounded.closeMinutes();
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      const now = nowMs();
      const entries = batch.map(({ entry, happenedAt }): WaitingEntry => ({ entry, ageMs: now - happenedAt }));
      const failures = await trail.writeEach(entries);
      // A statement whose answer got lost may have been carried out: then its entries are there twice.
      const kept = batch.filter((_, n) => isAway(failures[n]));
      waiting.splice(0, batch.length, ...kept);
      for (const [n, { entry }] of batch.entries()) {
        const error = failures[n];
        if (error && !isAway(error))
          log.error({ audit: entry.event, requestId: entry.requestId, error }, 'Audit entry lost');
      }
      const away = failures.find(isAway);
      if (away !== undefined) throw away;
    }
    if (dropped > 0) log.error({ dropped }, 'Audit entries dropped');
    dropped = 0;
  }

  const loop = every('audit', everyMs, write, log);
  return {
    ...loop,
    add: (entry) => bounded.add(storable(entry)),
    stop: async () => {
      await loop.stop?.();
      bounded.closeMinutes(Infinity);
      await write().catch((error: unknown) => log.error({ entries: waiting.length, error }, 'Audit entries lost'));
    },
  };
}

function isAway(failure: unknown): failure is DialgateError {
  return failure instanceof DialgateError && failure.code === 'database_unavailable';
}

/** @param put takes what may be written. */
function createBound(put: AddEntry, nowMs: () => number) {
  /** The running minutes: by event and who, with an entry that names them; and by event alone. */
  const each = new Map<string, { readonly minute: Minute; readonly of: AuditEntry }>();
  const all = new Map<string, { readonly minute: Minute; readonly of: AuditEntry }>();

  return {
    add: (entry: AuditEntry): void => {
      const { event, actor, address } = entry;
      if (!isRepeatable(event)) {
        put(entry);
        return;
      }
      const key = `${event} ${actor?.id ?? address ?? ''}`;
      const known = each.get(key);
      const admission = admitEntry(known?.minute, all.get(event)?.minute, nowMs());
      // Whoever only comes by when everything is full is not remembered: that would be memory for every address.
      if (known !== undefined || admission.write) {
        // Names that were only claimed are many in one minute.
        each.set(key, { minute: admission.each, of: actor?.id ? entry : { ...entry, actor: null } });
      }
      all.set(event, { minute: admission.all, of: { ...entry, actor: null, address: null } });
      if (admission.write) put(entry);
    },

    /** Says what was suppressed in minutes that are over. */
    closeMinutes: (now = nowMs()): void => {
      for (const minutes of [each, all]) {
        for (const [key, { minute, of }] of minutes) {
          if (!isOver(minute, now)) continue;
          minutes.delete(key);
          const { suppressed } = minute;
          if (suppressed > 0) put({ ...of, subject: null, requestId: null, detail: { suppressed } });
        }
      }
    },
  };
}
