import { openWaitingConnection, type QueueAccess } from './connections.js';
import { cancelRequestChannel } from './originate-queue.js';

export interface CancelRequestListener {
  readonly close: () => void;
}

/**
 * Calls `onCancelRequest` when some client wants a call gone, with its id. Only a wake-up: the cancel request itself stands in the
 * call's row, and the owner looks for it every second anyway, so that a lost message costs a second at most.
 */
export function openCancelRequestListener(
  options: QueueAccess & { readonly onCancelRequest: (callId: string) => void },
): CancelRequestListener {
  const client = openWaitingConnection(options, 'cancel requests');
  client.on('message', (_channel: string, callId: string) => options.onCancelRequest(callId));
  client.on('ready', () => {
    client.subscribe(cancelRequestChannel(options.prefix)).catch(() => undefined); // Tried again with the next connection.
  });
  return { close: () => client.disconnect() };
}
