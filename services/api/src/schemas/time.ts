import Joi from 'joi';

/** RFC 3339 §5.6 */
const TIME = /^[2-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** A moment with its zone; stays a text. */
export const time = Joi.string()
  .pattern(TIME)
  .custom((text: string, helpers) => (Number.isNaN(Date.parse(text)) ? helpers.error('string.pattern.base') : text))
  .messages({ 'string.pattern.base': 'must be a time such as 2026-01-15T09:30:00Z' })
  .prefs({ abortEarly: true })
  .meta({ type: 'string', format: 'date-time', pattern: TIME.source });
