import type { WrittenEvent } from '@dialgate/database';

/** An entry of a call's timeline as its owner sees it. */
export function entryView({ id, event, status, at, asteriskAt, source, detail }: WrittenEvent) {
  return {
    id,
    event,
    status,
    at: at.toISOString(),
    asterisk_at: asteriskAt === null ? null : asteriskAt.toISOString(),
    source,
    detail: detail ?? {},
  };
}

/** A page of a timeline. @param entries one more than `limit` when there is a next page. */
export function timelineView(callId: string, entries: readonly WrittenEvent[], limit: number) {
  const shown = entries.slice(0, limit);
  return {
    call_id: callId,
    data: shown.map(entryView),
    next_cursor: entries.length > limit ? (shown.at(-1)?.id ?? null) : null,
  };
}
