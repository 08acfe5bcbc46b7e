import type { AskAdmissionFacts, Calls, ClaimLimits, FencingToken, Lease, Slots } from '@dialgate/database';
import type { Call, ConnectPolicy, FailureReason } from '@dialgate/domain';
import type { Admission, Logger } from '@dialgate/service-kit';
import type { AriClient } from '../ari/client.js';
import type { ApplyEvent } from '../events/apply-event.js';
import type { FollowedCall, FollowedCalls } from '../events/followed-calls.js';
import type { LostDials } from '../events/lost-dials.js';
import type { SerializeByKey } from '../events/serialize-by-key.js';
import type { OriginatingSlot } from '../slots/worker-slots.js';
import type { Breaker } from './breaker.js';
import type { OriginateRoom } from './room.js';

/** What originating takes. */
export interface OriginateParts {
  readonly calls: Pick<Calls, 'claim' | 'voidClaim' | 'permitDial' | 'returnPermit' | 'find'>;
  readonly ari: Pick<AriClient, 'createChannel' | 'channel' | 'readVariable' | 'dial' | 'hangUp'>;
  readonly slot: OriginatingSlot;
  readonly slots: Pick<Slots, 'othersFor'>;
  readonly breaker: Pick<Breaker, 'takes' | 'happened'>;
  readonly room: Pick<OriginateRoom, 'learn'>;
  readonly followed: Pick<FollowedCalls, 'learn' | 'forget'>;
  readonly lostDials: LostDials;
  readonly order: Pick<SerializeByKey, 'run'>;
  readonly applyEvent: ApplyEvent;
  /** By this worker's settings. */
  readonly admission: Pick<Admission, 'number' | 'second' | 'call'>;
  readonly admissionFacts: AskAdmissionFacts;
  /** Such as `PJSIP/{number}@trunk`; never text from a client. */
  readonly endpointTemplate: string;
  /** The endpoints of extensions that calls are connected to. */
  readonly connect: Pick<ConnectPolicy, 'extensions' | 'extensionEndpoint'>;
  /** Told at once when, by Asterisk's clock, a channel was made: its events may come much later. */
  readonly onMade: (at: Date | null) => void;
  /** Calls whose originate runs here: reconcile leaves their claims alone. */
  readonly underWay: Set<string>;
  readonly limits: ClaimLimits;
  readonly log: Logger;
}

/** One attempt at a call, claimed by this worker. */
export interface Attempt {
  readonly known: FollowedCall;
  readonly token: FencingToken;
  readonly channelId: string;
  /** Of the slot in which it is made. */
  readonly lease: Lease;
  /** By `performance.now()`. */
  readonly begunAt: number;
  /** When it may be dialled, by `performance.now()`. */
  readonly dialAt: number;
}

/** A step of an attempt. Null: on to the next. */
export type Step = (attempt: Attempt) => Promise<Obstacle | null>;

/**
 * What keeps an attempt from going on, and what follows from that. `byBox`: for reasons of this Asterisk, not of the call; another
 * one may carry it.
 */
export type Obstacle =
  /** The call ends as one that rang nobody. */
  | {
      readonly then: 'fail';
      readonly reason: FailureReason;
      readonly detail: Readonly<Record<string, unknown>>;
      readonly hasChannel: boolean;
      readonly byBox?: true;
    }
  /** The claim is voided, and the call is tried again after so long. */
  | {
      readonly then: 'void_claim';
      readonly why: string;
      readonly retryInMs: number;
      readonly hasChannel: boolean;
      readonly byBox?: true;
      /** The box has refused the call: the next time another one had better take it. */
      readonly isRefusal?: true;
    }
  /** The permission was not used and never will be: it is given back, and the call is tried again after so long. */
  | { readonly then: 'return_permit'; readonly why: string; readonly retryInMs: number }
  /** Somebody else has decided about the call. */
  | { readonly then: 'yield' }
  /** The call is over, and its channel was removed. */
  | { readonly then: 'nothing' };

/** There may be a channel, and nobody was rung: the attempt is given up for now. */
export function tryAgainSoon(why: string): Extract<Obstacle, { then: 'void_claim' }> {
  return { then: 'void_claim', why, retryInMs: 1_000, hasChannel: true };
}

/** Whether a row is claimed under this lease. Slots count their epochs each for itself, so the epoch alone says nothing. */
export function isClaimedUnder(call: Call | null, { slotId, epoch }: Lease): call is Call {
  return call?.claim?.slotId === slotId && call.claim.slotEpoch === epoch;
}
