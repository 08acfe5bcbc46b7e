import type { SlotState } from '@dialgate/database';

/** Whether a call could be dialled in the slot just now: connected, filtered and reconciled, and its breaker not open. */
export function isReady({ held, connection, followed, breaker }: SlotState): boolean {
  return held && connection === 'connected' && followed && breaker !== 'open';
}
