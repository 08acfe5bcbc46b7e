import { CALL_STATUSES, type CallStatus } from '@dialgate/domain';
import Joi from 'joi';

/** The query of the page of recent calls. */
export interface RecentCallsQuery {
  status?: CallStatus;
}

export const recentCallsQuery = Joi.object<RecentCallsQuery, true>({
  status: Joi.string().valid(...CALL_STATUSES),
});
