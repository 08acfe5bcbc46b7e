import type { Calls } from '@dialgate/database';
import type { Call, CallEvent, CallStatus } from '@dialgate/domain';
import { aboutAttempt, type Logger } from '@dialgate/service-kit';
import { appOf, isInApp } from '../ari/channels.js';
import type { AriClient } from '../ari/client.js';
import type { AriChannel } from '../ari/events.js';
import { hasAlerted, showsDial } from '../ari/last-response.js';
import type { ApplyEvent } from '../events/apply-event.js';
import type { ContinueCall } from '../events/continue-call.js';
import type { FollowedCalls } from '../events/followed-calls.js';
import type { LostDials } from '../events/lost-dials.js';
import { retryWhileDatabaseIsDown } from '../events/retry-while-database-is-down.js';
import type { SerializeByKey } from '../events/serialize-by-key.js';
import type { HeldSlots } from '../slots/held-slots.js';
import { reconcileAction, seen, type ChannelSeen } from './decisions.js';
import type { SeenBefore } from './seen-before.js';
import type { Snapshot } from './snapshot.js';

export interface ReconcileCallParts {
  readonly calls: Pick<Calls, 'voidClaim'>;
  readonly ari: Pick<AriClient, 'channel' | 'readVariable' | 'hangUp'>;
  readonly followed: FollowedCalls;
  readonly lostDials: LostDials;
  readonly held: Pick<HeldSlots, 'holds'>;
  readonly order: Pick<SerializeByKey, 'run'>;
  readonly applyEvent: ApplyEvent;
  readonly continueCall: ContinueCall;
  /** Calls that are being originated here. */
  readonly underWay: ReadonlySet<string>;
  readonly log: Logger;
}

export function createReconcileCall(parts: ReconcileCallParts) {
  const { calls, ari, followed, lostDials, held, order, applyEvent, continueCall, underWay, log } = parts;

  /**
   * Reconciles one open call of a snapshot; throws when Asterisk or the database cannot be asked.
   *
   * @param seenBefore whether a channel was seen so before, too.
   * @returns whether the call must be reconciled again soon.
   */
  return async (call: Call, snapshot: Snapshot, seenBefore: SeenBefore): Promise<boolean> => {
    const { lease } = snapshot;
    const { id, attempt, status, channelId } = call;
    if (channelId === null || !held.holds(lease.slotId, lease.epoch)) return false;
    const channel = await lookAt(ari, status, channelId, snapshot, seenBefore);
    const dialedHere = lostDials.attemptOf(id) === attempt;
    const action = reconcileAction(call, channel, snapshot.read, underWay.has(id), dialedHere);
    if (action !== 'nothing') log.info({ ...aboutAttempt(id, attempt), status, action }, 'Call reconciled');

    switch (action) {
      case 'nothing':
        return false;
      case 'reconcile_again':
        return true;
      case 'restore_dial':
        await lostDials.restore(call, attempt, appIn(snapshot, channelId));
        return true;
      case 'void_then_hang_up': {
        const token = { attempt, slotId: lease.slotId, slotEpoch: lease.epoch };
        // Refused when it was dialled since its row was read: then it is somebody's call, and no channel of it is touched.
        if (!(await calls.voidClaim(id, token, 'reconciled', 0))) return true;
        followed.forget(id, attempt);
        await ari.hangUp(channelId);
        return false;
      }
      case 'hang_up_overdue': {
        // The snapshot is some seconds old by now, and whoever picked up late is not overdue.
        const now = await ari.channel(channelId);
        if (now.kind === 'ok' && now.body.state !== 'Up') await ari.hangUp(channelId);
        return true;
      }
      case 'write_answered':
        await write(call, { type: 'answered' });
        return false;
      case 'write_answered_and_continue':
        await write(call, { type: 'answered' });
        await continueIfItWaits(call, channelId, lease.app);
        return false;
      case 'write_ringing':
        await write(call, { type: 'ringing' });
        return false;
      case 'write_lost': {
        const restart = await snapshot.startedAt();
        const restarted = restart !== null && call.dialSentAt !== null && restart > call.dialSentAt;
        await write(call, { type: 'lost', restarted });
        return false;
      }
    }
  };

  /** The list may be old by now: a channel that was sent on meanwhile may be in an application of the customer's own. */
  async function continueIfItWaits(call: Call, channelId: string, app: string): Promise<void> {
    const reply = await ari.channel(channelId);
    if (reply.kind !== 'ok' || !isInApp(reply.body, (own) => own === app)) return;
    (followed.get(call.id) ?? followed.learn(call)).continued = false;
    void continueCall(channelId);
  }

  /** Behind the events already received of this call: they know more than the snapshot shows. */
  async function write({ id: callId, attempt }: Call, event: CallEvent): Promise<void> {
    const observation = { callId, attempt, event, source: 'sweep', receivedAt: performance.now() } as const;
    await order.run(callId, async () => {
      const known = await retryWhileDatabaseIsDown(() => followed.find(callId, attempt));
      if (known?.call.attempt === attempt) await applyEvent(known, observation);
    });
  }
}

function appIn({ channels }: Snapshot, channelId: string): string | null {
  const channel = channels.get(channelId);
  return channel === undefined ? null : appOf(channel);
}

/** A channel that the list does not have is asked for by its name. */
async function lookAt(
  ari: Pick<AriClient, 'channel' | 'readVariable'>,
  status: CallStatus,
  channelId: string,
  { lease, channels, receivedAll }: Snapshot,
  seenBefore: SeenBefore,
): Promise<ChannelSeen> {
  const listed = channels.get(channelId);
  if (listed !== undefined) return asked(listed);
  const reply = await ari.channel(channelId);
  if (reply.kind === 'ok') return asked(reply.body);
  if (!(reply.kind === 'refused' && reply.status === 404)) {
    throw new Error(`Asterisk did not show a channel: ${reply.kind}`);
  }
  const twice = seenBefore(channelId, status, 'gone');
  return { seen: 'gone', confirmed: receivedAll && twice };

  /**
   * Early media (183) leaves a channel down, and its event may have come while nobody listened. And one that seems never to have been
   * dialled may be one whose dial the database has lost.
   */
  async function asked(channel: AriChannel): Promise<ChannelSeen> {
    const shown = seen(channel, lease.app);
    if (shown.seen !== 'down') return shown;
    if (status === 'pending')
      return { ...shown, dialed: await showsDial(ari, channel), confirmed: seenBefore(channelId, status, 'down') };
    return status === 'dialing' && (await hasAlerted(ari, channel)) ? { seen: 'ringing' } : shown;
  }
}
