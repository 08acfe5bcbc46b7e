import { connectPatiently, type QueueAccess } from './connections.js';
import { wishChannel } from './originate-queue.js';

export interface WishListener {
  readonly close: () => void;
}

/**
 * Calls `onWish` when some client wants some call gone. Only a wake-up: the wish itself stands in the call's row, and the
 * owner looks for it every second anyway, so that a lost message costs a second at most.
 */
export function openWishListener(options: QueueAccess & { readonly onWish: () => void }): WishListener {
  const client = connectPatiently(options, 'wishes');
  client.on('message', options.onWish);
  client.on('ready', () => {
    client.subscribe(wishChannel(options.prefix)).catch(() => undefined); // Tried again with the next connection.
  });
  return { close: () => client.disconnect() };
}
