import type { Calls } from '@dialgate/database';
import { DialgateError, type Call } from '@dialgate/domain';
import { logStatusUpdate, type Logger } from '@dialgate/service-kit';
import type { OriginateProducer } from '@dialgate/redis';

export type HangUpCall = (callId: string, scope: string | null) => Promise<HungUpCall>;

export interface HungUpCall {
  /** As it stands afterwards. */
  readonly call: Call;
  /** Whether this was the first cancel request for it. */
  readonly isFirst: boolean;
}

/**
 * Stores a cancel request. One that waits is canceled at once; a live one is hung up by its worker, which
 * looks for cancel requests every second and is woken here. An order to be called again ends with any of its calls.
 *
 * @throws DialgateError `call_not_found`, `call_already_ended`, `database_unavailable`
 */
export function createHangUpCall(deps: {
  readonly calls: Pick<Calls, 'requestCancel' | 'find'>;
  readonly queue: Pick<OriginateProducer, 'announceCancelRequest'>;
  readonly log: Logger;
}): HangUpCall {
  const { calls, queue, log } = deps;
  return async (callId, scope) => {
    const asked = await calls.requestCancel(callId, scope);
    if (asked === null) throw noSuchCall();
    if (asked.transition === null && !asked.orderCanceled)
      throw new DialgateError('call_already_ended', 'The call is already over.');

    const { id: endedId, attempt, status } = asked.call;
    if (asked.transition !== null) logStatusUpdate(log, { callId: endedId, attempt, ...asked.transition });
    if (asked.transition !== null && status !== 'pending') {
      queue
        .announceCancelRequest(endedId)
        .catch((error: unknown) => log.debug({ callId, error }, 'Cancel request not announced'));
    }
    const call = (await calls.find(callId, scope)) ?? asked.call;
    return { call, isFirst: asked.call.cancelRequestedAt === null };
  };
}

export function noSuchCall(): DialgateError {
  return new DialgateError('call_not_found', 'There is no such call.');
}
