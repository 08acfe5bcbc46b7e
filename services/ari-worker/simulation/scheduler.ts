/**
 * A worker's process as the scheduler knows it. Everything a worker does happens in actions that carry its process: when
 * it is dead they are dropped, while it is stopped they wait.
 */
export interface SimProcess {
  readonly name: string;
  state: 'running' | 'stopped' | 'dead';
  /** What became due while it was stopped, in that order. */
  held: Action[];
}

/** Something that happens at a moment of virtual time. */
export interface Action {
  readonly at: number;
  readonly order: number;
  /** Whose code runs; null for the world outside the workers. */
  readonly process: SimProcess | null;
  /** Null once it was canceled. */
  run: (() => void) | null;
}

/**
 * Virtual time and the one order of everything that happens in it. Nothing waits for a real clock; between two actions
 * every promise that can settle has settled, so a run depends on its seed and on nothing else.
 */
export interface Scheduler {
  /** Milliseconds since the beginning. */
  readonly now: () => number;
  /** The process whose code is running just now, or null. */
  readonly current: () => SimProcess | null;
  readonly after: (delayMs: number, process: SimProcess | null, run: () => void) => Action;
  /** Does the next thing. @returns whether there was one. */
  readonly step: () => Promise<boolean>;
  readonly wake: (process: SimProcess) => void;
}

export function createScheduler(): Scheduler {
  const heap: Action[] = [];
  let now = 0;
  let order = 0;
  let current: SimProcess | null = null;

  function after(delayMs: number, process: SimProcess | null, run: () => void): Action {
    const action = { at: now + Math.max(0, delayMs), order: order++, process, run };
    push(heap, action);
    return action;
  }

  return {
    now: () => now,
    current: () => current,
    after,
    step: async () => {
      const action = pop(heap);
      if (action === undefined) return false;
      now = action.at;
      const { process, run } = action;
      if (run === null || process?.state === 'dead') return true;
      if (process === null) {
        run();
        return true;
      }
      if (process.state === 'stopped') {
        process.held.push(action);
        return true;
      }
      current = process;
      run();
      await everythingSettled();
      current = null;
      return true;
    },
    wake: (process) => {
      const { held } = process;
      process.state = 'running';
      process.held = [];
      for (const { run } of held) if (run !== null) after(0, process, run);
    },
  };
}

/**
 * Among promise jobs Node runs its tick queue only when none is left: whoever waits for a tick from within one has let all of them
 * happen. Outside of them, as in the first step of a test, the tick would come first.
 */
function everythingSettled(): Promise<void> {
  return new Promise((resolve) => {
    queueMicrotask(() => process.nextTick(resolve));
  });
}

function isBefore(a: Action, b: Action): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Action[], action: Action): void {
  let i = heap.length;
  heap.push(action);
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !isBefore(action, above)) break;
    heap[i] = above;
    i = parent;
  }
  heap[i] = action;
}

function pop(heap: Action[]): Action | undefined {
  const [first] = heap;
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let i = 0;
  for (;;) {
    const left = heap[2 * i + 1];
    if (left === undefined) break;
    const right = heap[2 * i + 2];
    const goRight = right !== undefined && isBefore(right, left);
    const child = goRight ? right : left;
    if (!isBefore(child, last)) break;
    heap[i] = child;
    i = 2 * i + (goRight ? 2 : 1);
  }
  heap[i] = last;
  return first;
}
