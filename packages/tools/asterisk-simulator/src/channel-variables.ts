import type { CreateRequest } from './calls.js';
import { isObject } from './http-request.js';
import type { Reply } from './replies.js';
import { refuse } from './replies.js';

/**
 * The `variables` of a body: `{NAME: "value"}` or `{NAME: {value, report_events}}`. One that is neither is refused
 * with Asterisk's words; anything that is no object (an array, say) is ignored.
 */
export function variablesOf(variables: unknown): { list: CreateRequest['variables'] } | Reply {
  if (!isObject(variables)) return { list: [] };

  const list: { name: string; value: string; reported: boolean }[] = [];
  for (const [name, given] of Object.entries(variables)) {
    if (typeof given === 'string') {
      list.push({ name, value: given, reported: false });
    } else if (isObject(given) && typeof given.value === 'string') {
      const reported = given.report_events ?? false;
      if (typeof reported !== 'boolean') return REPORT_EVENTS_MUST_BE_BOOLEAN;
      list.push({ name, value: given.value, reported });
    } else {
      return VALUES_MUST_BE_TEXT;
    }
  }
  return { list };
}

const VALUES_MUST_BE_TEXT = refuse(
  400,
  "Each value in 'variables' must be a string or an object with 'value' and optional 'report_events'",
);

const REPORT_EVENTS_MUST_BE_BOOLEAN = refuse(400, "Field 'report_events' in 'variables' entries must be boolean");
