import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from './installation.js';

const SETTLE_WITHIN_MS = 150_000;
const LOOK_EVERY_MS = 250;

/**
 * Waits until every call has its end and every channel is gone, or for so long that it is a finding.
 *
 * @param channels how many channels live in Asterisk.
 */
export async function settle(
  { sql, pace }: Pick<Installation, 'sql' | 'pace'>,
  channels: () => number | Promise<number>,
): Promise<void> {
  const since = performance.now();
  while (performance.now() - since < SETTLE_WITHIN_MS * pace().factor) {
    const open = await sql<{ open: number }>('SELECT count(*)::int AS open FROM calls WHERE ended_at IS NULL')
      .then(([row]) => row?.open ?? 1)
      .catch(() => 1);
    if (open === 0 && (await channels()) === 0) return;
    await sleep(LOOK_EVERY_MS);
  }
}

/** The open calls of today, by indexes: reading a whole backlog (R39) would slow down what is measured. */
const OPEN_NOW = `
  SELECT id FROM calls WHERE ended_at IS NULL AND slot_id IS NOT NULL
  UNION
  SELECT id FROM calls WHERE ended_at IS NULL AND dial_sent_at IS NULL AND expires_at < now() + interval '12 hours'`;

/** Notes when each call's end could first be read. */
export function watchFinals({ sql }: Pick<Installation, 'sql'>) {
  const seenAt = new Map<string, number>();
  const open = new Set<string>();
  let watching = true;
  const watched = watch();

  async function watch(): Promise<void> {
    while (watching) {
      const askedAt = performance.now();
      await look().catch(() => undefined); // The database may be away just now.
      await sleep(LOOK_EVERY_MS + 4 * (performance.now() - askedAt));
    }
    await look();
  }

  async function look(): Promise<void> {
    const rows = await sql<{ id: string }>(OPEN_NOW);
    const now = Date.now();
    const still = new Set(rows.map(({ id }) => id));
    for (const id of open) {
      if (still.has(id)) continue;
      seenAt.set(id, now);
      open.delete(id);
    }
    for (const id of still) open.add(id);
  }

  return {
    seenAt,
    stop: async () => {
      watching = false;
      await watched.catch(() => undefined);
    },
  };
}
