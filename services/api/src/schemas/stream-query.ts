import Joi from 'joi';
import { TIMELINE_CURSOR } from './timeline-query.js';
import { username } from './username.js';

/** The query of a stream. */
export interface StreamQuery {
  /** Whose calls; not for the stream of one call. */
  user?: string;
  /** Instead of the header, which a browser sends only when it comes back by itself. */
  last_event_id?: string;
  /** Read by whoever lets the request in. */
  ticket?: string;
}

export const STREAM_TICKET = /^dgs_[A-Za-z0-9_-]{43}$/;

const lastEventId = Joi.string()
  .pattern(TIMELINE_CURSOR)
  .messages({ 'string.pattern.base': 'must be the id of an entry' });

export const callStreamQuery = Joi.object<StreamQuery>({ last_event_id: lastEventId.allow(''), ticket: Joi.string() });

export const streamQuery = callStreamQuery.keys({
  user: username,
});
