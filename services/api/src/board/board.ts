import { DialgateError } from '@dialgate/domain';
import type { BoardQueues } from '@dialgate/redis';
import type { ErrorRequestHandler, RequestHandler, Router } from 'express';
import helmet from 'helmet';
import { httpStatusOf, setErrorHeaders } from '../middleware/errors.js';
import { localsOf } from '../middleware/locals.js';
import { exactRouter } from '../middleware/exact-router.js';
import { onlyMethods } from '../middleware/unmatched.js';
import { once } from '../once.js';
import { AWAY_PAGE } from './away-page.js';
import type { BoardError } from './pages.js';
import { BOARD_PATH } from '../paths.js';
import { queueUnavailable } from './unavailable.js';
import { askForPassword } from './require-admin.js';

/**
 * The Bull board, for admins. It shows and changes nothing: a call's row is the truth and its job a nudge. A job that was
 * removed would come back with the sweep, one that was added or edited would name no call, a retry could only find that
 * the call is claimed or over, and a paused queue lets calls expire in silence. That only GET is let through also keeps
 * other sites' pages from doing anything with a browser's remembered password.
 */
export function createBoardRoutes(deps: {
  readonly requireAdmin: RequestHandler;
  readonly board: BoardQueues;
}): Router {
  const { requireAdmin, board } = deps;
  const routes = exactRouter();
  routes.use(BOARD_PATH, requireAdmin, onlyGet, ownContentOnly, whileReady(board), withoutForeignFont, pages(board));
  routes.use(BOARD_PATH, askForPassword, inBoardWords);
  return routes;
}

/** For the page's script: it shows what stands under `error`, and else goes on with what it had as if nothing were wrong. */
const inBoardWords: ErrorRequestHandler = (error, req, res, next) => {
  if (!(error instanceof DialgateError) || !req.path.startsWith('/api/')) {
    next(error);
    return;
  }
  setErrorHeaders(req, res, error);
  const { requestId } = localsOf(res);
  res.status(httpStatusOf(error.code)).json({ error: error.message, code: error.code, request_id: requestId });
};

const otherMethods = onlyMethods('GET');

const onlyGet: RequestHandler = (req, res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD') next();
  else void otherMethods(req, res, next);
};

/** No host but this one. No `upgrade-insecure-requests`: over plain HTTP it would break every file of the page. */
const ownContentOnly: RequestHandler = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    fontSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'self'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
});

/** Says at once that Redis is away, to people on a page and to the page's script as data. */
function whileReady(board: Pick<BoardQueues, 'ready'>): RequestHandler {
  return (req, res, next) => {
    if (board.ready() || req.path.startsWith('/static/')) next();
    else if (req.path.startsWith('/api/') || req.accepts('json', 'html') !== 'html') throw queueUnavailable();
    else res.status(503).set('Retry-After', '5').type('html').send(AWAY_PAGE);
  };
}

const FOREIGN_STYLESHEET = /<link [^>]*href="https?:[^>]*>/g;

/** bull-board's page asks Google for its typeface; the policy would stop that, with a complaint in every console. */
const withoutForeignFont: RequestHandler = (_req, res, next) => {
  const send = res.send.bind(res);
  res.send = (body: unknown) => {
    const isPage = typeof body === 'string' && !res.hasHeader('Content-Type');
    return send(isPage ? body.replace(FOREIGN_STYLESHEET, '') : body);
  };
  next();
};

/** A Redis that is frozen or has just gone: its commands fail one by one, as plain errors. Others are our mistakes. */
function inOurWords(error: BoardError): Error {
  if (error.statusCode !== undefined) return new DialgateError('invalid_request', 'The board was asked for nonsense.');
  return error instanceof TypeError ? error : queueUnavailable(error);
}

/** Bull board itself is loaded when it is first looked at. */
function pages(board: BoardQueues): RequestHandler {
  const app = once(async () => (await import('./pages.js')).createBoardPages(board, inOurWords));
  return async (req, res, next) => {
    (await app())(req, res, next);
  };
}
