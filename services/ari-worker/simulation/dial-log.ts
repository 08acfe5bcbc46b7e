import type { AriReply } from '../src/ari/replies.js';
import type { SimProcess } from './scheduler.js';

/** The dial request leaves within this time after its permission was asked for, or not at all. */
const DIAL_WITHIN_MS = 3_000;

/** What became of the one dial of each call, as its dialler knows it. */
export interface DialLog {
  readonly permissionAsked: (callId: string, attempt: number) => void;
  readonly permitted: (callId: string, process: SimProcess, attempt: number, epoch: number | null) => void;
  /** @returns what is wrong with giving the permission back, or null. */
  readonly returned: (callId: string) => string | null;
  /** @returns what is wrong with sending it, or null. */
  readonly sent: (callId: string, process: SimProcess, attempt: number) => string | null;
  readonly answered: (callId: string, process: SimProcess, kind: AriReply['kind']) => void;
  /** Whether Asterisk has refused the dial. */
  readonly refused: (callId: string) => boolean;
  /** Whether this worker was told, under this epoch, that the dial was not carried out. */
  readonly toldNotDialled: (callId: string, process: SimProcess, epoch: number | null) => boolean;
  /** Whether the worker that dialled it first is no more. */
  readonly diallerIsDead: (callId: string) => boolean;
  /** @returns whether it is the first permission of this call. */
  readonly isPermitted: (callId: string) => boolean;
}

interface Dial {
  readonly process: SimProcess;
  readonly attempt: number;
  readonly epoch: number | null;
  sent: number;
  told: AriReply['kind'] | null;
}

export function keepDialLog(now: () => number): DialLog {
  const askedAt = new Map<string, number>();
  const dials = new Map<string, Dial>();
  const first = new Map<string, SimProcess>();

  function dueAt(callId: string): number {
    return (askedAt.get(`${callId}.${dials.get(callId)?.attempt ?? 0}`) ?? now()) + DIAL_WITHIN_MS;
  }

  /** It was sent, and may have been carried out. */
  function wasUsed({ sent, told }: Dial): boolean {
    return sent > 0 && told !== 'not_reached';
  }

  return {
    permissionAsked: (callId, attempt) => {
      const key = `${callId}.${attempt}`;
      if (!askedAt.has(key)) askedAt.set(key, now());
    },
    permitted: (callId, process, attempt, epoch) => {
      if (!first.has(callId)) first.set(callId, process);
      dials.set(callId, { process, attempt, epoch, sent: 0, told: null });
    },
    returned: (callId) => {
      const dial = dials.get(callId);
      dials.delete(callId);
      first.delete(callId);
      return dial === undefined || wasUsed(dial) ? 'a permission was given back that was used' : null;
    },
    sent: (callId, process, attempt) => {
      const dial = dials.get(callId);
      if (dial?.process !== process || dial.attempt !== attempt) {
        return `${process.name} dials attempt ${attempt} without having won the permission`;
      }
      if (++dial.sent > 1) return `dial was sent ${dial.sent} times`;
      return now() >= dueAt(callId) ? 'dial was sent long after it was permitted' : null;
    },
    answered: (callId, process, kind) => {
      const dial = dials.get(callId);
      if (dial?.process === process) dial.told = kind;
    },
    refused: (callId) => dials.get(callId)?.told === 'refused',
    toldNotDialled: (callId, process, epoch) => {
      const dial = dials.get(callId);
      return (
        dial?.process === process && dial.epoch === epoch && (dial.told === 'refused' || dial.told === 'not_reached')
      );
    },
    diallerIsDead: (callId) => first.get(callId)?.state === 'dead',
    isPermitted: (callId) => dials.has(callId),
  };
}
