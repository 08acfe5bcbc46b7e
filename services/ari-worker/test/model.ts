import type { Lease, Slots } from '@dialgate/database';
import type { WorkerCalls } from '../src/ports.js';
import { createModelCalls, type ModelCalls } from '../simulation/model-database.js';
import { createModelSlots } from '../simulation/model-slots.js';
import { DATABASE_RULES } from '../simulation/rows.js';
import type { SimProcess } from '../simulation/scheduler.js';

/** The simulation's models of the two tables, with nothing between them and whoever asks. */
export interface Model {
  readonly calls: ModelCalls;
  /** As a worker asks them. */
  readonly asked: WorkerCalls;
  readonly slots: Slots;
  readonly slotRows: () => unknown[];
  /** Milliseconds of virtual time. */
  readonly now: () => number;
  readonly pass: (ms: number) => void;
}

export function openModel(): Model {
  let now = 0;
  const process: SimProcess = { name: 'test', state: 'running', held: [] };
  const never = (): never => {
    throw new Error('nothing here waits or gets lost');
  };
  const parts = {
    scheduler: { now: () => now, current: () => process, after: never, step: never, wake: never },
    network: {
      send: <Answer>(_: unknown, __: unknown, { execute }: { execute: () => Answer }) =>
        Promise.resolve().then(execute),
      latencyMs: never,
      cutOff: never,
      heal: never,
    },
    service: { name: 'database' as const, away: false, outages: 0, underWay: 0, nextFates: [] },
    rules: DATABASE_RULES,
  };
  const taken = new Set<number>();
  const slots = createModelSlots({
    ...parts,
    rows: () => calls.rows(),
    onTaken: (_, { slotId }: Lease) => taken.add(slotId),
  });
  const ignore = () => undefined;
  const nobody = {
    moved: ignore,
    permissionAsked: ignore,
    permitted: ignore,
    permitReturned: ignore,
    foundOrphan: ignore,
  };
  const calls = createModelCalls({ ...parts, slots, watch: nobody });
  return {
    calls,
    asked: calls.openFor(process),
    slots: slots.openFor(process),
    slotRows: () =>
      [...taken].sort().map((id) => {
        const {
          owner = null,
          epoch = 0,
          leaseUntil = 0,
        } = (slots.state(id) ?? {}) as {
          owner?: string | null;
          epoch?: number;
          leaseUntil?: number;
        };
        return { id, owner, epoch, leaseUntil };
      }),
    now: () => now,
    pass: (ms) => (now += ms),
  };
}
