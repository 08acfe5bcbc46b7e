import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveMemory } from './collecting.js';

/** What a process held at a moment. */
export interface UsageSample {
  /** In milliseconds, by `performance.now()`. */
  readonly at: number;
  readonly residentMegabytes: number;
  /** After its last collection; null before there was one. */
  readonly liveMegabytes: number | null;
  /** Open files and sockets. */
  readonly descriptors: number;
}

/** A process to be looked at. */
export interface Watched {
  readonly pid: number;
  readonly memory: Pick<LiveMemory, 'megabytes'>;
}

const SAMPLE_EVERY_MS = 2_000;

/**
 * Samples processes, by their names, for so many milliseconds, by default every 2,000. One that ends has no samples from then on.
 */
export async function sampleUsage<Name extends string>(
  processes: Readonly<Record<Name, Watched>>,
  { forMs, everyMs = SAMPLE_EVERY_MS }: { readonly forMs: number; readonly everyMs?: number },
): Promise<Record<Name, UsageSample[]>> {
  const names = Object.keys(processes) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, UsageSample[]>;
  const until = performance.now() + forMs;
  // Timers may end a little early: what is counted as well is never one sample too many.
  for (let left = Math.ceil(forMs / everyMs); left > 0 && performance.now() < until; left--) {
    for (const name of names) samples[name].push(...sampleOf(processes[name]));
    await sleep(everyMs);
  }
  return samples;
}

/** The memory of a process that is in RAM (VmRSS), in megabytes. @throws when there is no such process. */
export function residentMegabytes(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1_024;
}

/** One sample, or none when the process has ended: that is a finding of its own, made by who started it. */
function sampleOf({ pid, memory }: Watched): UsageSample[] {
  try {
    const descriptors = readdirSync(`/proc/${String(pid)}/fd`).length;
    const held = { residentMegabytes: residentMegabytes(pid), liveMegabytes: memory.megabytes(), descriptors };
    return [{ at: performance.now(), ...held }];
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOENT' || code === 'ESRCH';
}
