/** What reading channels costs, counted in the channels of a list. */
export interface ListCosts {
  /** To ask for one channel by its name: a request, against a line of a list. */
  readonly perCall: number;
  /** A list of so few costs about as much as doing nothing. */
  readonly free: number;
}

export const LIST_COSTS: ListCosts = { perCall: 10, free: 100 };

export interface ChannelLists {
  /** Whether all channels of the Asterisk are to be listed, and not only those of the slot's open calls asked for. */
  readonly mustList: (slotId: number, openCalls: number) => boolean;
  /** Takes note of a list: of how many channels, and how many of them were in the slot's application. */
  readonly listed: (slotId: number, channels: number, inApp: number) => void;
}

/**
 * When a slot's reconciliation lists all channels of its Asterisk. Each slot does so now and then, for only a list shows
 * channels that belong to no call. But with a hundred slots on one Asterisk that would be a hundred lists of everything, again and
 * again. So a slot asks for the channels of its own calls by their names, until that has cost as much as another list would:
 * what it costs grows with its own calls. Where all channels are few, or most of them its own, it lists them each time.
 */
export function createChannelLists({ perCall, free }: ListCosts = LIST_COSTS): ChannelLists {
  const lists = new Map<number, { readonly channels: number; readonly inApp: number; spent: number }>();

  return {
    mustList: (slotId, openCalls) => {
      const last = lists.get(slotId);
      if (last === undefined) return true;
      last.spent += openCalls * perCall + free;
      // What is left in the application of a slot without calls keeps it from being given back.
      return last.spent >= last.channels || (openCalls === 0 && last.inApp > 0);
    },
    listed: (slotId, channels, inApp) => {
      lists.set(slotId, { channels, inApp, spent: 0 });
    },
  };
}
