import { AUDIT_EVENTS, type AuditEvent } from '@dialgate/domain';
import { USERNAME } from '@dialgate/database';
import Joi from 'joi';

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

export const CURSOR = /^[A-Za-z0-9_-]{1,60}$/;

/** RFC 3339 §5.6 */
const TIME = /^[2-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

const time = Joi.string().custom((text: string, helpers) =>
  TIME.test(text) && !Number.isNaN(Date.parse(text))
    ? text
    : helpers.message({ custom: 'must be a time such as 2026-01-15T09:30:00Z' }),
);

export const auditQuery = Joi.object<AuditQuery, true>({
  event: Joi.string().valid(...(Object.keys(AUDIT_EVENTS) as AuditEvent[])),
  user: Joi.string().pattern(USERNAME).messages({ 'string.pattern.base': 'must be a username, in lower case' }),
  from: time,
  to: time,
  limit: Joi.string()
    .pattern(/^([1-9]\d{0,2}|1000)$/)
    .messages({ 'string.pattern.base': `must be a number from 1 to ${AUDIT_PAGE.max}` }),
  cursor: Joi.string().pattern(CURSOR).messages({ 'string.pattern.base': 'must be the next_cursor of a page' }),
});
