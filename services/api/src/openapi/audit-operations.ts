import type { PathsObject } from 'openapi3-ts/oas31';
import { API_BASE } from '../paths.js';
import { AUDIT_PAGE, auditQuery } from '../schemas/audit-query.js';
import { invalidFields } from '../schemas/valid.js';
import { OURS, problems } from './errors.js';
import { CALL_ID, REQUEST_ID as EXAMPLE_ID } from './examples.js';
import { answer, json, REQUEST_ID } from './parts.js';
import { query } from './requests.js';
import { needs } from './scopes.js';

const AT = `${API_BASE}/audit`;

const ENTRY = {
  id: '4711',
  at: '2026-01-15T09:30:00.123Z',
  event: 'call_canceled',
  source: 'api',
  user_id: '019b0c1e-6a11-7b2c-9d3e-4f5a6b7c8d9e',
  user: 'maria',
  subject_kind: 'call',
  subject: CALL_ID,
  address: '203.0.113.7',
  request_id: EXAMPLE_ID,
  detail: {},
};

/** Looking into the audit trail. */
export const auditPaths: PathsObject = {
  [AT]: {
    get: {
      operationId: 'getAudit',
      tags: ['Access'],
      summary: 'Who did what, from where',
      description:
        'The audit trail, the latest entry first; for admins. Entries appear half a second after what they tell of, are never ' +
        'changed, and are kept for `AUDIT_DAYS`.',
      ...needs('admin'),
      parameters: [
        ...query(auditQuery, {
          event: 'Only these.',
          user: 'Only what the user of this name did, wrong logins under it among them.',
          from: 'Only what happened then or later.',
          to: 'Only what happened before.',
          limit: 'How many entries a page has.',
          cursor: 'The `next_cursor` of the page before.',
        }),
        REQUEST_ID,
      ],
      responses: {
        200: answer(
          'A page of the trail.',
          json('AuditPage', { page: { value: { entries: [ENTRY], next_cursor: null } } }),
        ),
        ...problems(
          AT,
          ['unauthorized', 'forbidden', 'invalid_request', ...OURS],
          [invalidFields([{ field: 'query.limit', problem: `must be a number from 1 to ${AUDIT_PAGE.max}` }])],
        ),
      },
    },
  },
};
