import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import type * as Page from '../docs/page.js';
import { exactRouter } from '../middleware/exact-router.js';
import { hashOf } from '../middleware/csp-hash.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { once } from '../once.js';

/** The API's description, for programs and for people. Each is made when it is first asked for. */
export function createDocsRoutes(version: string): Router {
  // One buffer for all answers: a text would be copied for each, and kept until its client has read it.
  const document = once(async () => {
    const { apiDocument } = await import('../openapi/document.js');
    return Buffer.from(JSON.stringify(apiDocument(version)));
  });
  const page = once(async () => showPage(await import('../docs/page.js')));
  const routes = exactRouter();

  routes
    .route('/openapi.json')
    .get(async (_req, res) => void res.type('application/json').send(await document()))
    .all(onlyMethods('GET'));
  routes
    .route('/docs')
    .get(async (req, res, next) => void (await page())(req, res, next))
    .all(onlyMethods('GET'));
  routes.use('/docs', filesOfThePage());

  return routes;
}

/** Its own style and script are known by their hashes. Swagger UI has its symbols in its style, as `data:`. */
function showPage({ PAGE, SCRIPT, STYLE }: typeof Page): RequestHandler {
  const allow = helmet.contentSecurityPolicy({
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", hashOf(SCRIPT)],
      styleSrc: ["'self'", hashOf(STYLE)],
      imgSrc: ['data:'],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  });
  const page = Buffer.from(PAGE);
  return (req, res) => {
    allow(req, res, () => res.type('html').send(page));
  };
}

const FILES = ['/swagger-ui.css', '/swagger-ui-bundle.js'];

/** Of the package, only what the page asks for: it also has a page that shows somebody else's API. */
function filesOfThePage(): RequestHandler {
  const files = express.static(dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')));
  return (req, res, next) => {
    if (FILES.includes(req.path)) files(req, res, next);
    else next();
  };
}
