import type { AuditTrail, Calls } from '@dialgate/database';
import { every, type Logger, type Part } from '@dialgate/service-kit';

/** How long it rests between two rounds, in milliseconds. */
const EVERY_MS = 10_000;

/** How many statements one round has at most: 5,000 calls. */
const STATEMENTS = 10;

/** How often old audit entries are looked for, in milliseconds. */
const FORGET_EVERY_MS = 3_600_000;

export interface KeptFor {
  /** After how many days what ended calls say of people is erased; null never erases it. */
  readonly personalDataDays: number | null;
  /** How many days audit entries are kept. */
  readonly auditDays: number;
}

/** Forgets what need not be known any more: personal data of calls, and old audit entries; in small statements. */
export function createRetention(deps: {
  readonly calls: Pick<Calls, 'erasePersonalData'>;
  readonly trail: Pick<AuditTrail, 'forget'>;
  readonly keptFor: KeptFor;
  readonly log: Logger;
  readonly everyMs?: number;
}): Part {
  const { calls, trail, keptFor, log, everyMs = EVERY_MS } = deps;
  const { personalDataDays, auditDays } = keptFor;
  let forgetAt = 0;

  async function erase(days: number): Promise<void> {
    let erased = 0;
    for (let statements = 0; statements < STATEMENTS; statements++) {
      const some = await calls.erasePersonalData(days);
      if (some === 0) break;
      erased += some;
    }
    if (erased > 0) log.info({ erased }, 'Personal data erased');
  }

  async function round(): Promise<void> {
    if (personalDataDays !== null) await erase(personalDataDays);
    if (performance.now() < forgetAt) return;
    // A trail that is longer than that goes on in the next round.
    for (let statements = 0; statements < STATEMENTS; statements++) {
      if (!(await trail.forget(auditDays))) {
        forgetAt = performance.now() + FORGET_EVERY_MS;
        return;
      }
    }
  }

  return every('retention', everyMs, round, log);
}
