import { createHash } from 'node:crypto';
import { Router } from 'express';
import helmet from 'helmet';
import { docsPage } from '../docs/page.js';
import { STYLE } from '../docs/style.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { apiDocument } from '../openapi/document.js';

/** The API's description, for programs and for people. Both are made once, at the start. */
export function docsRoutes(version: string): Router {
  const document = apiDocument(version);
  const json = JSON.stringify(document);
  const page = docsPage(document);
  const routes = Router();

  routes
    .route('/openapi.json')
    .get((_req, res) => void res.type('application/json').send(json))
    .all(onlyMethods('GET'));
  routes
    .route('/docs')
    .get(onlyItsStyle, (_req, res) => void res.type('html').send(page))
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
