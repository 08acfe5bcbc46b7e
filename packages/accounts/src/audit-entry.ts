import { storable, type AuditDetail, type AuditEntry, type AuditEvent, type AuditSubject } from '@dialgate/domain';
import type { AuditTrail, WaitingEntry } from '@dialgate/database';
import { messageOf } from './cli-errors.js';

/**
 * What was just done on this machine, for the audit trail. Nobody is logged in here: whoever can run this has the database's
 * password.
 */
export function auditEntry(
  event: AuditEvent,
  source: Exclude<AuditEntry['source'], 'api'>,
  subject: AuditSubject | null,
  detail: AuditDetail = {},
): WaitingEntry {
  return { entry: storable({ event, source, actor: null, subject, address: null, requestId: null, detail }), ageMs: 0 };
}

/** Behind the answer: what was asked for is done, whether it can be written down or not. */
export async function recordEntry(entry: WaitingEntry, trail: AuditTrail, usage: string): Promise<void> {
  try {
    await trail.write([entry]);
  } catch (error) {
    process.stderr.write(`Warning: this is not in the audit trail. ${messageOf(error, usage)}\n`);
  }
}
