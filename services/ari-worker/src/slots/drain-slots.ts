import type { SlotState } from '@dialgate/database';
import { sleep } from '@dialgate/service-kit';
import type { SlotParts } from './slot-leases.js';

const POLL_MS = 250;

/**
 * Lets the leases go at once if there is another worker for them; the sockets stay open, and answered calls are sent on, until
 * the adopter has the application or the time is over.
 */
export async function handOverSlots(parts: SlotParts): Promise<void> {
  const { slots, held, log } = parts;
  if (!(await isAnotherAlive(parts))) return;
  const deadline = performance.now() + slots.times.handoverMs;
  for (const { lease } of held.all()) {
    if ((await openCallsOf(parts, lease.slotId)) === 0) continue;
    await slots.letGo(lease).catch((error: unknown) => log.warn({ error }, 'Slot not let go'));
    log.info({ app: lease.app }, 'Slot handed over');
  }
  await untilAllOver(parts, deadline);
}

/**
 * Waits until every slot has been taken over or has no open call any more.
 *
 * @param deadline by `performance.now()`; longer it does not wait.
 */
export async function untilAllOver(parts: SlotParts, deadline: number): Promise<void> {
  while (performance.now() < deadline && !(await areAllOver(parts))) {
    await sleep(POLL_MS);
  }
}

async function areAllOver(parts: SlotParts): Promise<boolean> {
  const busy = parts.held.all().filter((session) => session.connection() !== 'replaced');
  const open = await Promise.all(busy.map(({ lease }) => openCallsOf(parts, lease.slotId)));
  return open.every((count) => count === 0);
}

/** Of the same box: two may have one name, and one may have two. By its name only while it has not said which it is. */
async function isAnotherAlive({ slots, asterisk, holder }: SlotParts): Promise<boolean> {
  const all = await slots.list().catch(() => []);
  const entityId = all.find((slot) => slot.holder === holder)?.entityId ?? null;
  const isOfBox = (slot: SlotState): boolean =>
    entityId === null ? slot.asterisk === asterisk : slot.entityId === entityId;
  return all.some((slot) => isOfBox(slot) && slot.held && slot.connection === 'connected' && slot.holder !== holder);
}

/** Counted as busy while the database cannot say. */
function openCallsOf({ openCalls }: SlotParts, slotId: number): Promise<number> {
  return openCalls(slotId).catch(() => 1);
}
