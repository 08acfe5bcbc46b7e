import { attemptOf, isFinal, rankOf } from '@dialgate/domain';
import type { AriEvent } from '../src/ari/events.js';
import type { RequestWatch } from './ari-requests.js';
import { isLiveLeg, type Channel } from './channel.js';
import type { AsteriskWatch, ModelAsterisk } from './model-asterisk.js';
import type { DatabaseWatch, ModelCalls } from './model-database.js';
import type { ModelSlots } from './model-slots.js';
import type { Row } from './rows.js';
import type { SimProcess } from './scheduler.js';
import { saysUnseen, wrongStatus } from './truth.js';

/** What a run is judged by; all of it is told at the moment it happens. */
export interface Invariants extends AsteriskWatch, RequestWatch, DatabaseWatch {
  /** An event has reached a worker. */
  readonly delivered: (process: SimProcess, event: AriEvent) => void;
  /** Code of the product threw where it must not. */
  readonly productError: (process: SimProcess, error: unknown) => void;
  /** What must hold at every moment; `sinceHealedMs` is null while faults still strike. */
  readonly check: (sinceHealedMs: number | null) => void;
  /** What must hold when nothing will happen any more. */
  readonly checkEnd: () => void;
  readonly violations: () => readonly string[];
}

/** A worker that was told how a call stands, and under which epoch of its slot. */
interface Witness {
  readonly process: SimProcess;
  readonly at: number;
  readonly epoch: number;
  readonly of: 'answer' | 'end';
}

/** Adoption, a reconnect, two reconciliations 30 s apart and a repeated request: longer than that is never. */
const SOON_MS = 80_000;

/** A wish is looked up every second; a worker that died is replaced, and a slot adopted, well within this. */
const WISH_MS = 45_000;

/** The sweep's longest rest of 60 s, and a reconciliation before it. */
const WAITING_MS = 100_000;

/** A dialled call may be hung up unwished when it was silent for its ring time and this long on top. */
const OVERDUE_MS = 10_000;

/** Watches everything, remembers what is needed to judge, and says what was violated. */
export function createInvariants(options: {
  readonly now: () => number;
  readonly calls: () => ModelCalls;
  readonly slots: () => ModelSlots;
  readonly asterisk: () => ModelAsterisk;
  readonly ownerOf: (process: SimProcess) => string;
  readonly isFaultless: () => boolean;
  /** Whether calls may have to wait for others to end. */
  readonly isLimited: () => boolean;
}): Invariants {
  const { now, ownerOf } = options;
  const found: string[] = [];
  const dialsSent = new Map<string, number>();
  const winners = new Map<string, { readonly process: SimProcess; readonly attempt: number }>();
  const witnesses = new Map<string, Witness[]>();
  const terminals = new Map<string, number>();
  /** Who wrote that a call's end was not seen, and for which epoch of its slot. */
  const givenUp = new Map<string, { readonly process: SimProcess; readonly epoch: number | null }>();

  function violated(law: string, id: string, what: string): void {
    found.push(`${law} call ${id.slice(-3)}: ${what}`);
  }

  function rowOf(callId: string): Row | undefined {
    return options.calls().row(callId);
  }

  /** The channel through which the callee of a call was called. */
  function calledThrough(callId: string): Channel | undefined {
    for (const channel of options.asterisk().everything()) {
      if (channel.callId === callId && channel.invites > 0) return channel;
    }
    return undefined;
  }

  function bearWitness(process: SimProcess, channelId: string, of: 'answer' | 'end'): void {
    const attempt = attemptOf(channelId);
    const row = attempt === null ? undefined : rowOf(attempt.callId);
    if (row === undefined || row.slotId === null || row.attempt !== attempt?.attempt) return;
    const lost = givenUp.get(row.id);
    if (of === 'end' && lost?.process === process && lost.epoch === options.slots().state(row.slotId)?.epoch) {
      violated('I6', row.id, 'its end was on its way, and lost was written ahead of it');
    }
    if (row.dialSentAt === null || isFinal(row.status)) return;
    const slot = options.slots().state(row.slotId);
    const owner = ownerOf(process);
    if (slot?.owner !== owner || slot.epoch !== row.slotEpoch) return;
    const known = witnesses.get(row.id) ?? [];
    known.push({ process, at: now(), epoch: slot.epoch, of });
    witnesses.set(row.id, known);
  }

  function ended(row: Row, by: SimProcess | null, heardAt: number): void {
    const count = (terminals.get(row.id) ?? 0) + 1;
    terminals.set(row.id, count);
    if (count > 1) violated('I2', row.id, `it ended ${count} times`);

    const channel = calledThrough(row.id);
    const wrong = wrongStatus(row, channel, now(), options.isFaultless());
    if (wrong !== null) violated('I6', row.id, wrong);

    if (!saysUnseen(row)) return;
    if (by !== null) givenUp.set(row.id, { process: by, epoch: row.slotEpoch });
    if (channel !== undefined && isLiveLeg(channel)) violated('I6', row.id, 'lost, and its channel is alive');
    const heard = (witnesses.get(row.id) ?? []).filter(
      ({ process, epoch, at }) => process === by && epoch === row.slotEpoch && at < heardAt,
    );
    if (heard.some(({ of }) => of === 'end'))
      violated('I6', row.id, 'its end was heard, and lost was written ahead of it');
    if (row.status !== 'completed' && heard.some(({ of }) => of === 'answer')) {
      violated('I6', row.id, 'its answer was heard, and it was written down as never answered');
    }
  }

  return {
    dialSent: (process, channelId) => {
      const attempt = attemptOf(channelId);
      if (attempt === null) return;
      const { callId } = attempt;
      const sent = (dialsSent.get(callId) ?? 0) + 1;
      dialsSent.set(callId, sent);
      if (sent > 1) violated('I4', callId, `dial was sent ${sent} times`);
      const winner = winners.get(callId);
      if (winner?.process !== process || winner.attempt !== attempt.attempt) {
        violated('I4', callId, `${process.name} dials attempt ${attempt.attempt} without having won the permission`);
      }
    },

    invited: (channel) => {
      const { callId } = channel;
      let invites = 0;
      for (const other of options.asterisk().everything()) if (other.callId === callId) invites += other.invites;
      if (invites > 1) violated('I4', callId, 'the callee was called twice');
      const row = rowOf(callId);
      if (row === undefined) violated('I5', callId, 'a callee was called without a row');
      else if (row.status !== 'dialing') violated('I5', callId, `the callee was called while the row is ${row.status}`);
    },

    ended: () => undefined,

    deleting: (process, channel) => {
      const row = rowOf(channel.callId);
      if (row === undefined || !isLiveLeg(channel)) return;
      const wanted = !isFinal(row.status) && row.dialSentAt !== null && row.cancelRequestedAt === null;
      const overdue = row.dialSentAt !== null && now() - row.dialSentAt > row.ringTimeoutMs + OVERDUE_MS;
      if (wanted && !(overdue && channel.answeredAt === null)) {
        violated('S5', row.id, `${process.name} hangs up a wanted call that is ${row.status}`);
      }
    },

    delivered: (process, event) => {
      if (event.type === 'ChannelDestroyed') bearWitness(process, event.channel.id, 'end');
      if (event.type === 'ChannelStateChange' && event.channel.state === 'Up') {
        bearWitness(process, event.channel.id, 'answer');
      }
    },

    moved: (row, from, by, transition, heardAt) => {
      if (isFinal(from) && row.status !== from) violated('I2', row.id, `${from} became ${row.status}`);
      if (rankOf(row.status) < rankOf(from)) violated('I3', row.id, `${from} fell back to ${row.status}`);
      if (row.status === 'answered' && from !== 'answered') {
        const answeredAt = calledThrough(row.id)?.answeredAt ?? null;
        if (answeredAt === null) violated('I6', row.id, 'answered, and nobody picked up');
      }
      if (isFinal(row.status) && !isFinal(from)) ended(row, by, heardAt);
      if (transition.from !== from)
        violated('I3', row.id, 'a move was written from another status than it was decided on');
    },

    permitted: (row, by) => {
      if (winners.has(row.id)) violated('I4', row.id, 'the dial was permitted twice');
      winners.set(row.id, { process: by, attempt: row.attempt });
    },

    productError: (process, error) => {
      found.push(`E ${process.name}: ${error instanceof Error ? error.message : String(error)}`);
    },

    check: (sinceHealedMs) => {
      if (sinceHealedMs === null) return;
      for (const { id, status, dialSentAt, cancelRequestedAt } of options.calls().rows()) {
        if (status === 'pending' && dialSentAt === null && sinceHealedMs > WAITING_MS && !options.isLimited()) {
          violated('L1', id, 'it waits for ever');
        }
        if (cancelRequestedAt === null || isFinal(status)) continue;
        const wishedMs = Math.min(sinceHealedMs, now() - cancelRequestedAt);
        if (wishedMs > WISH_MS) violated('L3', id, `its client wished it away, and it is still ${status}`);
      }
      for (const channel of options.asterisk().channels()) {
        if (channel.answeredAt === null) continue;
        const upMs = Math.min(sinceHealedMs, now() - channel.answeredAt);
        if (upMs < SOON_MS) continue;
        const row = rowOf(channel.callId);
        if (channel.place === 'stasis') violated('L2', channel.callId, 'an answered callee hears silence for ever');
        else if (row !== undefined && rankOf(row.status) < rankOf('answered')) {
          violated('L4', channel.callId, `it is up for long, and the row says ${row.status}`);
        }
      }
    },

    checkEnd: () => {
      for (const row of options.calls().rows()) {
        if (!isFinal(row.status)) violated('I1', row.id, `it is still ${row.status}`);
      }
      for (const channel of options.asterisk().channels()) {
        violated('I5', channel.callId, `channel ${channel.id.slice(-6)} (${channel.state}) is left over`);
      }
    },

    violations: () => found,
  };
}
