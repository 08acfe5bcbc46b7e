import { existsSync, readdirSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** From when on a server's wall clock was ahead of everybody's, and by how much; both in milliseconds. */
export interface ClockStep {
  /** By everybody's clock, since the epoch. */
  readonly at: number;
  readonly aheadMs: number;
}

/** A wall clock of one server that can be set while it runs. What it measures, instead of reading a clock, goes on as it did. */
export interface SteppedClock {
  /** For the server's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on the server's clock is so many seconds ahead of everybody's, or behind it. */
  readonly set: (aheadSeconds: number) => Promise<void>;
  /** In their order, from the beginning. */
  readonly steps: readonly ClockStep[];
}

/** Where Debian's package `libfaketime` has the library for programs of one thread, such as PostgreSQL; null without it. */
export function faketimeLibrary(): string | null {
  const libraries = '/usr/lib';
  if (!existsSync(libraries)) return null;
  const places = readdirSync(libraries).map((each) => join(libraries, each, 'faketime', 'libfaketime.so.1'));
  return places.find((place) => existsSync(place)) ?? null;
}

/** @param directory for the file by which the clock is set; the server's user must be able to read it. */
export async function steppedClock(directory: string): Promise<SteppedClock> {
  const library = faketimeLibrary();
  if (library === null) throw new Error('libfaketime is not installed');
  const file = join(directory, 'clock');
  const steps: ClockStep[] = [];

  async function set(aheadSeconds: number): Promise<void> {
    // In one piece: all processes of the server see it at once.
    await writeFile(`${file}.part`, `${aheadSeconds < 0 ? '' : '+'}${String(aheadSeconds)}\n`, { mode: 0o644 });
    await rename(`${file}.part`, file);
    steps.push({ at: Date.now(), aheadMs: aheadSeconds * 1_000 });
  }

  await set(0);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set,
    steps,
  };
}
