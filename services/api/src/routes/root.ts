import { Router } from 'express';
import { onlyMethods } from '../middleware/unmatched.js';

/** Who answers here, and where to go on. */
export function rootRoutes(version: string): Router {
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
    },
  };
  routes
    .route('/')
    .get((_req, res) => void res.json(about))
    .all(onlyMethods('GET'));
  return routes;
}
