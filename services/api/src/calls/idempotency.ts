import { createHash } from 'node:crypto';
import { DialgateError } from '@dialgate/domain';
import type { CallOptions } from '../schemas/create-call.js';
import { KEY_MAX_LENGTH } from '../schemas/idempotency-key.js';

/** RFC 8941 §3.3.3: a quoted string, in which only quotes and backslashes are escaped. */
const QUOTED = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

const BARE = /^[\x21\x23-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/**
 * The key of an `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header-07): a quoted string, or the bare text
 * that many clients send. Null without the header.
 *
 * @param given every such header of the request.
 * @throws DialgateError `invalid_request` when it is neither, too long or there twice.
 */
export function idempotencyKey(given: readonly string[] | undefined): string | null {
  if (given === undefined || given.length === 0) return null;
  const [header = ''] = given;
  const key = QUOTED.exec(header)?.[1]?.replace(/\\(["\\])/g, '$1') ?? (BARE.test(header) ? header : '');
  if (given.length === 1 && key.length >= 1 && key.length <= KEY_MAX_LENGTH) return key;
  throw new DialgateError('invalid_request', 'The Idempotency-Key header is wrong.', {
    fields: [
      {
        field: 'header.Idempotency-Key',
        problem: `must be one string of 1 to ${KEY_MAX_LENGTH} printable ASCII characters`,
      },
    ],
  });
}

/**
 * Tells two requests under one key apart: sha256 in hexadecimal over the route, the number and what the client said,
 * whatever the order in which it said it. Defaults are left out, so that a changed configuration changes no fingerprint.
 */
export function fingerprint(route: string, phoneNumber: string, options: CallOptions): string {
  return createHash('sha256')
    .update(canonical([route, phoneNumber, options]))
    .digest('hex');
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}
