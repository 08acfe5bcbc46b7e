import { DialgateError, transitionFor, type Call, type Transition } from '@dialgate/domain';
import type { readCalls } from './read-calls.js';
import type { writeStatus } from './write-status.js';

/** How often the cancel request is tried anew when the call moves under it; a call has fewer statuses than that. */
const TRIES = 6;

export function requestCancels(
  { find }: Pick<ReturnType<typeof readCalls>, 'find'>,
  { apply }: Pick<ReturnType<typeof writeStatus>, 'apply'>,
) {
  return {
    /**
     * Stores the client's cancel request for a call. One that waits, claimed or not, is `canceled` at once; a live one is
     * hung up by the owner of its slot.
     *
     * @returns the call as it stood and what the cancel request did to it (null when it was already over), or null when there is no
     *   such call of this user.
     */
    requestCancel: async (
      id: string,
      userId: string | null,
    ): Promise<{ call: Call; transition: Transition | null } | null> => {
      for (let attempt = 1; attempt <= TRIES; attempt++) {
        const call = await find(id, userId);
        if (call === null) return null;
        const transition = transitionFor({ type: 'cancel_requested' }, call);
        // A cancel request that stands already need not be written again.
        if (transition === null || call.cancelRequestedAt !== null) return { call, transition };
        if (await apply({ callId: id, transition, token: null, source: 'api' })) return { call, transition };
      }
      throw new DialgateError('internal', 'A call moved faster than its cancellation.');
    },
  };
}
