import Joi from 'joi';
import { pageCursor, pageLimit } from './page.js';

/** The query of a look into a call's timeline. */
export interface TimelineQuery {
  limit?: string;
  cursor?: string;
}

export const TIMELINE_PAGE = { default: 500, max: 1_000 };

/** The running number of the last entry that was seen. */
export const TIMELINE_CURSOR = /^(0|[1-9]\d{0,17})$/;

export const timelineQuery = Joi.object<TimelineQuery, true>({
  limit: pageLimit(TIMELINE_PAGE),
  cursor: pageCursor(TIMELINE_CURSOR),
});
