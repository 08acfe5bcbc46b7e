import { openWaitingConnection, type QueueAccess } from './connections.js';
import { cancelRequestChannel } from './originate-queue.js';

export interface CancelRequestListener {
  readonly close: () => void;
}

/**
 * Calls `onCancelRequest` when some client wants some call gone. Only a wake-up: the cancel request itself stands in the call's row, and the
 * owner looks for it every second anyway, so that a lost message costs a second at most.
 */
export function openCancelRequestListener(
  options: QueueAccess & { readonly onCancelRequest: () => void },
): CancelRequestListener {
  const client = openWaitingConnection(options, 'cancel requests');
  client.on('message', options.onCancelRequest);
  client.on('ready', () => {
    client.subscribe(cancelRequestChannel(options.prefix)).catch(() => undefined); // Tried again with the next connection.
  });
  return { close: () => client.disconnect() };
}
