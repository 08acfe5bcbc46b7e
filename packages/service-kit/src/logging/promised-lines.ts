import { aboutAttempt } from './about-attempt.js';
import type { Logger } from './logger.js';

/**
 * What the guide promises an operator who searches the log of a worker. The rule is constant words beside fields; these few
 * carry their values in the message as well, because people have searched for them so since before there was JSON.
 * No secret and no phone number is ever among the values.
 */

/** @param url with nothing secret in it. */
export function webSocketConnected(url: string): string {
  return `WebSocket connected to ARI | url=${url}`;
}

export const CONNECTED_TO_ARI = 'Connected to Asterisk ARI (HTTP + WebSocket)';

export function eventReceived(type: string): string {
  return `ARI Event received: ${type}`;
}

export function processingEvent(type: string, callId: string): string {
  return `Processing ARI event ${type} for call ${callId}`;
}

/** A move of a call that was written to its row. */
export interface StatusUpdate {
  readonly callId: string;
  /** 0 where no worker has claimed it yet. */
  readonly attempt: number;
  readonly event: string;
  readonly from: string;
  readonly to: string;
  readonly failureReason?: string | null;
  readonly hangupCause?: number | null;
}

/** To be called wherever a status was written; says nothing of a write that left the status as it was. */
export function logStatusUpdate(log: Logger, update: StatusUpdate): void {
  const { callId, attempt, event, from, to, failureReason, hangupCause } = update;
  if (from === to) return;
  log.info(
    { ...aboutAttempt(callId, attempt), event, from, to, failureReason, hangupCause },
    `Updated call ${callId} status to ${to}`,
  );
}
