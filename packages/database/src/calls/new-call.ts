import type { Call, CountedCall, Retry } from '@dialgate/domain';

/** Where a call is reported to, as its client said. */
export interface CallHook {
  readonly url: string;
  /** The endpoint that stands for its host. */
  readonly endpointId: string;
}

/** A call as a client asked for it, validated. */
export type NewCall = Pick<
  Call,
  | 'id'
  | 'userId'
  | 'phoneNumber'
  | 'destination'
  | 'ringTimeoutMs'
  | 'connectTo'
  | 'callerId'
  | 'variables'
  | 'metadata'
  | 'notBefore'
  | 'callingWindow'
> & {
  /** How long it may wait to be dialled, in milliseconds; from `notBefore` on where that is later than now. */
  readonly expiresInMs: number;
  /** What comes after it where it reaches nobody; null: nothing. */
  readonly retry: Retry | null;
  /** Where it is reported to beside its user's endpoints; null for nowhere. */
  readonly hook: CallHook | null;
  readonly idempotency: { readonly key: string; readonly fingerprint: string } | null;
  /** What limits are held against: see `CountedCall`. */
  readonly counted: Pick<CountedCall, 'number' | 'region' | 'own' | 'second'>;
};

/** What became of a request for a call. */
export type CreatedCall =
  | {
      readonly outcome: 'created' | 'replayed';
      readonly id: string;
      readonly phoneNumber: string;
      readonly createdAt: Date;
    }
  /** The same key came with another request before. */
  | { readonly outcome: 'key_reused' };
