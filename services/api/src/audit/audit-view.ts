import type { AuditPosition, WrittenEntry } from '@dialgate/database';

/** A page of the trail. @param entries one more than `limit` when there is a next page. */
export function auditView(entries: readonly WrittenEntry[], limit: number) {
  const shown = entries.slice(0, limit);
  const last = shown.at(-1);
  return {
    entries: shown.map(entryView),
    next_cursor: entries.length > limit && last !== undefined ? cursorOf(last) : null,
  };
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

/** Opaque to clients: the time and the id of the last entry of a page. */
function cursorOf({ at, id }: AuditPosition): string {
  return Buffer.from(`${at.getTime()}.${id}`).toString('base64url');
}

/** Where the page ended that gave this cursor out, or null when none of ours did. */
export function positionOf(cursor: string): AuditPosition | null {
  const [, at, id] = /^(\d{1,14})\.(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  return at === undefined || id === undefined ? null : { at: new Date(Number(at)), id };
}
