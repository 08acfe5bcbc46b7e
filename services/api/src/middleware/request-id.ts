import type { RequestHandler } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { localsOf } from './locals.js';

/** Safe in logs, headers and file names. */
const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Takes over the client's `X-Request-ID`, or makes one up, and says it in the answer. */
export function requestId(): RequestHandler {
  return (req, res, next) => {
    const given = req.headers['x-request-id'];
    const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : uuidv7();
    localsOf(res).requestId = id;
    res.setHeader('X-Request-ID', id);
    next();
  };
}
