import type { Fault } from '../fault.js';
import { faketimeLibrary } from '../stepped-clock.js';
import type { Stage } from '../stage.js';
import { seconds } from './steps.js';

/**
 * How far ahead of everybody's the clock is, in seconds, one setting after the other. Not forward by an hour: by the clock that
 * decides, every call would have lasted for longer than MAX_CALL_SECONDS then, and every waiting one would have expired.
 */
const SETTINGS = [20, 0, -3_600] as const;

/** How far two clocks of one machine may be apart when they are asked one after the other, in milliseconds. */
const SAME_MS = 1_000;

/** The database's clock is set while calls are up. */
export const CLOCK_FAULTS: readonly Fault[] = [
  {
    id: 'R50',
    title: 'PostgreSQL’s clock is set forward by 20 s, back by 20 s, and back by an hour',
    servers: { postgres: 'stepped-clock' },
    keepsSlots: true, // Although leases are by this clock, and have all run out when it jumps by more than one lasts.
    whole: { calls: 500, strikes: SETTINGS.length },
    perSecond: 10,
    mix: 'long',
    strike: async (stage, { strikes }) => {
      for (const ahead of SETTINGS.slice(0, strikes)) {
        await seconds(12);
        stage.troubles.begin()();
        await stage.servers.clock?.set(ahead);
        await expectAhead(stage, ahead);
      }
      await seconds(12);
    },
    unavailable: () => (faketimeLibrary() === null ? 'Debian’s libfaketime is not installed' : null),
  },
];

/** A clock that was not set after all would make this fault toothless. */
async function expectAhead(stage: Stage, aheadSeconds: number): Promise<void> {
  const [row] = await stage.sql<{ now: number }>('SELECT (extract(epoch FROM now()) * 1000)::float8 AS now');
  const off = (row?.now ?? NaN) - Date.now() - aheadSeconds * 1_000;
  if (!(Math.abs(off) < stage.pace().allow(SAME_MS, Date.now()))) {
    stage.complain(`PostgreSQL’s clock should be ${String(aheadSeconds)} s ahead, and is so by ${String(off)} ms more`);
  }
}
