import { dialEndpoint, type Call, type FailureReason } from '@dialgate/domain';
import type { AriClient } from '../ari/client.js';
import { parseAriTime } from '../ari/events.js';

/** What came of withDatabaseErrors Asterisk for a channel. Nobody is rung by any of it. */
export type Created =
  | { readonly outcome: 'created' }
  /** It never will be. */
  | { readonly outcome: 'failed'; readonly reason: FailureReason; readonly message: string }
  /** It certainly was not, this time. */
  | { readonly outcome: 'not_created'; readonly why: string }
  /** It may have been, now or later. `connectionLost`: the event socket has probably gone the same way. */
  | { readonly outcome: 'unsure'; readonly why: string; readonly connectionLost: boolean };

export type CreateChannel = (call: Call, channel: string, app: string) => Promise<Created>;

/** Asterisk says `Allocation failed` for a dead endpoint and for a passing shortage alike. */
const ALLOCATION_TRIES = 3;

/**
 * @param template such as `PJSIP/{number}@trunk`; never text from a client.
 * @param onMade told at once when, by Asterisk's clock, a channel was made: its events may come much later.
 */
export function createChannels(
  ari: Pick<AriClient, 'createChannel' | 'channel'>,
  template: string,
  onMade: (at: Date | null) => void,
): CreateChannel {
  return async (call, id, app) => {
    const endpoint = dialEndpoint(template, call.phoneNumber);
    const variables = variablesOf(call);
    for (let attempt = 1; ; attempt++) {
      const reply = await ari.createChannel({ id, endpoint, app, variables });
      if (reply.kind === 'ok') {
        onMade(parseAriTime(reply.body.creationtime));
        return { outcome: 'created' };
      }
      if (reply.kind === 'not_reached') return { outcome: 'not_created', why: `Asterisk ${reply.why}` };
      if (reply.kind === 'unknown') {
        const connectionLost = reply.why === 'ECONNRESET';
        return { outcome: 'unsure', why: `no answer to create: ${reply.why}`, connectionLost };
      }
      // A real "already exists" is our own channel. But a connection that has said so once says it of every failure
      // afterwards (measured), so only the channel itself can tell.
      if (reply.status === 409 && (await ari.channel(id)).kind === 'ok') return { outcome: 'created' };
      const allocationFailed = reply.status >= 500 || reply.status === 409;
      if (!allocationFailed) return { outcome: 'failed', reason: 'invalid_request', message: reply.message };
      if (attempt === ALLOCATION_TRIES) {
        return { outcome: 'failed', reason: 'trunk_unavailable', message: reply.message };
      }
    }
  };
}

/** Sets who the callee sees: `CALLERID` does not reach the INVITE of a channel made this way, `CONNECTEDLINE` does (measured). */
function variablesOf({ variables, callerId }: Call): Record<string, string> {
  return {
    ...variables,
    ...(callerId === null ? {} : { 'CONNECTEDLINE(num)': callerId.number, 'CONNECTEDLINE(name)': callerId.name }),
  };
}
