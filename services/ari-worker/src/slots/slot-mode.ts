import type { WrongAsterisk } from '@dialgate/database';

/**
 * How far a slot's event socket can be relied on.
 *
 * - `disconnected`: The socket is not open: not yet, not any more, or another process has the application. What happens now
 *   is not received. The event stream connects by itself; the slot leaves this mode when it has.
 * - `filtering`: The socket is open. Asterisk is asked who it is, and to send our kinds of events only. Without that it would not
 *   say that another process has taken the application. Asked again until Asterisk has agreed.
 * - `reconciling`: Events come, but what happened before them was lost. Rows and channels are compared, again and again
 *   until that has succeeded once.
 * - `ready`: Calls may be originated. Rows and channels are compared every 30 s; a comparison that fails leads back to
 *   `reconciling`: an Asterisk that cannot be asked is not one to call on.
 * - `misplaced`: Another Asterisk answers than the slot's. The worker leaves it.
 * - `closed`: The slot was given back or lost. For good.
 */
export type SlotMode = 'disconnected' | 'filtering' | 'reconciling' | 'ready' | 'misplaced' | 'closed';

/**
 * What changes it. `invalidated`: an event was lost, or the socket must have been; what is known of the slot is worth
 * nothing until it was compared anew.
 */
export type SlotEvent =
  | 'socket_opened'
  | 'socket_lost'
  | WrongAsterisk
  | 'filtered'
  | 'reconciled'
  | 'reconcile_failed'
  | 'invalidated'
  | 'closed';

/** Where each event takes a slot. Absent: it stays as it is. */
export const SLOT_MODES: Readonly<Record<SlotMode, Readonly<Partial<Record<SlotEvent, SlotMode>>>>> = {
  disconnected: { socket_opened: 'filtering', closed: 'closed' },
  filtering: { other_asterisk: 'misplaced', filtered: 'reconciling', socket_lost: 'disconnected', closed: 'closed' },
  reconciling: { reconciled: 'ready', invalidated: 'filtering', socket_lost: 'disconnected', closed: 'closed' },
  ready: {
    reconcile_failed: 'reconciling',
    invalidated: 'filtering',
    socket_lost: 'disconnected',
    closed: 'closed',
  },
  misplaced: { closed: 'closed' },
  closed: {},
};
