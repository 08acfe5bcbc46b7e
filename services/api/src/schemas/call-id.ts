import { DialgateError } from '@dialgate/domain';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: unknown): text is string {
  return typeof text === 'string' && UUID.test(text);
}

/**
 * The call id of a path, in lower case.
 *
 * @throws DialgateError `invalid_request` when it is no UUID. One that is, but nobody's, is for the database to say.
 */
export function validCallId(text: string | string[] | undefined): string {
  if (isUuid(text)) return text.toLowerCase();
  throw new DialgateError('invalid_request', 'The call id is not a UUID.', {
    fields: [{ field: 'path.call_id', problem: 'must be a UUID' }],
  });
}
