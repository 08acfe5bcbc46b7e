import type { Logger } from '@dialgate/logging';
import { Redis } from 'ioredis';
import { logOutages, wishChannel } from './originate-queue.js';

export interface WishListener {
  readonly close: () => void;
}

/**
 * Calls `onWish` when some client wants some call gone. Only a wake-up: the wish itself stands in the call's row, and the
 * owner looks for it every second anyway, so that a lost message costs a second at most.
 */
export function openWishListener(options: {
  readonly redisUrl: string;
  readonly prefix: string;
  readonly log: Logger;
  readonly onWish: () => void;
}): WishListener {
  const client = new Redis(options.redisUrl, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * times, 2_000),
  });
  logOutages(client, options.log, 'wishes');
  client.on('message', options.onWish);
  client.on('ready', () => {
    client.subscribe(wishChannel(options.prefix)).catch(() => undefined); // Tried again with the next connection.
  });
  return { close: () => client.disconnect() };
}
