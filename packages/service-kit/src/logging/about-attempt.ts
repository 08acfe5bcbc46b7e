import { channelIdFor } from '@dialgate/domain';

/**
 * What every line about a call begins with, so that a search for any of them finds it.
 *
 * @param attempt 0 before a worker has claimed the call for the first time: there is no channel then.
 */
export function aboutAttempt(
  callId: string,
  attempt: number,
): { readonly callId: string; readonly attempt?: number; readonly channel?: string } {
  return attempt === 0 ? { callId } : { callId, attempt, channel: channelIdFor(callId, attempt) };
}
