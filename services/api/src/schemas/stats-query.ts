import Joi from 'joi';
import { time } from './time.js';
import { username } from './username.js';

/** The query of a look at what became of calls. */
export interface StatsQuery {
  since?: string;
  user?: string;
}

/** How far back calls are counted. */
export const STATS_HOURS = 24;

export const statsQuery = Joi.object<StatsQuery, true>({
  since: time,
  user: username,
});
