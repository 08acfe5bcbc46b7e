import { channelOfEvent, type AriEvent } from '../src/ari/events.js';
import type { SimProcess } from './scheduler.js';

/** What an event says of a call. */
export type Said = 'ringing' | 'answer' | 'their_hangup' | 'our_hangup' | 'busy' | 'end';

/** Something that a worker was told of a channel by an event. */
export interface Receipt {
  readonly process: SimProcess;
  readonly at: number;
  /** The epoch of the call's slot, if the worker held it then. */
  readonly epoch: number | null;
  readonly said: Said;
}

/** What the worker that wrote a move knew of something when it decided: whether it must, cannot, or may have known. */
export type Known = 'yes' | 'no' | 'maybe';

/** Who was told what of which channel, in the order in which it was told. */
export interface Receipts {
  /** @returns what was said, or null when it says nothing that matters here. */
  readonly add: (process: SimProcess, event: AriEvent, epoch: number | null) => Said | null;
  readonly of: (channelId: string) => readonly Receipt[];
}

export function keepReceipts(now: () => number): Receipts {
  const received = new Map<string, Receipt[]>();
  return {
    add: (process, event, epoch) => {
      const { id = '' } = channelOfEvent(event) ?? {};
      const said = saidBy(event);
      if (said === null) return null;
      const known = received.get(id) ?? [];
      known.push({ process, at: now(), epoch, said });
      received.set(id, known);
      return said;
    },
    of: (channelId) => received.get(channelId) ?? [],
  };
}

/**
 * What a worker had been told ahead of the event by which it decided.
 *
 * @param epoch that of the write: what was received under another may have been forgotten with the slot.
 */
export function hadReceived(before: readonly Receipt[], by: SimProcess, epoch: number | null, said: Said): Known {
  const told = before.filter((receipt) => receipt.process === by && receipt.said === said);
  if (told.length === 0) return 'no';
  return told.some((receipt) => receipt.epoch !== null && receipt.epoch === epoch) ? 'yes' : 'maybe';
}

function saidBy(event: AriEvent): Said | null {
  switch (event.type) {
    case 'ChannelStateChange':
      if (event.channel.state === 'Ringing') return 'ringing';
      return event.channel.state === 'Up' ? 'answer' : null;
    case 'Dial':
      if (event.dialstatus === 'RINGING' || event.dialstatus === 'PROGRESS') return 'ringing';
      if (event.dialstatus === 'ANSWER') return 'answer';
      return event.dialstatus === 'BUSY' ? 'busy' : null;
    case 'ChannelHangupRequest':
      return event.soft === true ? 'our_hangup' : 'their_hangup';
    case 'ChannelDestroyed':
      return 'end';
    case 'StasisStart':
    case 'StasisEnd':
    case 'ChannelVarset':
    case 'ChannelUserevent':
    case 'ApplicationReplaced':
      return null;
  }
}
