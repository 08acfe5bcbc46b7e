import { DialgateError } from '@dialgate/domain';
import express, { type Request, type RequestHandler } from 'express';

/** How long a body may be, in bytes: 64 KB, sixteen times what the largest sensible request needs. */
const JSON_LIMIT = 65_536;

/** A thousand calls with a note each; more of them go in several requests. */
export const BATCH_LIMIT = 1_048_576;

/** A login needs a few hundred bytes. */
const LOGIN_LIMIT = 8_192;

/** Up to so many bytes are read of a body that is too long, so that its sender hears why; then the connection is cut. */
const READ_AT_MOST = 1_048_576;

/** Refuses at once what says itself that it is far too long for any route. @throws DialgateError `payload_too_large` */
export function noHugeBodies(): RequestHandler {
  return (req, res, next) => {
    if (Number(req.headers['content-length'] ?? 0) > READ_AT_MOST) {
      res.setHeader('Connection', 'close');
      throw new DialgateError('payload_too_large', 'The body is too large.');
    }
    next();
  };
}

/** For bodies that do not say how long they are. Stands right in front of their parser, which reads them to their end. */
const cutEndlessBody: RequestHandler = (req, _res, next) => {
  if (req.headers['transfer-encoding'] !== undefined) {
    let read = 0;
    req.on('data', (chunk: Buffer) => {
      read += chunk.length;
      if (read > READ_AT_MOST) req.destroy();
    });
  }
  next();
};

/**
 * Reads a JSON body. None at all is fine and reads as an empty object; the last of two equal keys counts. Compressed
 * bodies are refused: a small one can unfold into gigabytes.
 *
 * @param limit how long it may be, in bytes.
 * @throws DialgateError `unsupported_media_type` for anything else than UTF-8 JSON, `invalid_request` when its sender is gone
 */
export function jsonBody(limit = JSON_LIMIT): RequestHandler[] {
  const parse = express.json({ limit, inflate: false, type: 'application/json' });
  return [onlyTypes('application/json'), cutEndlessBody, parse, wholeBody];
}

/** Reads a login: a form, as OAuth 2 has it, or JSON. */
export function loginBody(): RequestHandler[] {
  return [
    onlyTypes('application/x-www-form-urlencoded', 'application/json'),
    cutEndlessBody,
    express.json({ limit: LOGIN_LIMIT, inflate: false, type: 'application/json' }),
    express.urlencoded({ limit: LOGIN_LIMIT, inflate: false, extended: false, parameterLimit: 20 }),
    wholeBody,
  ];
}

/**
 * The parser passes over a body whose sender has hung up before it came to reading (body-parser 2.4, `isFinished`). That is not the
 * same as no body: a call would be placed with none of what its client said of it.
 */
const wholeBody: RequestHandler = (req, _res, next) => {
  if (hasBody(req) && req.body === undefined) {
    throw new DialgateError('invalid_request', 'The connection broke off before the body was read.');
  }
  next();
};

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
