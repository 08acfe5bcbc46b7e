import { DialgateError } from '@dialgate/domain';
import type { RequestHandler } from 'express';
import { userOf } from '../middleware/locals.js';

/**
 * Lets no suspended user ask for calls; stands behind `requireUser`. All else stays open to them: whoever was robbed of a token
 * must be able to see what was done with it, and to hang up.
 *
 * @throws DialgateError `user_suspended`
 */
export const refuseSuspended: RequestHandler = (_req, res, next) => {
  if (userOf(res).suspended) {
    throw new DialgateError('user_suspended', 'You are suspended: no calls until an admin lifts it.');
  }
  next();
};
