import type { Router } from 'express';
import { exactRouter } from '../middleware/exact-router.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { API_BASE, BOARD_PATH, RECENT_CALLS_PATH } from '../paths.js';

/** Who answers here, and where to go on. */
export function createRootRoutes(
  version: string,
  pages: { readonly docsEnabled: boolean; readonly boardEnabled: boolean },
): Router {
  const routes = exactRouter();
  const about = {
    name: 'dialgate',
    version,
    links: {
      token: `${API_BASE}/token`,
      interaction: `${API_BASE}/interaction/{number}`,
      calls: `${API_BASE}/calls`,
      status: `${API_BASE}/status/{call_id}`,
      health: '/health',
      ...(pages.docsEnabled ? { docs: '/docs', openapi: '/openapi.json' } : {}),
      ...(pages.boardEnabled ? { queues: BOARD_PATH, recent_calls: RECENT_CALLS_PATH } : {}),
    },
  };
  routes
    .route('/')
    .get((_req, res) => void res.json(about))
    .all(onlyMethods('GET'));
  return routes;
}
