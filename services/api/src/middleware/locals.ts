import type { User } from '@dialgate/database';
import type { Response } from 'express';

/** What the way through the middleware leaves for those behind it. */
export interface Locals {
  requestId: string;
  user?: User;
  /** The call that the request is about, for the log. */
  callId?: string;
}

export function localsOf(res: Response): Locals {
  return res.locals as Locals;
}

/** The user whom `requireUser` let through. */
export function userOf(res: Response): User {
  const { user } = localsOf(res);
  if (user === undefined) throw new Error('the route does not require a user');
  return user;
}
