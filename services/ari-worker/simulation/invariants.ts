import type { Lease } from '@dialgate/database';
import { parseChannelId, isFinal, rankOf } from '@dialgate/domain';
import type { AriEvent } from '../src/ari/events.js';
import type { RequestWatch } from './ari-requests.js';
import type { Callee } from './callees.js';
import { asOf, isLiveLeg, type Channel } from './channel.js';
import { keepDialLog } from './dial-log.js';
import { keepGrounds } from './grounds.js';
import { keepReceipts } from './receipts.js';
import { channelIdOf, endOf, faultsOfEnd, faultsOfLearning } from './judge-end.js';
import { overdueOf } from './liveness.js';
import type { AsteriskWatch, ModelAsterisk } from './model-asterisk.js';
import type { DatabaseWatch, Moved } from './call-statements.js';
import type { ModelCalls } from './model-database.js';
import type { ModelSlots } from './model-slots.js';
import type { Row } from './rows.js';
import type { SimProcess } from './scheduler.js';
import { CLOSE_MS, wrongTime } from './times.js';
import { canBeDialled, saysUnseen, type End } from './truth.js';

/** What a run is judged by; all of it is told at the moment it happens. */
export interface Invariants extends AsteriskWatch, RequestWatch, DatabaseWatch {
  /** An event has reached a worker. */
  readonly delivered: (process: SimProcess, event: AriEvent) => void;
  /** A worker was told that a slot is its own. */
  readonly slotTaken: (process: SimProcess, lease: Lease) => void;
  /** Code of the product threw where it must not. */
  readonly productError: (process: SimProcess, error: unknown) => void;
  /** What must hold at every moment; `sinceHealedMs` is null while faults still strike. */
  readonly check: (sinceHealedMs: number | null) => void;
  /** What must hold when nothing will happen any more. */
  readonly checkEnd: () => void;
  readonly violations: () => readonly string[];
}

/** What the invariants look at: the models as they stand, and what the scenario has in store. */
export interface Judged {
  readonly now: () => number;
  readonly calls: () => ModelCalls;
  readonly slots: () => ModelSlots;
  readonly asterisk: () => ModelAsterisk;
  readonly ownerOf: (process: SimProcess) => string;
  readonly calleeOf: (callId: string) => Callee;
  readonly orphanSeconds: number;
  /** Whether nothing has struck so far and nothing is slow or lost. */
  readonly isUntouched: () => boolean;
  /** Whether calls may have to wait for others to end. */
  readonly isLimited: () => boolean;
  /** Whether somebody is there who ends the calls of an Asterisk without workers. */
  readonly isSweptElsewhere: () => boolean;
}

/** A dialled call may be hung up unwished when it was silent for its ring time and this long on top. */
const OVERDUE_MS = 10_000;

/** A worker has told the database by then what it knows of a channel that has ended: two statements, each on a slow network. */
const TELL_MS = 15_000;

/** A worker that is being restarted is not one that is gone. */
const ORPHAN_GRACE_MS = 60_000;

/** Watches everything, remembers what is needed to judge, and says what was violated. */
export function createInvariants(judged: Judged): Invariants {
  const { now, ownerOf } = judged;
  const found: string[] = [];
  const receipts = keepReceipts(now);
  const dials = keepDialLog(now);
  const terminals = new Map<string, number>();
  const ends = new Map<string, End>();
  const leases = new Map<SimProcess, Map<number, number>>();
  const grounds = keepGrounds(now);
  /** Who wrote that a call's end was not seen, and for which epoch of its slot. */
  const givenUp = new Map<string, { readonly process: SimProcess; readonly epoch: number | null }>();

  function violated(law: string, id: string, what: string): void {
    found.push(`${law} call ${id.slice(-3)}: ${what}`);
  }

  function rowOf(callId: string): Row | undefined {
    return judged.calls().row(callId);
  }

  function channelOfRow(row: Row): Channel | undefined {
    return judged.asterisk().everOf(channelIdOf(row), judged.slots().state(row.slotId)?.app);
  }

  /** The channel through which the callee of a call was called. */
  function calledThrough(row: Row): Channel | undefined {
    const channel = channelOfRow(row);
    return channel !== undefined && channel.invites > 0 ? channel : undefined;
  }

  function holdsSlot(process: SimProcess, { slotId, slotEpoch }: Row): boolean {
    const slot = judged.slots().state(slotId);
    return slot?.owner === ownerOf(process) && slot.epoch === slotEpoch;
  }

  /** Given back, and nobody else's so far: what its last holder sent before is written still. */
  function isUntaken({ slotId, slotEpoch }: Row): boolean {
    const slot = judged.slots().state(slotId);
    return slot?.owner === null && slot.epoch === slotEpoch;
  }

  /** The epoch of the row's slot, if this worker holds it and knows that it does. */
  function epochHeld(process: SimProcess, row: Row): number | null {
    const known = leases.get(process)?.get(row.slotId ?? 0);
    return holdsSlot(process, row) && known === row.slotEpoch ? known : null;
  }

  function ended(move: Moved): void {
    const { row, by } = move;
    const count = (terminals.get(row.id) ?? 0) + 1;
    terminals.set(row.id, count);
    if (count > 1) violated('I2', row.id, `it ended ${count} times`);

    const channel = channelOfRow(row);
    // What was lost was known to nobody but its worker, and that may be dead: how it ended is then a guess, whether it did is not.
    if (row.commitsLost) return;
    const faults = faultsOfEnd(move, {
      now: now(),
      callee: judged.calleeOf(row.id),
      channel,
      receipts: receipts.of(channelIdOf(row)),
      dials,
      startedAt: judged.asterisk().startedAt(),
      toldStartedAt: by === null ? null : grounds.startToldTo(by, move.receivedAt),
      orphanSince: grounds.orphanSince(move),
      orphanSeconds: judged.orphanSeconds,
      ownsSlot: by !== null && (holdsSlot(by, row) || isUntaken(row)),
      holdsSlot: by !== null && holdsSlot(by, row),
      untouched: judged.isUntouched(),
    });
    for (const { law, what } of faults) violated(law, row.id, what);
    ends.set(row.id, endOf(row));
    if (saysUnseen(row) && by !== null) givenUp.set(row.id, { process: by, epoch: row.slotEpoch });
  }

  function learned({ row }: Moved): void {
    const before = ends.get(row.id);
    if (before === undefined) return;
    for (const { law, what } of faultsOfLearning(before, row, channelOfRow(row))) violated(law, row.id, what);
    ends.set(row.id, endOf(row));
  }

  function judgeTimes(move: Moved): void {
    const { row } = move;
    const told = receipts.of(channelIdOf(row));
    const channel = calledThrough(row);
    // Whoever gives an orphan up cannot ask for its channel: that may live on until the end is written, and after it.
    const known =
      channel !== undefined && grounds.orphanSince(move) !== null ? asOf(channel, move.receivedAt) : channel;
    const wrong = wrongTime(move, known, told, judged.isUntouched());
    if (wrong !== null) violated('T1', row.id, wrong);
  }

  /** A call whose dial is known neither to the database nor to a living worker: nothing but its ringing can tell of it. */
  function isForgotten(callId: string): boolean {
    return rowOf(callId)?.commitsLost === true && dials.diallerIsDead(callId);
  }

  /**
   * With its claim, a call loses its attempt's number to the next claim. Asterisk has no two channels of one name at a time; but when
   * the first one has just ended, its worker may not have come to make the row true yet.
   */
  function isUntoldYet({ callId, endedAt }: Channel): boolean {
    return rowOf(callId)?.claimLost === true && endedAt !== null && now() - endedAt < TELL_MS;
  }

  /** When a call of an Asterisk without workers is to be given up. */
  function givenUpAt({ slotId, dialSentAt, answeredAt, ringTimeoutMs }: Row): number | null {
    if (slotId === null || dialSentAt === null || !judged.isSweptElsewhere()) return null;
    const leftAt = judged.slots().lastFollowed(slotId);
    if (leftAt > now()) return null;
    const overAt =
      answeredAt === null
        ? dialSentAt + ringTimeoutMs + OVERDUE_MS
        : Math.max(answeredAt, leftAt) + judged.orphanSeconds * 1_000;
    return Math.max(overAt, leftAt + ORPHAN_GRACE_MS);
  }

  return {
    asked: (channelId, { endpoint, ringSeconds, extension }) => {
      const row = rowOf(parseChannelId(channelId)?.callId ?? '');
      if (row === undefined) return;
      if (endpoint !== undefined && endpoint !== `PJSIP/${row.phoneNumber}@trunk`) {
        violated('D1', row.id, `a channel was made for ${endpoint}`);
      }
      if (ringSeconds !== undefined && ringSeconds !== Math.ceil(row.ringTimeoutMs / 1_000)) {
        violated('D1', row.id, `it may ring for ${ringSeconds} s`);
      }
      if (extension !== undefined && extension !== row.extension) {
        violated('D1', row.id, `its callee was sent to ${extension}`);
      }
    },

    dialSent: (process, channelId) => {
      const dialled = parseChannelId(channelId);
      if (dialled === null) return;
      const { callId, attempt } = dialled;
      const wrong = dials.sent(callId, process, attempt);
      // After a lost claim an attempt has its number, and asks for its permission, a second time; INVITEs are counted all the same.
      if (wrong !== null && rowOf(callId)?.commitsLost !== true) violated('I4', callId, wrong);
    },

    dialAnswered: (process, channelId, kind) => {
      dials.answered(parseChannelId(channelId)?.callId ?? '', process, kind);
    },

    toldStart: grounds.toldStart,

    invited: (channel) => {
      const { callId } = channel;
      const before = [...judged.asterisk().everything()].filter(
        (other) => other !== channel && other.callId === callId && other.invites > 0,
      );
      const twice = channel.invites > 1 || !before.every(isUntoldYet);
      if (twice && !isForgotten(callId)) violated('I4', callId, 'the callee was called twice');
      const row = rowOf(callId);
      if (!canBeDialled(channel.callee)) violated('I5', callId, `${channel.callee} was called`);
      if (row === undefined) violated('I5', callId, 'a callee was called without a row');
      else if (row.status !== 'dialing' && !row.commitsLost)
        violated('I5', callId, `the callee was called while the row is ${row.status}`);
      else if (judged.isUntouched() && now() - (row.dialSentAt ?? 0) > CLOSE_MS) {
        violated('T1', callId, 'nothing was late, and the callee was called long after the time of the dial');
      }
    },

    deleting: (process, channel) => {
      const row = rowOf(channel.callId);
      if (row === undefined || !isLiveLeg(channel)) return;
      const dialled = row.dialSentAt !== null || (row.commitsLost && isLiveLeg(channel) && !isForgotten(row.id));
      const wanted = !isFinal(row.status) && dialled && row.cancelRequestedAt === null;
      const overdue = row.dialSentAt !== null && now() - row.dialSentAt > row.ringTimeoutMs + OVERDUE_MS;
      if (wanted && !(overdue && channel.answeredAt === null)) {
        violated('S5', row.id, `${process.name} hangs up a wanted call that is ${row.status}`);
      }
    },

    delivered: (process, event) => {
      const attempt =
        'channel' in event || 'peer' in event
          ? parseChannelId(('peer' in event ? event.peer : event.channel).id)
          : null;
      const row = attempt === null ? undefined : rowOf(attempt.callId);
      const isPresent = row !== undefined && row.attempt === attempt?.attempt;
      const said = receipts.add(process, event, isPresent ? epochHeld(process, row) : null);
      if (!isPresent || said !== 'end') return;
      const lost = givenUp.get(row.id);
      if (lost?.process === process && lost.epoch === judged.slots().state(row.slotId)?.epoch) {
        violated('I6', row.id, 'its end was on its way, and lost was written ahead of it');
      }
    },

    moved: (move) => {
      const { row, from, transition } = move;
      if (isFinal(from) && row.status !== from) violated('I2', row.id, `${from} became ${row.status}`);
      if (rankOf(row.status) < rankOf(from)) violated('I3', row.id, `${from} fell back to ${row.status}`);
      if (transition.from !== from) {
        violated('I3', row.id, 'a move was written from another status than it was decided on');
      }
      if (row.status === 'answered' && from !== 'answered' && (calledThrough(row)?.answeredAt ?? null) === null) {
        violated('I6', row.id, 'answered, and nobody picked up');
      }
      if (isFinal(from)) learned(move);
      else if (isFinal(row.status)) ended(move);
      if (row.status !== from && !row.commitsLost) judgeTimes(move);
    },

    permissionAsked: dials.permissionAsked,

    permitted: (row, by) => {
      if (dials.isPermitted(row.id) && !row.commitsLost) violated('I4', row.id, 'the dial was permitted twice');
      dials.permitted(row.id, by, row.attempt, row.slotEpoch);
    },

    permitReturned: ({ id }) => {
      const wrong = dials.returned(id);
      if (wrong !== null) violated('I4', id, wrong);
    },

    foundOrphan: ({ id, slotId }, by) => {
      grounds.foundOrphan(by, id, judged.slots().lastFollowed(slotId ?? 0));
    },

    slotTaken: (process, { slotId, epoch }) => {
      leases.set(process, (leases.get(process) ?? new Map<number, number>()).set(slotId, epoch));
    },

    productError: (process, error) => {
      found.push(`E ${process.name}: ${error instanceof Error ? error.message : String(error)}`);
    },

    check: (sinceHealedMs) => {
      const overdue = overdueOf({
        now: now(),
        sinceHealedMs,
        calls: judged.calls(),
        asterisk: judged.asterisk(),
        channelOf: channelOfRow,
        isLimited: judged.isLimited(),
        givenUpAt,
      });
      for (const [law, id, what] of overdue) violated(law, id, what);
    },

    checkEnd: () => {
      for (const row of judged.calls().rows()) {
        if (!isFinal(row.status)) violated('I1', row.id, `it is still ${row.status}`);
      }
      for (const channel of judged.asterisk().channels()) {
        violated('I5', channel.callId, `channel ${channel.id.slice(-6)} (${channel.state}) is left over`);
      }
    },

    violations: () => found,
  };
}
