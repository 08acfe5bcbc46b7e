/**
 * A page of rows, and the cursor of the next one when there is one.
 *
 * @param rows one more than `limit` when there is a next page.
 */
export function pageOf<Row>(rows: readonly Row[], limit: number, cursorOf: (last: Row) => string) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { shown, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}

/** Opaque to clients: the time and the id of the last row of a page. */
export function cursorOf(at: Date, id: string): string {
  return Buffer.from(`${at.getTime()}.${id}`).toString('base64url');
}

/** Where the page ended that gave this cursor out, or null when none of ours did. @param id what an id is like. */
export function positionIn(cursor: string, id: RegExp): { at: Date; id: string } | null {
  const [, time, rest = ''] = /^(\d{1,14})\.(.*)$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  return time !== undefined && id.test(rest) ? { at: new Date(Number(time)), id: rest } : null;
}
