import { Router } from 'express';
import { BOARD_PATH } from '../board/path.js';
import { onlyMethods } from '../middleware/unmatched.js';

/** Who answers here, and where to go on. */
export function rootRoutes(
  version: string,
  pages: { readonly docsEnabled: boolean; readonly boardEnabled: boolean },
): Router {
  const routes = Router();
  const about = {
    name: 'dialgate',
    version,
    links: {
      token: '/api/v2/token',
      interaction: '/api/v2/interaction/{number}',
      calls: '/api/v2/calls',
      status: '/api/v2/status/{call_id}',
      health: '/health',
      ...(pages.docsEnabled ? { docs: '/docs', openapi: '/openapi.json' } : {}),
      ...(pages.boardEnabled ? { queues: BOARD_PATH } : {}),
    },
  };
  routes
    .route('/')
    .get((_req, res) => void res.json(about))
    .all(onlyMethods('GET'));
  return routes;
}
