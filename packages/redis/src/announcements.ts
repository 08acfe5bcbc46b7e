import { soon, type Soon } from '@dialgate/service-kit';
import { openWaitingConnection, type Client, type QueueAccess } from './connections.js';
import { keyPrefix } from './originate-queue.js';

/** What one process tells the others. All are wake-ups: what there is to know stands in PostgreSQL, and is looked for without them, too. */
type Announcement = 'wishes' | 'entries';

export interface Listener {
  readonly close: () => void;
}

/**
 * Calls `onCancelRequest` when some client wants a call gone, with its id. Only a wake-up: the cancel request itself stands in the
 * call's row, and the owner looks for it every second anyway, so that a lost message costs a second at most.
 */
export function openCancelRequestListener(
  options: QueueAccess & { readonly onCancelRequest: (callId: string) => void },
): Listener {
  return listen(options, 'cancel requests', 'wishes', options.onCancelRequest);
}

/** Calls `onEntries` when somebody has written into the timeline, soon after it, and again while it goes on. Only a wake-up as well. */
export function openEntryListener(options: QueueAccess & { readonly onEntries: () => void }): Listener {
  return listen(options, 'timeline entries', 'entries', options.onEntries);
}

function listen(
  options: QueueAccess,
  role: string,
  announcement: Announcement,
  onMessage: (message: string) => void,
): Listener {
  const client = openWaitingConnection(options, role);
  client.on('message', (_channel: string, message: string) => onMessage(message));
  client.on('ready', () => {
    client.subscribe(channelOf(options.prefix, announcement)).catch(() => undefined); // Tried again with the next connection.
  });
  return { close: () => client.disconnect() };
}

/** The Redis channel of an announcement. */
function channelOf(prefix: string, announcement: Announcement): string {
  return `${keyPrefix(prefix)}:${announcement}`;
}

export function announce(
  client: Client,
  prefix: string,
  announcement: Announcement,
  message: string,
): Promise<unknown> {
  return client.publish(channelOf(prefix, announcement), message);
}

/** How often one process says that it has written entries, at most, in milliseconds: the price is the same for one and for a thousand. */
const ENTRIES_EVERY_MS = 100;

/** Says it at once for the first entry in a while, and once more behind those that came meanwhile. */
export function createEntryAnnouncer(client: Client, prefix: string): Soon {
  return soon(ENTRIES_EVERY_MS, async () => {
    // Without Redis it is found out without being said.
    if (client.status === 'ready') await announce(client, prefix, 'entries', '').catch(() => undefined);
  });
}
