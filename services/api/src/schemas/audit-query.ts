import { AUDIT_EVENTS, type AuditEvent } from '@dialgate/domain';
import Joi from 'joi';
import { pageCursor, pageLimit } from './page.js';
import { time } from './time.js';
import { username } from './username.js';

/** The query of a look into the audit trail: texts, as queries are. */
export interface AuditQuery {
  event?: AuditEvent;
  user?: string;
  from?: string;
  to?: string;
  limit?: string;
  cursor?: string;
}

export const AUDIT_PAGE = { default: 50, max: 1_000 };

export const auditQuery = Joi.object<AuditQuery, true>({
  event: Joi.string().valid(...(Object.keys(AUDIT_EVENTS) as AuditEvent[])),
  user: username,
  from: time,
  to: time,
  limit: pageLimit(AUDIT_PAGE),
  cursor: pageCursor(/^[A-Za-z0-9_-]{1,60}$/),
});
