import { DialgateError, soFar, transitionFor, type Call, type Transition } from '@dialgate/domain';
import type { createCallReader } from './read-calls.js';
import type { createStatusWriter } from './write-status.js';

/** How often the cancel request is tried anew when the call moves under it; a call has fewer statuses than that. */
const TRIES = 6;

export function createCancelRequests(
  { find }: Pick<ReturnType<typeof createCallReader>, 'find'>,
  { apply }: Pick<ReturnType<typeof createStatusWriter>, 'apply'>,
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
      for (let tries = 0; tries < TRIES; tries++) {
        const call = await find(id, userId);
        if (call === null) return null;
        const event = { type: 'cancel_requested' } as const;
        const transition = transitionFor(event, soFar(call));
        // A cancel request that stands already need not be written again.
        if (transition === null || call.cancelRequestedAt !== null) return { call, transition };
        const { attempt } = call;
        const asked = { callId: id, attempt, event, source: 'api', receivedAt: performance.now() } as const;
        if (await apply(asked, transition, null)) return { call, transition };
      }
      throw new DialgateError('internal', 'A call moved faster than its cancellation.');
    },
  };
}
