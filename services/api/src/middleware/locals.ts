import type { User } from '@dialgate/database';
import type { DialgateError, Scope } from '@dialgate/domain';
import type { Response } from 'express';

/** Who sends a request, and what they may do with it. */
export interface Bearer {
  readonly user: User;
  /** What the request may do: never more than the user's role. */
  readonly scopes: readonly Scope[];
  /** The token of a login that was shown; null with an API key. */
  readonly token: { readonly id: string; readonly version: number; readonly expiresAt: Date } | null;
  /** The API key that was shown; null with a token. */
  readonly key: { readonly id: string; readonly prefix: string } | null;
}

/** What the way through the middleware leaves for those behind it. */
export interface Locals {
  requestId: string;
  user?: User;
  bearer?: Bearer;
  /** The call that the request is about, for the log. */
  callId?: string;
  /** How errors are said here, where that is not a plain problem document. */
  errorForm?: ErrorForm;
  /** The number that the request asked to call, for the audit trail. */
  askedNumber?: string;
}

export interface ErrorForm {
  /** Of the body. */
  readonly type: string;
  readonly view: (error: DialgateError, instance: string, requestId: string) => { readonly status: number };
}

export function localsOf(res: Response): Locals {
  return res.locals as Locals;
}

/** Whom `requireScope` or `requireLogin` let through. */
export function bearerOf(res: Response): Bearer {
  const { bearer } = localsOf(res);
  if (bearer === undefined) throw new Error('the route does not require a user');
  return bearer;
}

export function userOf(res: Response): User {
  return bearerOf(res).user;
}
