import Joi from 'joi';

/** The query of a look into a call's timeline. */
export interface TimelineQuery {
  limit?: string;
  cursor?: string;
}

export const TIMELINE_PAGE = { default: 500, max: 1_000 };

/** The running number of the last entry that was seen. */
export const TIMELINE_CURSOR = /^(0|[1-9]\d{0,17})$/;

export const timelineQuery = Joi.object<TimelineQuery>({
  limit: Joi.string()
    .pattern(/^([1-9]\d{0,2}|1000)$/)
    .messages({ 'string.pattern.base': `must be a number from 1 to ${TIMELINE_PAGE.max}` }),
  cursor: Joi.string()
    .pattern(TIMELINE_CURSOR)
    .messages({ 'string.pattern.base': 'must be the next_cursor of a page' }),
});
