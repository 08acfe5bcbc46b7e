import Joi from 'joi';
import { invalidFields } from './valid.js';

/** How many entries a page has, and may be asked for. */
export interface PageSize {
  readonly default: number;
  readonly max: number;
}

/** How many are asked for: a number, in text as queries are. */
export function pageLimit({ default: usual, max }: PageSize): Joi.StringSchema {
  return Joi.string()
    .pattern(/^[1-9]\d*$/)
    .custom((text: string, helpers) => (Number(text) > max ? helpers.error('string.pattern.base') : text))
    .messages({ 'string.pattern.base': `must be a number from 1 to ${max}` })
    .meta({ type: 'integer', minimum: 1, maximum: max, default: usual });
}

const CURSOR_RULE = 'must be the next_cursor of a page';

/** Where the page before ended. */
export function pageCursor(pattern: RegExp): Joi.StringSchema {
  return Joi.string().pattern(pattern).messages({ 'string.pattern.base': CURSOR_RULE });
}

/**
 * Behind what a page begins; null for the first one.
 *
 * @param read gives null for what is no cursor of ours.
 * @throws DialgateError `invalid_request`
 */
export function validPosition<Position>(
  cursor: string | undefined,
  read: (cursor: string) => Position | null,
): Position | null {
  if (cursor === undefined) return null;
  const position = read(cursor);
  if (position !== null) return position;
  throw invalidFields([{ field: 'query.cursor', problem: CURSOR_RULE }]);
}
