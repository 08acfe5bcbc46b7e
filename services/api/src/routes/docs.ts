import { createHash } from 'node:crypto';
import { Router } from 'express';
import helmet from 'helmet';
import { STYLE } from '../docs/style.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { once } from '../once.js';

/** The API's description, for programs and for people. Both are made once, when the first is asked for. */
export function docsRoutes(version: string): Router {
  const made = once(async () => (await import('../docs/documents.js')).documents(version));
  const routes = Router();

  routes
    .route('/openapi.json')
    .get(async (_req, res) => void res.type('application/json').send((await made()).json))
    .all(onlyMethods('GET'));
  routes
    .route('/docs')
    .get(onlyItsStyle, async (_req, res) => void res.type('html').send((await made()).page))
    .all(onlyMethods('GET'));

  return routes;
}

/** The page has its one style inside and nothing to load. */
const onlyItsStyle = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    styleSrc: [`'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
});
