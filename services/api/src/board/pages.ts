import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { DialgateError } from '@dialgate/domain';
import type { BoardQueues } from '@dialgate/queue';
import type { Express } from 'express';
import { BOARD_PATH } from './path.js';
import { queueUnavailable } from './unavailable.js';

/** Bull board's own pages and data, as an application to be mounted at BOARD_PATH. */
export function boardPages({ queues }: BoardQueues): Express {
  const adapter = new ExpressAdapter().setBasePath(BOARD_PATH);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter: adapter,
    options: {
      uiBasePath: dirname(createRequire(import.meta.url).resolve('@bull-board/ui/package.json')),
      uiConfig: {
        boardTitle: 'Dialgate queues',
        hideDocsLink: true, // It leads to bull-board's own site.
        locale: { lng: 'en-US' },
      },
    },
  });
  adapter.setErrorHandler((error: Error & { statusCode?: number }) => {
    if (error.statusCode !== undefined) throw new DialgateError('invalid_request', 'The board was asked for nonsense.');
    // A Redis that is frozen or has just gone: its commands fail one by one, as plain errors. Others are our mistakes.
    throw error instanceof TypeError ? error : queueUnavailable(error);
  });
  const app = adapter.getRouter() as Express;
  app.disable('x-powered-by');
  return app;
}
