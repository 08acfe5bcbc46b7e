import type { Calls } from '@dialgate/database';
import type { Call } from '@dialgate/domain';
import { NOTHING_HEARD, type HeardSoFar } from './call-events.js';

/** A call this worker acts for, as far as it knows. The row is the truth; this saves reading it for every event. */
export interface FollowedCall {
  call: Call;
  heard: HeardSoFar;
}

/** The calls that this worker follows, by call id. */
export interface FollowedCalls {
  readonly get: (callId: string) => FollowedCall | undefined;
  /** The call as known here, or read from the database when it is not; null when there is no such call. */
  readonly find: (callId: string) => Promise<FollowedCall | null>;
  /** Takes note of the call as it stands now. */
  readonly learn: (call: Call) => FollowedCall;
  readonly forget: (callId: string) => void;
  /** Forgets the calls of a slot that this worker has lost or given back. */
  readonly forgetSlot: (slotId: number) => void;
  /** The ids of all of them. */
  readonly ids: () => string[];
}

export function followCalls(calls: Pick<Calls, 'find'>): FollowedCalls {
  const followed = new Map<string, FollowedCall>();

  function learn(call: Call): FollowedCall {
    const known = followed.get(call.id);
    if (known === undefined) {
      const fresh = { call, heard: NOTHING_HEARD };
      followed.set(call.id, fresh);
      return fresh;
    }
    // What was heard belongs to one attempt's channel.
    if (known.call.attempt !== call.attempt) known.heard = NOTHING_HEARD;
    known.call = call;
    return known;
  }

  return {
    get: (callId) => followed.get(callId),
    find: async (callId) => {
      const known = followed.get(callId);
      if (known !== undefined) return known;
      const call = await calls.find(callId);
      return call === null ? null : learn(call);
    },
    learn,
    forget: (callId) => followed.delete(callId),
    forgetSlot: (slotId) => {
      for (const [callId, { call }] of followed) if (call.claim?.slotId === slotId) followed.delete(callId);
    },
    ids: () => [...followed.keys()],
  };
}
