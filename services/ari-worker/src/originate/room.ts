import type { Logger } from '@dialgate/service-kit';

/**
 * How many originations a worker carries out at once. An overloaded machine, database or Asterisk makes the time between a
 * dial's permission and the dial itself longer, until it is too long for the dial to leave. Then fewer are carried out at once.
 */
export interface Room {
  readonly atOnce: number;
  /** When it was last made smaller, by `performance.now()`. What began before tells of the room before. */
  readonly cutAt: number;
}

/** What an origination has told. */
export interface Told {
  /** When it began, by `performance.now()`. */
  readonly begunAt: number;
  /**
   * `entered`: its channel came into our application, or did not within its time. `dialed`: its dial left, or was too late for it.
   */
  readonly step: 'entered' | 'dialed';
  /** How long the step took: from asking Asterisk for the channel, or the database for the permission; in milliseconds. */
  readonly tookMs: number;
}

/** A step that takes so long is nearly too late: a dial leaves within 3 s of its permission, a channel enters within 5 s. */
const NEARLY_TOO_LATE_MS = 2_500;

/** A worker begins with so many: what its machine bears it does not know yet. */
const FIRST = 10;

export function firstRoom(most: number): Room {
  return { atOnce: Math.min(FIRST, most), cutAt: -Infinity };
}

/**
 * Half of it after a step that was nearly too late, once for all that ran beside it; one more with each dial that left in time,
 * which doubles it in a round: when the load is over, so is the caution. Pure.
 *
 * @param most how many at once there may ever be.
 * @param now by `performance.now()`.
 */
export function roomAfter(room: Room, { begunAt, step, tookMs }: Told, most: number, now: number): Room {
  if (begunAt <= room.cutAt) return room;
  if (tookMs >= NEARLY_TOO_LATE_MS) return { atOnce: Math.max(1, Math.floor(room.atOnce / 2)), cutAt: now };
  return step === 'dialed' && room.atOnce < most ? { ...room, atOnce: room.atOnce + 1 } : room;
}

/** Keeps the room of one worker. */
export interface OriginateRoom {
  readonly atOnce: () => number;
  readonly learn: (told: Told) => void;
  /** @param listener is told of each change of the number. */
  readonly onChange: (listener: (atOnce: number) => void) => void;
}

/** @param most ORIGINATE_CONCURRENCY. */
export function createOriginateRoom(most: number, log: Logger): OriginateRoom {
  let room = firstRoom(most);
  let changed: (atOnce: number) => void = () => undefined;

  return {
    atOnce: () => room.atOnce,
    learn: (told) => {
      const before = room;
      room = roomAfter(room, told, most, performance.now());
      if (room.atOnce === before.atOnce) return;
      if (room.atOnce < before.atOnce) log.info({ atOnce: room.atOnce, ...told }, 'Fewer originations at once');
      changed(room.atOnce);
    },
    onChange: (listener) => (changed = listener),
  };
}
