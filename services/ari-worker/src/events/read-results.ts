import { isListed, keptResults, type AllowedVariables, type CallResults } from '@dialgate/domain';
import type { AriEvent } from '../ari/events.js';

/** The name of the user events whose fields are results: `UserEvent(DialgateResult,choice: 1)`. */
export const RESULT_EVENT = 'DialgateResult';

export type ResultEvent = Extract<AriEvent, { readonly type: 'ChannelVarset' | 'ChannelUserevent' }>;

export function mayTellResults(event: AriEvent): event is ResultEvent {
  return event.type === 'ChannelVarset' || event.type === 'ChannelUserevent';
}

/**
 * The results in an event of Asterisk. Pure.
 *
 * @param variables which variables are results when the dialplan sets them. What is set before the answer is the client's own.
 * @returns null when there are none.
 */
export function resultsIn(event: ResultEvent, variables: AllowedVariables): CallResults | null {
  if (event.channel.state !== 'Up') return null;
  const results = keptResults(said(event, variables));
  return Object.keys(results).length === 0 ? null : results;
}

function said(event: ResultEvent, variables: AllowedVariables): Readonly<Record<string, unknown>> {
  if (event.type === 'ChannelVarset') {
    return isListed(event.variable, variables) ? { [event.variable]: event.value } : {};
  }
  const { eventname, ...fields } = event.userevent;
  return eventname === RESULT_EVENT ? fields : {};
}
