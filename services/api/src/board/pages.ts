import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { BoardQueues } from '@dialgate/redis';
import type { Express } from 'express';
import { BOARD_PATH, RECENT_CALLS_PATH } from '../paths.js';

/** An error of the board's own, which may know the status of its answer. */
export type BoardError = Error & { statusCode?: number };

/**
 * Bull board's own pages and data, as an application to be mounted at BOARD_PATH.
 *
 * @param inOurWords what is thrown to the API instead of an error of the board.
 */
export function createBoardPages({ queues }: BoardQueues, inOurWords: (error: BoardError) => Error): Express {
  const adapter = new ExpressAdapter().setBasePath(BOARD_PATH);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter: adapter,
    options: {
      uiBasePath: dirname(createRequire(import.meta.url).resolve('@bull-board/ui/package.json')),
      uiConfig: {
        boardTitle: 'Dialgate queues',
        hideDocsLink: true, // It leads to bull-board's own site.
        miscLinks: [{ text: 'Calls of the last hour', url: RECENT_CALLS_PATH }],
        locale: { lng: 'en-US' },
      },
    },
  });
  adapter.setErrorHandler((error: BoardError) => {
    throw inOurWords(error);
  });
  const app = adapter.getRouter() as Express;
  app.disable('x-powered-by');
  return app;
}
