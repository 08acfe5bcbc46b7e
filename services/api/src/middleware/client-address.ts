import { isIP } from 'node:net';
import type { Logger } from '@dialgate/service-kit';
import type { Request, RequestHandler } from 'express';

/**
 * The address a request comes from, as TRUST_PROXY has it: for keys and logs. A trusted proxy may pass on what is no address
 * (`unknown`, or one with a port); then it is the connection's own.
 *
 * @returns undefined when the client has hung up.
 */
export function clientAddress(req: Request): string | undefined {
  const told = req.ip;
  return told !== undefined && isIP(told) !== 0 ? told : req.socket.remoteAddress;
}

/** Segments of a path, and no slash at the end. */
const PREFIX = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,8}$/;

/** What a trusted proxy has taken off the path in front, by its `X-Forwarded-Prefix`; empty when it says nothing. */
export function forwardedPrefix(req: Request): string {
  const prefix = req.headers['x-forwarded-prefix'];
  if (typeof prefix !== 'string' || prefix.length > 100 || !PREFIX.test(prefix)) return '';
  const isTrusted = req.app.get('trust proxy fn') as (address: string | undefined, hop: number) => boolean;
  return isTrusted(req.socket.remoteAddress, 0) ? prefix : '';
}

/** Says once that a proxy stands in front which nobody has told us of: all its clients share one address until then. */
export function noticeProxy(log: Logger): RequestHandler {
  let noticed = false;
  return (req, _res, next) => {
    if (!noticed && req.headers['x-forwarded-for'] !== undefined) {
      noticed = true;
      log.warn({ address: clientAddress(req), setting: 'TRUST_PROXY=false' }, 'X-Forwarded-For is not believed');
    }
    next();
  };
}
