import type { Calls, Lease } from '@dialgate/database';
import { isLostDial, type Call } from '@dialgate/domain';
import { aboutAttempt, type Logger } from '@dialgate/service-kit';
import type { HeldSlots } from '../slots/held-slots.js';
import { retryWhileDatabaseIsDown } from './retry-while-database-is-down.js';

/**
 * What this worker has dialled, and how rows are made true again that know nothing of it: a standby that was promoted may lack the
 * last commits of its primary, the permission to dial among them, or the claim as well. Such a call is never dialled again.
 */
export interface LostDials {
  /** To be told before the dial request is sent. */
  readonly sent: (callId: string, attempt: number, lease: Lease) => void;
  /** Asterisk has not dialled after all. */
  readonly notSent: (callId: string) => void;
  /** What was dialled in the last minute, the newest first, but for rows that were made true again. */
  readonly recent: () => { readonly callId: string; readonly attempt: number }[];
  /** The attempt of the call that this worker has dialled, or null. */
  readonly attemptOf: (callId: string) => number | null;
  /** Whether the row should say that this attempt was dialled, and does not; see `isLostDial`. */
  readonly isLost: (row: Call | null, attempt: number, soundsDialed: boolean) => boolean;
  /**
   * Whether the row's dial is another one of the same number: a failover has lost the claim as well, and the call was claimed and
   * dialled anew, by another slot, before its row could be made true. What is received of the channel dialled here is not of that call.
   */
  readonly isAnothers: (row: Call) => boolean;
  /**
   * @param app the application that its channel is in; null when it is in none, or nobody has looked.
   * @returns whether the row was made true; not when there is no slot to follow the call.
   */
  readonly restore: (row: Call, attempt: number, app?: string | null) => Promise<boolean>;
}

/**
 * As many as a worker dials in five minutes at 300 a second; and for longer than a standby lags behind that is promoted. What was
 * dialled before that, its row has known ever since.
 */
const REMEMBERED = { most: 100_000, forMs: 15 * 60_000 };

/** A standby that is promoted lacks the last seconds. */
const RECENT_MS = 60_000;

interface Sent {
  readonly attempt: number;
  readonly slotId: number;
  /** Whether the row was made true again: it may be in another slot since. */
  readonly restored: boolean;
  /** By `performance.now()`. */
  readonly at: number;
}

export function createLostDials(options: {
  readonly calls: Pick<Calls, 'restoreDial'>;
  readonly held: Pick<HeldSlots, 'ids'>;
  readonly log: Logger;
  /** How many dials are remembered, and for how long. */
  readonly remembered?: typeof REMEMBERED;
}): LostDials {
  const { calls, held, log, remembered = REMEMBERED } = options;
  /** The oldest first. */
  const dials = new Map<string, Sent>();

  function forgetOld(now: number): void {
    for (const [callId, { at }] of dials) {
      if (dials.size <= remembered.most && now - at < remembered.forMs) return;
      dials.delete(callId);
    }
  }

  return {
    sent: (callId, attempt, { slotId }) => {
      const at = performance.now();
      dials.delete(callId);
      dials.set(callId, { attempt, slotId, restored: false, at });
      forgetOld(at);
    },
    notSent: (callId) => dials.delete(callId),
    recent: () => {
      const since = performance.now() - RECENT_MS;
      return [...dials].reverse().flatMap(([callId, { attempt, restored, at }]) => {
        return restored || at < since ? [] : [{ callId, attempt }];
      });
    },
    attemptOf: (callId) => dials.get(callId)?.attempt ?? null,
    isLost: (row, attempt, soundsDialed) =>
      row !== null && isLostDial(row, soundsDialed || dials.get(row.id)?.attempt === attempt),
    isAnothers: ({ id, attempt, dialSentAt, claim }) => {
      const sent = dials.get(id);
      if (sent === undefined || sent.restored || dialSentAt === null || claim === null) return false;
      return sent.attempt === attempt && sent.slotId !== claim.slotId;
    },
    restore: async ({ id: callId }, attempt, app = null) => {
      const sent = dials.get(callId);
      const lost = {
        callId,
        attempt,
        app,
        dialedIn: sent?.slotId ?? null,
        otherwise: held.ids()[0] ?? null,
        sentMsAgo: sent === undefined ? 0 : performance.now() - sent.at,
      };
      const restored = await retryWhileDatabaseIsDown(() => calls.restoreDial(lost));
      if (restored && sent !== undefined) dials.set(callId, { ...sent, restored });
      log.error({ ...aboutAttempt(callId, attempt), restored }, 'Dial lost by database');
      return restored;
    },
  };
}
