import type { CallOrder } from '@dialgate/domain';

/** A row of call_orders as JSON. */
export interface StoredOrder {
  readonly id: string;
  readonly max_retries: number;
  readonly retry_on: CallOrder['on'];
  readonly after_seconds: number;
  readonly ends_at: string;
  readonly expires_in_ms: number;
  readonly calls_made: number;
  readonly last_call_id: string;
  readonly next_try_at: string | null;
  readonly cancel_requested_at: string | null;
  readonly settled_at: string | null;
  readonly ended_by: CallOrder['end'];
  readonly result: CallOrder['result'];
  readonly refusal: string | null;
}

export function orderOf(row: StoredOrder): CallOrder {
  return {
    id: row.id,
    max: row.max_retries,
    on: row.retry_on,
    afterSeconds: row.after_seconds,
    endsAt: new Date(row.ends_at),
    expiresInMs: row.expires_in_ms,
    callsMade: row.calls_made,
    lastCallId: row.last_call_id,
    nextTryAt: dateOf(row.next_try_at),
    cancelRequestedAt: dateOf(row.cancel_requested_at),
    settledAt: dateOf(row.settled_at),
    end: row.ended_by,
    result: row.result,
    refusal: row.refusal,
  };
}

function dateOf(time: string | null): Date | null {
  return time === null ? null : new Date(time);
}
