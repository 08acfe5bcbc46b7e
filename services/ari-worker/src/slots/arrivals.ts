/** A channel that is about to enter our application. */
export interface Arrival {
  /** Whether it enters within so many milliseconds from now; false at once when the socket is lost. */
  readonly within: (ms: number) => Promise<boolean>;
  /** Listens no more. */
  readonly forget: () => void;
}

/** For a slot that was lost just before: no channel enters it any more. */
export const NO_ARRIVAL: Arrival = { within: () => Promise.resolve(false), forget: () => undefined };

export type Arrivals = ReturnType<typeof createArrivals>;

/** Who waits for which channel to enter a slot's application. */
export function createArrivals() {
  const waiting = new Map<string, (entered: boolean) => void>();

  return {
    expect: (channelId: string): Arrival => {
      let tell: (entered: boolean) => void = () => undefined;
      const entered = new Promise<boolean>((resolve) => (tell = resolve));
      waiting.set(channelId, tell);
      return {
        within: async (ms) => {
          const giveUp = setTimeout(() => tell(false), ms);
          try {
            return await entered;
          } finally {
            clearTimeout(giveUp);
          }
        },
        forget: () => waiting.delete(channelId),
      };
    },
    entered: (channelId: string): void => waiting.get(channelId)?.(true),
    /** Channels that were entering died with the socket, or their event is lost; either way nobody will tell. */
    socketLost: (): void => {
      for (const tell of [...waiting.values()]) tell(false);
    },
  };
}
