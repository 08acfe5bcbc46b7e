import type { AuditTrail, Calls, ForgetPosition } from '@dialgate/database';
import { every, type Logger, type Part } from '@dialgate/service-kit';

/** How long it rests between two rounds, in milliseconds. */
const EVERY_MS = 10_000;

/** How many statements of each kind one round has at most: 5,000 calls whose data are erased, 2,000 that are deleted. */
const STATEMENTS = 10;

/** How often it begins anew once there is nothing left to do, in milliseconds. */
const ANEW_EVERY_MS = 3_600_000;

export interface KeptFor {
  /** After how many days what ended calls say of people is erased; null never erases it. */
  readonly personalDataDays: number | null;
  /** After how many days ended calls are deleted; null keeps them. */
  readonly callDays: number | null;
  /** How many days audit entries are kept. */
  readonly auditDays: number;
}

/** Forgets what need not be known any more: personal data of calls, old calls, old audit entries; in small statements. */
export function createRetention(deps: {
  readonly calls: Pick<Calls, 'erasePersonalData' | 'forgetOldCalls'>;
  readonly trail: Pick<AuditTrail, 'forget'>;
  readonly keptFor: KeptFor;
  readonly log: Logger;
  readonly everyMs?: number;
}): Part {
  const { calls, trail, keptFor, log, everyMs = EVERY_MS } = deps;
  const { personalDataDays, callDays, auditDays } = keptFor;
  let forgetAt = 0;
  let deleteAt = 0;
  let behind: ForgetPosition | null = null;

  async function erase(days: number): Promise<void> {
    let erased = 0;
    for (let statements = 0; statements < STATEMENTS; statements++) {
      const some = await calls.erasePersonalData(days);
      if (some === 0) break;
      erased += some;
    }
    if (erased > 0) log.info({ erased }, 'Personal data erased');
  }

  /** Goes once through all that are old enough, round by round, past those that have to stay; then it rests. */
  async function deleteCalls(days: number): Promise<void> {
    if (performance.now() < deleteAt) return;
    let deleted = 0;
    for (let statements = 0; statements < STATEMENTS; statements++) {
      const forgotten = await calls.forgetOldCalls(days, behind);
      deleted += forgotten.calls;
      behind = forgotten.next;
      if (behind === null) {
        deleteAt = performance.now() + ANEW_EVERY_MS;
        break;
      }
    }
    if (deleted > 0) log.info({ deleted }, 'Old calls deleted');
  }

  async function round(): Promise<void> {
    if (personalDataDays !== null) await erase(personalDataDays);
    if (callDays !== null) await deleteCalls(callDays);
    if (performance.now() < forgetAt) return;
    // A trail that is longer than that goes on in the next round.
    for (let statements = 0; statements < STATEMENTS; statements++) {
      if (!(await trail.forget(auditDays))) {
        forgetAt = performance.now() + ANEW_EVERY_MS;
        return;
      }
    }
  }

  return every('retention', everyMs, round, log);
}
