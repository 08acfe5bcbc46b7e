import {
  CALL_STATUSES,
  CONTEXT,
  CONTEXT_RULE,
  FAILURE_REASONS,
  type CallStatus,
  type FailureReason,
} from '@dialgate/domain';
import type { CallFilter } from '@dialgate/database';
import Joi from 'joi';
import { pageCursor, pageLimit } from './page.js';
import { time } from './time.js';
import { username } from './username.js';

/** The query of a list of calls: texts, as queries are; `status` may be there several times. */
export interface CallsQuery {
  status?: CallStatus | CallStatus[];
  phone_number?: string;
  last_digits?: string;
  context?: string;
  failure_reason?: FailureReason;
  created_after?: string;
  created_before?: string;
  user?: string;
  limit?: string;
  cursor?: string;
  /** `metadata.KEY`. */
  [metadata: `metadata.${string}`]: string;
}

export const CALLS_PAGE = { default: 50, max: 500 };

/** A UUID in base64url. */
const CALLS_CURSOR = /^[A-Za-z0-9_-]{48}$/;

const LAST_DIGITS = /^[0-9]{4,15}$/;

/** What of the metadata may be asked for at once. */
export const METADATA_FILTERS_MAX = 5;

const METADATA = /^metadata\.[^.]{1,64}$/;
const METADATA_VALUE_MAX = 256;

const statuses = Joi.string().valid(...CALL_STATUSES);

export const callsQuery = Joi.object<CallsQuery, true>({
  status: Joi.alternatives(statuses, Joi.array().items(statuses).max(CALL_STATUSES.length)),
  phone_number: Joi.string().max(22),
  last_digits: Joi.string().pattern(LAST_DIGITS).messages({ 'string.pattern.base': 'must be 4 to 15 digits' }),
  context: Joi.string().pattern(CONTEXT).messages({ 'string.pattern.base': CONTEXT_RULE }),
  failure_reason: Joi.string().valid(...Object.keys(FAILURE_REASONS)),
  created_after: time,
  created_before: time,
  user: username,
  limit: pageLimit(CALLS_PAGE),
  cursor: pageCursor(CALLS_CURSOR),
})
  .pattern(METADATA, Joi.string().allow('').max(METADATA_VALUE_MAX))
  .custom((query: CallsQuery, helpers) =>
    metadataOf(query).length > METADATA_FILTERS_MAX
      ? helpers.message({ custom: `must ask for at most ${METADATA_FILTERS_MAX} keys of the metadata` })
      : query,
  );

/** The filter that a query says, but for whose calls they are. */
export function filterOf(query: CallsQuery): Omit<CallFilter, 'userId'> {
  const { status, phone_number, last_digits, context, failure_reason, created_after, created_before } = query;
  return {
    statuses: status === undefined ? undefined : [status].flat(),
    // A plus that was not written as %2B has become a space on its way.
    phoneNumber: phone_number?.replace(/^ /, '+'),
    lastDigits: last_digits,
    context,
    failureReason: failure_reason,
    createdAfter: created_after === undefined ? undefined : new Date(created_after),
    createdBefore: created_before === undefined ? undefined : new Date(created_before),
    metadata: Object.fromEntries(metadataOf(query)),
  };
}

function metadataOf(query: CallsQuery): [string, string][] {
  return Object.entries(query).flatMap(([name, value]) =>
    name.startsWith('metadata.') ? [[name.slice('metadata.'.length), String(value)] as [string, string]] : [],
  );
}

/** Opaque to clients: the id of the last call of a page. */
export function cursorOf(callId: string): string {
  return Buffer.from(callId).toString('base64url');
}

/** The id in a cursor, or null when none of ours gave it out. */
export function callIdIn(cursor: string): string | null {
  const id = Buffer.from(cursor, 'base64url').toString('latin1');
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? id : null;
}
