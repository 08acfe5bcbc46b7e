import type { AuditPosition, WrittenEntry } from '@dialgate/database';
import { cursorOf, pageOf, positionIn } from '../pages.js';

/** A page of the trail. @param entries one more than `limit` when there is a next page. */
export function auditView(entries: readonly WrittenEntry[], limit: number) {
  const { shown, nextCursor } = pageOf(entries, limit, ({ at, id }) => cursorOf(at, id));
  return { entries: shown.map(entryView), next_cursor: nextCursor };
}

function entryView(entry: WrittenEntry) {
  return {
    id: entry.id,
    at: entry.at.toISOString(),
    event: entry.event,
    source: entry.source,
    user_id: entry.actorId,
    user: entry.actorName,
    subject_kind: entry.subjectKind,
    subject: entry.subject,
    address: entry.address,
    request_id: entry.requestId,
    detail: entry.detail,
  };
}

/** Where the page ended that gave this cursor out, or null when none of ours did. */
export function positionOf(cursor: string): AuditPosition | null {
  return positionIn(cursor, /^\d{1,18}$/);
}
