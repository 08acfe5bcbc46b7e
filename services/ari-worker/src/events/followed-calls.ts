import type { Calls } from '@dialgate/database';
import { rankOf, soFar, type Call, type CallSoFar } from '@dialgate/domain';
import { NO_HINTS, type EndHints } from './translate.js';
import type { HeldSlots } from '../slots/held-slots.js';

/** The times that a call is still given while it is followed. */
type TimesToCome = 'cancelRequestedAt' | 'dialSentAt' | 'ringingAt' | 'answeredAt' | 'endedAt';

/** A call as it was read, and how far it has come since. When that was, only its row knows. */
export type CallInHand = Omit<Call, TimesToCome> & CallSoFar;

export function inHand(call: Call): CallInHand {
  return { ...call, ...soFar(call) };
}

/** A call this worker acts for, as far as it knows. The row is the truth; this saves reading it for every event. */
export interface FollowedCall {
  call: CallInHand;
  hints: EndHints;
  /** Whether this worker was told that the attempt's channel is gone. */
  channelGone: boolean;
  /** Whether Asterisk has sent the answered channel on into the dialplan. */
  continued: boolean;
  /** How many results the dialplan has said of it to this worker. */
  results: number;
}

/** The calls that this worker follows, by call id: only calls of slots that it holds. */
export interface FollowedCalls {
  readonly get: (callId: string) => FollowedCall | undefined;
  /**
   * The call as known here, or read from the database when it is unknown here or known only under an earlier attempt than
   * the one asked for; null when there is no such call.
   */
  readonly find: (callId: string, attempt: number) => Promise<FollowedCall | null>;
  /** Takes note of the call as it was read. The hints of an earlier attempt are forgotten; an older reading is, too. */
  readonly learn: (call: Call) => FollowedCall;
  /** Forgets the call, unless it is known under a later attempt by now: what gave this one up may be answered late. */
  readonly forget: (callId: string, attempt: number) => void;
  /** Forgets the calls of a slot that this worker has lost or given back. */
  readonly forgetSlot: (slotId: number) => void;
  /** All of them, with the attempt under which they are known. */
  readonly attempts: () => (readonly [callId: string, attempt: number])[];
}

export function createFollowedCalls(calls: Pick<Calls, 'find'>, held: Pick<HeldSlots, 'owns'>): FollowedCalls {
  const followed = new Map<string, FollowedCall>();
  /**
   * Calls of slots that are another worker's by now. Their rows are read each time, for nobody would tell us how they go on;
   * their hints are kept: an end is told in pieces, and while a slot changes hands, the old holder's socket may be the only one
   * that receives them.
   */
  const ofOthers = new Map<string, FollowedCall>();

  function keepAsOthers(known: FollowedCall): void {
    ofOthers.delete(known.call.id); // To the end of the line.
    ofOthers.set(known.call.id, known);
    const [oldest] = ofOthers.keys();
    if (ofOthers.size > MOST_OF_OTHERS && oldest !== undefined) ofOthers.delete(oldest);
  }

  function learn(call: Call): FollowedCall {
    const known = followed.get(call.id);
    // A read that was overtaken by a claim or a dial of this worker's own.
    if (known !== undefined && isOlder(call, known.call)) return known;
    const read = inHand(call);
    if (known?.call.attempt === call.attempt) {
      known.call = read;
      return known;
    }
    const before = ofOthers.get(call.id);
    const fresh =
      before?.call.attempt === call.attempt
        ? before
        : { call: read, hints: NO_HINTS, channelGone: false, continued: false, results: 0 };
    fresh.call = read;
    followed.delete(call.id);
    ofOthers.delete(call.id);
    if (held.owns(call)) followed.set(call.id, fresh);
    else keepAsOthers(fresh);
    return fresh;
  }

  return {
    get: (callId) => followed.get(callId),
    find: async (callId, attempt) => {
      const known = followed.get(callId);
      if (known !== undefined && known.call.attempt >= attempt) return known;
      const call = await calls.find(callId);
      return call === null ? null : learn(call);
    },
    learn,
    forget: (callId, attempt) => {
      for (const known of [followed, ofOthers]) {
        if ((known.get(callId)?.call.attempt ?? Infinity) <= attempt) known.delete(callId);
      }
    },
    forgetSlot: (slotId) => {
      for (const [callId, known] of followed) {
        if (known.call.claim?.slotId !== slotId) continue;
        followed.delete(callId);
        keepAsOthers(known);
      }
    },
    attempts: () => [...followed].map(([callId, { call }]) => [callId, call.attempt] as const),
  };
}

/** An end comes within a second of its first piece; whatever is older has ended unobserved. */
const MOST_OF_OTHERS = 1_000;

/**
 * Attempts are counted up, and within one the rank of the status falls only where a permission to dial is given back: whoever
 * gives it back forgets the attempt.
 */
function isOlder(call: Call, than: CallInHand): boolean {
  if (call.attempt !== than.attempt) return call.attempt < than.attempt;
  return rankOf(call.status) < rankOf(than.status);
}
