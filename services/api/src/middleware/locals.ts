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
