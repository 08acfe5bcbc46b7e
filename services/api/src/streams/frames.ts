import type { WrittenEvent } from '@dialgate/database';
import { entryView } from '../calls/timeline-view.js';

/** Why a stream ends for good, as its `end` event says it. */
export type StreamEnd = 'call_ended' | 'access_ended';

/** A timeline entry as a server-sent event (WHATWG HTML §9.2); its id is what `Last-Event-ID` says later. */
export function entryFrame(entry: WrittenEvent, forAdmin: boolean): string {
  const { id, ...view } = entryView(entry, forAdmin);
  return `id: ${id}\ndata: ${JSON.stringify({ id, call_id: entry.callId, ...view })}\n\n`;
}

/** Tells the client that there is no more: it must not come back with the same. */
export function endFrame(reason: StreamEnd): string {
  return `event: end\ndata: ${JSON.stringify({ reason })}\n\n`;
}

/** How soon the client shall come back when the connection ends. */
export function retryFrame(ms: number): string {
  return `retry: ${ms}\n\n`;
}

/**
 * Keeps the connection from being idle, and moves the client's `Last-Event-ID` on when others' calls have moved the timeline on: an
 * event without data, which sets the id and is not shown.
 */
export function heartbeatFrame(id: bigint | null): string {
  return id === null ? ':\n\n' : `:\nid: ${id}\n\n`;
}
