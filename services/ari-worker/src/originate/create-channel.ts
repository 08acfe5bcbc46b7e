import { connectEndpoint, dialEndpoint, type Call } from '@dialgate/domain';
import { aboutAttempt } from '@dialgate/service-kit';
import { parseAriTime } from '../ari/events.js';
import { tryAgainSoon, type Obstacle, type OriginateParts, type Step } from './attempt.js';

/** Asterisk says `Allocation failed` for a dead endpoint and for a passing shortage alike. */
const ALLOCATION_TRIES = 3;

/** Asterisk could not be reached. */
const RETRY_LATER_MS = 5_000;

/**
 * Asterisk had a channel of this name, perhaps, and has it no more: a lost claim was dialled and has just ended. Who dialled it makes
 * its row true meanwhile; if nobody does, it was a shortage, said by a connection that says 409 of every failure.
 */
const NAME_WAS_TAKEN: Obstacle = {
  then: 'void_claim',
  why: 'its channel may have been there before',
  retryInMs: RETRY_LATER_MS,
  hasChannel: true,
};

/** Has Asterisk make the attempt's channel. Nobody is rung by it. */
export function createCreateChannel(parts: OriginateParts): Step {
  const { ari, slot, endpointTemplate, onMade, log } = parts;
  return async ({ known: { call }, channelId: id, lease: { app } }) => {
    const endpoint = dialEndpoint(endpointTemplate, call.phoneNumber);
    const variables = { ...variablesOf(call), ...connectVariables(call, parts) };
    let mayHaveBeenTaken = false;
    for (let tries = 1; ; tries++) {
      const reply = await ari.createChannel({ id, endpoint, app, variables });
      switch (reply.kind) {
        case 'ok':
          onMade(parseAriTime(reply.body.creationtime));
          return mayHaveBeenTaken ? NAME_WAS_TAKEN : null;
        case 'not_reached':
          return {
            then: 'void_claim',
            why: `Asterisk ${reply.why}`,
            retryInMs: RETRY_LATER_MS,
            hasChannel: false,
            byBox: true,
          };
        case 'unknown':
          // The event socket has probably gone the same way.
          if (reply.why === 'ECONNRESET') slot.requireReconcile('connection lost during create');
          return { ...tryAgainSoon(`no answer to create: ${reply.why}`), byBox: true };
        case 'refused':
      }
      // A real "already exists" is our own channel. But a connection that has said so once says it of every failure
      // afterwards (measured), so only the channel itself can tell.
      if (reply.status === 409 && (await ari.channel(id)).kind === 'ok') {
        if (tries > 1) return null;
        // It was there before we asked: the database has lost this attempt's claim. Who knows more of it than that it is there
        // makes its row true; until then it keeps its claim, so that nobody tries again.
        log.error(aboutAttempt(call.id, call.attempt), 'Claim lost by database');
        return { then: 'nothing' };
      }
      mayHaveBeenTaken ||= reply.status === 409;
      const allocationFailed = reply.status >= 500 || reply.status === 409;
      if (allocationFailed && tries < ALLOCATION_TRIES) continue;
      const failure = { then: 'fail', detail: { asterisk: reply.message }, hasChannel: false } as const;
      return allocationFailed
        ? { ...failure, reason: 'trunk_unavailable', byBox: true }
        : { ...failure, reason: 'invalid_request' };
    }
  };
}

/** Sets who the callee sees: `CALLERID` does not reach the INVITE of a channel made this way, `CONNECTEDLINE` does (measured). */
function variablesOf({ variables, callerId }: Pick<Call, 'variables' | 'callerId'>): Record<string, string> {
  return {
    ...variables,
    ...(callerId === null ? {} : { 'CONNECTEDLINE(num)': callerId.number, 'CONNECTEDLINE(name)': callerId.name }),
  };
}

/**
 * What the context that connects to a second phone is told, by names that no client may set: the endpoint to dial, how long it may
 * ring, and whom it sees calling. Nothing of it is text of a client: the number was judged, and so was the caller ID.
 */
function connectVariables(
  { connectTo, callerId, ringTimeoutMs }: Pick<Call, 'connectTo' | 'callerId' | 'ringTimeoutMs'>,
  { connect, endpointTemplate }: Pick<OriginateParts, 'connect' | 'endpointTemplate'>,
): Record<string, string> {
  if (connectTo === null) return {};
  return {
    DIALGATE_CONNECT: connectEndpoint(connectTo, connect, endpointTemplate),
    DIALGATE_CONNECT_SECONDS: String(Math.ceil(ringTimeoutMs / 1_000)),
    DIALGATE_CONNECT_CALLER: callerId?.number ?? '',
  };
}
