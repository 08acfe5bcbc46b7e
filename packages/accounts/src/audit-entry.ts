import { storable, type AuditDetail, type AuditEntry, type AuditEvent, type AuditSubject } from '@dialgate/domain';
import type { WaitingEntry } from '@dialgate/database';

/**
 * What was just done on this machine, for the audit trail. Nobody is logged in here: whoever can run this has the database's
 * password.
 */
export function auditEntry(
  event: AuditEvent,
  source: Exclude<AuditEntry['source'], 'api'>,
  subject: AuditSubject,
  detail: AuditDetail = {},
): WaitingEntry {
  return { entry: storable({ event, source, actor: null, subject, address: null, requestId: null, detail }), ageMs: 0 };
}
