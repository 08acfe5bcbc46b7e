import type { BreakerMode, SlotState } from '@dialgate/database';

/** One Asterisk, with all its slots: it may have several names, and a name several of them. */
export interface Box {
  /** What people call it, the first slot's name first. */
  readonly names: readonly string[];
  /** Null while nobody has asked it. */
  readonly entityId: string | null;
  /** Also those that nobody holds. */
  readonly slots: readonly SlotState[];
}

/**
 * The slots by their boxes. A slot that has not been told which Asterisk it is on stands with the only box of its name, or by
 * itself. Pure.
 */
export function boxesOf(slots: readonly SlotState[]): Box[] {
  const idsOfName = (name: string) =>
    new Set(slots.flatMap(({ asterisk, entityId }) => (asterisk === name ? (entityId ?? []) : [])));
  const boxes = new Map<string, SlotState[]>();
  for (const slot of slots) {
    const ids = idsOfName(slot.asterisk);
    const entityId = slot.entityId ?? (ids.size === 1 ? [...ids][0] : undefined);
    const key = entityId === undefined ? `name ${slot.asterisk}` : `id ${entityId}`;
    boxes.set(key, [...(boxes.get(key) ?? []), slot]);
  }
  return [...boxes.values()].map((ofBox) => ({
    names: [...new Set(ofBox.map(({ asterisk }) => asterisk))],
    entityId: ofBox.find(({ entityId }) => entityId !== null)?.entityId ?? null,
    slots: ofBox,
  }));
}

/** Whether the box has a worker or an open call, or was served within the last day. Of others rows are left, and nobody asks. */
export function isPresent({ slots }: Box): boolean {
  return slots.some(({ held, openCalls, followedAt }) => held || openCalls > 0 || followedAt !== null);
}

/**
 * Whether the box was served within the last day and nobody holds a slot of it now; after a day it counts as retired. One whose
 * address leads to another Asterisk by now is not missed, nor one that has never said which it is. Pure.
 */
export function hasLostWorkers({ entityId, slots }: Box): boolean {
  if (entityId === null || slots.some(({ held }) => held)) return false;
  const served = slots.flatMap(({ followedAt, connection }) =>
    followedAt === null ? [] : [{ at: followedAt.getTime(), connection }],
  );
  const [last] = served.toSorted((one, other) => other.at - one.at);
  return last !== undefined && last.connection !== 'other_asterisk';
}

/**
 * The box's breaker is its least open one: calls go to it as long as that of one worker is closed. Null without workers that say
 * it. Pure.
 */
export function breakerOf({ slots }: Box): BreakerMode | null {
  const said = slots.flatMap(({ held, breaker }) => (held && breaker !== null ? [breaker] : []));
  return (['closed', 'half_open', 'open'] as const).find((mode) => said.includes(mode)) ?? null;
}

/** The lowest of its workers' rates: how many channels each has asked for is not known, and a mean would hide one that is refused. */
export function answeredRateOf({ slots }: Box): number | null {
  const rates = slots.flatMap(({ held, answeredRate }) => (held && answeredRate !== null ? [answeredRate] : []));
  return rates.length === 0 ? null : Math.min(...rates);
}
