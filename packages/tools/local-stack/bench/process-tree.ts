import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second. */
const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 50;

interface Seen {
  readonly parent: number;
  /** Seconds of its own, and of the children it has waited for. */
  own: number;
  waited: number;
  alive: boolean;
}

/** Watches a process and all that come from it, whoever their parent is later. */
export interface ProcessTree {
  /** CPU seconds of all of them so far, also of those that are gone. */
  readonly cpuSeconds: () => number;
  /** The living ones whose command line contains this. */
  readonly pidsOf: (words: string) => number[];
  readonly stop: () => void;
}

/** Looks twenty times a second; what is too short to be seen is found in its parent's account. */
export function watchTree(root: number): ProcessTree {
  const seen = new Map<number, Seen>();

  function sample(): void {
    const now = new Map<number, Omit<Seen, 'alive'>>();
    for (const name of readdirSync('/proc')) {
      const process = /^\d+$/.test(name) ? statOf(Number(name)) : null;
      if (process !== null) now.set(Number(name), process);
    }
    for (const one of seen.values()) one.alive = false;
    let found = true;
    while (found) {
      found = false;
      for (const [pid, process] of now) {
        const ours = pid === root || seen.has(pid) || seen.has(process.parent);
        if (!ours || seen.get(pid)?.alive === true) continue;
        seen.set(pid, { ...process, parent: seen.get(pid)?.parent ?? process.parent, alive: true });
        found = true;
      }
    }
  }

  const timer = setInterval(sample, SAMPLE_MS);
  sample();
  return {
    cpuSeconds: () => {
      sample();
      let sum = 0;
      for (const [pid, { own, waited }] of seen) {
        const accounted = [...seen.values()].filter((child) => child.parent === pid && !child.alive);
        const ofSeen = accounted.reduce((total, child) => total + child.own + child.waited, 0);
        sum += own + Math.max(0, waited - ofSeen);
      }
      return sum;
    },
    pidsOf: (words) =>
      [...seen].filter(([pid, { alive }]) => alive && read(`/proc/${pid}/cmdline`).includes(words)).map(([pid]) => pid),
    stop: () => clearInterval(timer),
  };
}

/** CPU seconds of one process until now, exactly. */
export function cpuSecondsOf(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((task) =>
    Number(read(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0]),
  );
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e9;
}

/** A process's share of the memory it uses, in MB: what several use together is divided among them. */
export function memoryOf(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;
}

function statOf(pid: number): Omit<Seen, 'alive'> | null {
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  if (fields.length < 15) return null;
  const [parent, user, system, waitedUser, waitedSystem] = [1, 11, 12, 13, 14].map((index) => Number(fields[index]));
  const seconds = (a = 0, b = 0): number => (a + b) / TICKS_PER_SECOND;
  return { parent: parent ?? 0, own: seconds(user, system), waited: seconds(waitedUser, waitedSystem) };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // It is gone.
  }
}
