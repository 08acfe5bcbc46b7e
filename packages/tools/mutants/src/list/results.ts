import { mutantsOf } from './mutants-of.js';

const DOMAIN = 'packages/domain/test/call-results.test.ts';
const READ = 'services/ari-worker/test/read-results.test.ts';
const KEPT = 'services/ari-worker/test/results.integration.test.ts';
const SHOWN = 'services/api/test/results.integration.test.ts';
const WANTED = 'services/ari-worker/test/ari-client.test.ts';

/** What the dialplan says of a call. */
export const RESULTS = mutantsOf('results', '.', [
  {
    breaks: 'values are cut off where they are too long',
    file: 'packages/domain/src/call-results.ts',
    find: 'value.slice(0, RESULT_LENGTH)',
    replace: 'value',
    test: DOMAIN,
    title: 'is cut off where it is too long',
  },
  {
    breaks: 'nothing is kept that the database refuses',
    file: 'packages/domain/src/call-results.ts',
    find: '/[\\p{Cc}\\p{Cs}]/gu',
    replace: '/[\\p{Cc}]/gu',
    test: DOMAIN,
    title: 'has nothing that cannot be shown or stored',
  },
  {
    breaks: 'what the client itself has set is no result',
    file: 'services/ari-worker/src/events/read-results.ts',
    find: "if (event.channel.state !== 'Up') return null;",
    replace: '',
    test: READ,
    title: 'are nothing that was set before the answer',
  },
  {
    breaks: 'only variables that were asked for are results',
    file: 'services/ari-worker/src/events/read-results.ts',
    find: 'return isListed(event.variable, variables) ? { [event.variable]: event.value } : {};',
    replace: 'return { [event.variable]: event.value };',
    test: READ,
    title: 'are only the user event’s where no variable was asked for',
  },
  {
    breaks: 'other user events are no results',
    file: 'services/ari-worker/src/events/read-results.ts',
    find: 'return eventname === RESULT_EVENT ? fields : {};',
    replace: 'return fields;',
    test: READ,
    title: 'are only the user event’s where no variable was asked for',
  },
  {
    breaks: 'of a call a bounded number of results is kept',
    file: 'services/ari-worker/src/events/keep-results.ts',
    find: 'if (known.results > RESULTS_AT_MOST) {',
    replace: 'if (known.results < 0) {',
    test: KEPT,
    title: 'are dropped when there are too many',
  },
  {
    breaks: 'the timeline of a call that is over is complete',
    file: 'services/ari-worker/src/events/keep-results.ts',
    find: 'known?.call.attempt !== ids.attempt || isFinal(known.call.status)',
    replace: 'known?.call.attempt !== ids.attempt',
    test: KEPT,
    title: 'are dropped when they come after the end',
  },
  {
    breaks: 'nobody pays for variables that are not asked for',
    file: 'services/ari-worker/src/ari/events.ts',
    find: 'return variables ? [...WANTED_EVENTS, VARIABLES] : [...WANTED_EVENTS];',
    replace: 'return [...WANTED_EVENTS, VARIABLES];',
    test: WANTED,
    title: 'asks for variables only where results are among them',
  },
  {
    breaks: 'of a name that was said twice, the last value counts',
    file: 'packages/database/src/calls/results.ts',
    find: '{ ...byCall.get(callId), ...results }',
    replace: '{ ...results, ...byCall.get(callId) }',
    test: SHOWN,
    title: 'of a name that was said twice the last value',
  },
  {
    breaks: 'streams tell what the dialplan has said',
    file: 'services/api/src/streams/frames.ts',
    find: 'const { id, ...view } = entryView(entry, forAdmin);',
    replace:
      "const { id, ...view } = entryView(entry.event === 'result' ? { ...entry, detail: {} } : entry, forAdmin);",
    test: 'services/api/test/streams.integration.test.ts',
    title: 'of a call has its timeline from the beginning',
  },
  {
    breaks: 'webhooks tell results with the final status',
    file: 'packages/domain/src/webhooks/webhook-events.ts',
    find: 'return statusView(call, results, order);',
    replace: 'return statusView(call, {}, order);',
    test: 'services/webhook-worker/test/payload.test.ts',
    title: 'the call’s public view',
  },
  {
    breaks: 'results are erased with all that is personal',
    file: 'packages/database/src/calls/erase-calls.ts',
    find: "SET detail = e.detail - '{asterisk,results}'::text[]",
    replace: "SET detail = e.detail - '{asterisk}'::text[]",
    test: SHOWN,
    title: 'and of one that was erased',
  },
]);
