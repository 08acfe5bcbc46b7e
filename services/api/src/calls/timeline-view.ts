import type { WrittenEvent } from '@dialgate/database';
import { pageOf } from '../pages.js';

/**
 * An entry of a call's timeline.
 *
 * @param forAdmin whether Asterisk's own words are shown: they may name trunks and what else of the
 *   installation is nobody's business.
 */
export function entryView({ id, event, status, at, asteriskAt, source, detail }: WrittenEvent, forAdmin: boolean) {
  const { asterisk, ...told } = (detail ?? {}) as Readonly<Record<string, unknown>>;
  return {
    id,
    event,
    status,
    at: at.toISOString(),
    asterisk_at: asteriskAt === null ? null : asteriskAt.toISOString(),
    source,
    detail: forAdmin && asterisk !== undefined ? { ...told, asterisk } : told,
  };
}

/** A page of a timeline. @param entries one more than `limit` when there is a next page. */
export function timelineView(callId: string, entries: readonly WrittenEvent[], limit: number, forAdmin: boolean) {
  const { shown, nextCursor } = pageOf(entries, limit, ({ id }) => id);
  return { call_id: callId, data: shown.map((entry) => entryView(entry, forAdmin)), next_cursor: nextCursor };
}
