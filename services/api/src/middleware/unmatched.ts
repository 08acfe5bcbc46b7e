import { DialgateError } from '@dialgate/domain';
import type { RequestHandler } from 'express';

/** For the end of a route: the path exists, but not with this method. */
export function onlyMethods(...methods: string[]): RequestHandler {
  const allowed = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  return (req, res) => {
    res.setHeader('Allow', allowed);
    if (req.method === 'OPTIONS') {
      res.status(204).end();
      return;
    }
    throw new DialgateError('method_not_allowed', `This path answers ${allowed}.`);
  };
}

/** For the end of all routes. */
export function notFound(): RequestHandler {
  return (req) => {
    try {
      decodeURIComponent(req.path);
    } catch {
      throw new DialgateError('invalid_request', 'The path holds a broken percent-encoding.');
    }
    throw new DialgateError('not_found', 'There is nothing at this path.');
  };
}

/** Paths are echoed in errors. Ours are short, and so are the board's. */
const URL_MAX_LENGTH = 4_096;

/** @throws DialgateError `uri_too_long` */
export function noLongUrls(): RequestHandler {
  return (req, _res, next) => {
    if (req.url.length > URL_MAX_LENGTH) throw new DialgateError('uri_too_long', 'The path is too long.');
    next();
  };
}
