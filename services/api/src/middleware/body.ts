import { DialgateError } from '@dialgate/domain';
import express, { type Request, type RequestHandler } from 'express';

/** How long a body may be, in bytes: 64 KB, sixteen times what the largest sensible request needs. */
const JSON_LIMIT = 65_536;

/** A login needs a few hundred bytes. */
const LOGIN_LIMIT = 8_192;

/**
 * Reads a JSON body. None at all is fine and reads as an empty object; the last of two equal keys counts. Compressed
 * bodies are refused: a small one can unfold into gigabytes.
 *
 * @throws DialgateError `unsupported_media_type` for anything else than UTF-8 JSON
 */
export function jsonBody(): RequestHandler[] {
  const parse = express.json({ limit: JSON_LIMIT, inflate: false, type: 'application/json' });
  return [onlyTypes('application/json'), parse];
}

/** Reads a login: a form, as OAuth 2 has it, or JSON. */
export function loginBody(): RequestHandler[] {
  return [
    onlyTypes('application/x-www-form-urlencoded', 'application/json'),
    express.json({ limit: LOGIN_LIMIT, inflate: false, type: 'application/json' }),
    express.urlencoded({ limit: LOGIN_LIMIT, inflate: false, extended: false, parameterLimit: 20 }),
  ];
}

function onlyTypes(...types: string[]): RequestHandler {
  return (req, _res, next) => {
    if (hasBody(req) && typeof req.is(types) !== 'string') {
      throw new DialgateError('unsupported_media_type', `The body must be ${types.join(' or ')}.`);
    }
    next();
  };
}

/** `curl -X POST -d ''` declares a form of length 0; that is no body. */
function hasBody(req: Request): boolean {
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
