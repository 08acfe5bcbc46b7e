/**
 * How far a slot's event socket can be relied on.
 *
 * - `disconnected`: The socket is not open: not yet, not any more, or another process has the application. What happens now
 * *   is not received. The event stream connects by itself; the slot leaves this mode when it has.
 * - `filtering`: The socket is open, and Asterisk is asked to send our kinds of events only. Without that it would not say
 *   that another process has taken the application. Asked again until Asterisk has agreed.
 * - `reconciling`: Events come, but what happened before them was lost. Rows and channels are compared, again and again
 *   until that has succeeded once.
 * - `ready`: Calls may be originated. Rows and channels are compared every 30 s, and a comparison that fails changes nothing.
 * - `closed`: The slot was given back or lost. For good.
 */
export type SlotMode = 'disconnected' | 'filtering' | 'reconciling' | 'ready' | 'closed';

/**
 * What changes it. `invalidated`: an event was lost, or the socket must have been; what is known of the slot is worth
 * nothing until it was compared anew.
 */
export type SlotEvent = 'socket_opened' | 'socket_lost' | 'filtered' | 'reconciled' | 'invalidated' | 'closed';

/** Where each event takes a slot. Absent: it stays as it is. */
export const SLOT_MODES: Readonly<Record<SlotMode, Readonly<Partial<Record<SlotEvent, SlotMode>>>>> = {
  disconnected: { socket_opened: 'filtering', closed: 'closed' },
  filtering: { filtered: 'reconciling', socket_lost: 'disconnected', closed: 'closed' },
  reconciling: { reconciled: 'ready', invalidated: 'filtering', socket_lost: 'disconnected', closed: 'closed' },
  ready: { invalidated: 'filtering', socket_lost: 'disconnected', closed: 'closed' },
  closed: {},
};
