/**
 * How far Asterisk has come with starting. `starting`: HTTP is up, ARI is not loaded, every path is an HTML 404;
 * `not-booted`: ARI answers 503 to whoever is authenticated; `ready`: it works.
 */
export type Phase = 'starting' | 'not-booted' | 'ready';

/** The state the whole server is in, which every request and every socket looks at. */
export interface Conditions {
  phase: Phase;
  /** Grows with every end of Asterisk: a request that waited for an earlier one dies with it, never executed. */
  generation: number;
  /** From now on nothing is answered and nothing is sent, but nothing is refused or closed either. */
  freeze(): void;
  /** Everything that waited goes on, in its order. */
  thaw(): void;
  /** Resolves when there is no frost (at once, without a turn of the event loop, if there is none). */
  thawed(): Promise<void> | null;
  isFrozen(): boolean;
  /** Called at every change of frost. */
  onFrost(listener: (frozen: boolean) => void): void;
}

/** Ready and mild. */
export function createConditions(): Conditions {
  const listeners: ((frozen: boolean) => void)[] = [];
  let frost: { over: Promise<void>; end: () => void } | null = null;

  return {
    phase: 'ready',
    generation: 0,
    freeze() {
      if (frost !== null) return;
      let end: () => void = () => undefined;
      const over = new Promise<void>((resolve) => (end = resolve));
      frost = { over, end };
      for (const listener of listeners) listener(true);
    },
    thaw() {
      if (frost === null) return;
      const { end } = frost;
      frost = null;
      for (const listener of listeners) listener(false);
      end();
    },
    thawed: () => frost?.over ?? null,
    isFrozen: () => frost !== null,
    onFrost: (listener) => void listeners.push(listener),
  };
}
