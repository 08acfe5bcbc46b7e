import type { Calls, Lease } from '@dialgate/database';
import type { Call } from '@dialgate/domain';
import { aboutAttempt } from '@dialgate/service-kit';
import { isInApp } from '../ari/channels.js';
import type { AriClient } from '../ari/client.js';
import type { FollowedCalls } from '../events/followed-calls.js';
import { inPortions } from '../events/in-portions.js';
import { createChannelLists, type ListCosts } from './channel-lists.js';
import { createReconcileCall, type ReconcileCallParts } from './reconcile-call.js';
import { createSeenBefore } from './seen-before.js';
import { takeSnapshot, type Snapshot } from './snapshot.js';
import { createRemoveStrays } from './stray-channels.js';

/** What one reconciliation found. */
export interface Reconciled {
  /** How many calls of the slot are open. */
  readonly openCalls: number;
  /** How many channels are in the slot's application, as far as they were read. */
  readonly channels: number;
  /** Whether the slot must be reconciled again in two seconds. */
  readonly reconcileAgain: boolean;
}

/**
 * Reconciles one slot. What goes wrong with a single call only means that the slot must be reconciled again. Throws
 * when Asterisk or the database cannot be asked, when the slot was lost meanwhile, and, after all that could be done,
 * when the event socket had closed.
 *
 * @param receivedAll waits until all has been received that Asterisk has sent on the slot's socket so far, or tells that the
 *   socket is gone.
 * @param isNew whether nothing is known of the slot: then all channels are listed.
 */
export type Reconcile = (lease: Lease, receivedAll: () => Promise<boolean>, isNew: boolean) => Promise<Reconciled>;

/**
 * Compares the open calls of a slot with what Asterisk has, and acts on the difference: events while no socket was open
 * are lost for good.
 */
export function createReconcile(
  parts: ReconcileCallParts & {
    readonly calls: Pick<Calls, 'openOfSlot' | 'findAll'>;
    readonly ari: Pick<AriClient, 'channels' | 'info'>;
    /** Other than in production only in the simulation, whose Asterisk has a few channels. */
    readonly listCosts?: ListCosts;
  },
): Reconcile {
  const { calls, ari, followed, underWay, log } = parts;
  const seenBefore = createSeenBefore();
  const lists = createChannelLists(parts.listCosts);
  const reconcileCall = createReconcileCall(parts);
  const removeStrays = createRemoveStrays(parts);

  return async (lease, receivedAll, isNew) => {
    const before = followed.attempts();
    let isList = isNew;
    const snapshot = await takeSnapshot(
      calls,
      ari,
      lease,
      receivedAll,
      (openCalls) => (isList ||= lists.mustList(lease.slotId, openCalls)),
    );
    updateFollowed(snapshot, before);
    const reconcileAgain = await reconcileCalls(snapshot);
    const restored = await removeStrays(snapshot);
    if (!snapshot.receivedAll) throw new Error('the event socket closed');

    const inApp = [...snapshot.channels.values()].filter((channel) => isInApp(channel, (app) => app === lease.app));
    if (isList) lists.listed(lease.slotId, snapshot.channels.size, inApp.length);
    return { openCalls: snapshot.open.length, channels: inApp.length, reconcileAgain: reconcileAgain || restored };
  };

  /** Replaces what is older than the rows, and forgets calls that are no longer open. */
  function updateFollowed({ lease, open }: Snapshot, before: ReturnType<FollowedCalls['attempts']>): void {
    const openIds = new Set(open.map(({ id }) => id));
    for (const [id, attempt] of before) {
      const known = followed.get(id)?.call;
      if (known?.claim?.slotId === lease.slotId && !openIds.has(id) && !underWay.has(id)) followed.forget(id, attempt);
    }
    for (const call of open) if (followed.get(call.id) !== undefined) followed.learn(call);
  }

  /** @returns whether one of them must be reconciled again soon. */
  async function reconcileCalls(snapshot: Snapshot): Promise<boolean> {
    const before = seenBefore(snapshot.lease);
    const again = await inPortions(snapshot.open, (call) =>
      reconcileCall(call, snapshot, before).catch(complain(call)),
    );
    return again.includes(true);
  }

  /** One call that cannot be reconciled must not keep the others from it. */
  function complain({ id, attempt }: Call): (error: unknown) => true {
    return (error) => {
      log.warn({ ...aboutAttempt(id, attempt), error }, 'Call not reconciled');
      return true;
    };
  }
}
