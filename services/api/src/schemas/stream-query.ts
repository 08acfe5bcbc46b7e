import Joi from 'joi';
import { TIMELINE_CURSOR } from './timeline-query.js';
import { username } from './username.js';

/** The query of the stream of one call. */
export interface CallStreamQuery {
  /** Instead of the header, which a browser sends only when it comes back by itself. */
  last_event_id?: string;
  /** Read by whoever lets the request in. */
  ticket?: string;
}

/** The query of the stream of all calls. */
export interface StreamQuery extends CallStreamQuery {
  user?: string;
}

export const STREAM_TICKET = /^dgs_[A-Za-z0-9_-]{43}$/;

const lastEventId = Joi.string()
  .pattern(TIMELINE_CURSOR)
  .messages({ 'string.pattern.base': 'must be the id of an entry' });

const ofAnyStream = {
  last_event_id: lastEventId.allow(''),
  ticket: Joi.string().pattern(STREAM_TICKET),
};

export const callStreamQuery = Joi.object<CallStreamQuery, true>(ofAnyStream);

export const streamQuery = Joi.object<StreamQuery, true>({ user: username, ...ofAnyStream });
