import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Applications, EventReceiver } from './applications.js';
import type { Conditions } from './conditions.js';
import type { WebSocketConnection } from './websockets.js';
import { webSocketUpgrader } from './websockets.js';

/** The WebSockets that events leave by. */
export interface EventSockets {
  /** Opens the applications named in `?app=a,b` on an upgraded connection. */
  open(request: IncomingMessage, socket: Duplex, head: Buffer, query: URLSearchParams): void;
  /** Cuts every socket, or those of one application, without a close frame. Returns how many. */
  cut(application?: string): number;
}

/** No socket is open at first. */
export function createEventSockets({
  applications,
  conditions,
}: {
  applications: Applications;
  conditions: Conditions;
}): EventSockets {
  const upgrade = webSocketUpgrader();
  const open = new Map<WebSocketConnection, { names: readonly string[]; receiver: FrostyReceiver }>();

  conditions.onFrost((frozen) => {
    for (const [connection, { receiver }] of open) {
      if (frozen) connection.pause();
      else {
        connection.resume();
        receiver.release();
      }
    }
  });

  return {
    open(request, socket, head, query) {
      const names = (query.get('app') ?? '').split(',').filter((name) => name !== '');
      const subscribesAll = query.get('subscribeAll') === 'true';

      upgrade(request, socket, head, (connection) => {
        const receiver = frostyReceiver(connection, conditions);
        open.set(connection, { names, receiver });
        connection.on('error', () => connection.terminate());
        connection.on('close', () => {
          open.delete(connection);
          applications.disconnect(names, receiver);
        });
        applications.connect(names, receiver, subscribesAll);
      });
    },

    cut(application) {
      const struck = [...open].filter(([, { names }]) => application === undefined || names.includes(application));
      for (const [connection, { names, receiver }] of struck) {
        // At once, not when the close is noticed: what happens from now on is lost.
        applications.disconnect(names, receiver);
        connection.terminate();
      }
      return struck.length;
    },
  };
}

type FrostyReceiver = EventReceiver & { release(): void };

/** Sends at once, or, while everything is frozen, when it thaws. */
function frostyReceiver(connection: WebSocketConnection, conditions: Conditions): FrostyReceiver {
  let waiting: string[] = [];
  return {
    send(text) {
      if (conditions.isFrozen()) waiting.push(text);
      else connection.send(text);
    },
    release() {
      const due = waiting;
      waiting = [];
      for (const text of due) connection.send(text);
    },
  };
}
