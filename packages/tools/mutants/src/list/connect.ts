import { mutantsOf } from './mutants-of.js';

const DECIDED = 'packages/service-kit/test/admission.test.ts';
const ASKED = 'services/api/test/connect.integration.test.ts';
const DIALLED = 'services/ari-worker/test/admission.integration.test.ts';
const COUNTED = 'packages/domain/test/call-limits.test.ts';

/** Calls that are connected to a second number. */
export const CONNECTED = mutantsOf('connect', '.', [
  {
    breaks: 'a second number is judged as the first',
    file: 'packages/domain/src/admission/second-number.ts',
    find: 'return judgeNumber(connectTo, numbers, read);',
    replace: "return { verdict: 'allowed', number: connectTo, country: null, mayRing: [connectTo] };",
    test: DECIDED,
    title: 'judges that number as the first',
  },
  {
    breaks: 'only named extensions stand in the place of a number',
    file: 'packages/domain/src/admission/second-number.ts',
    find: 'if (connect.extensions.includes(connectTo)) {',
    replace: 'if (/^[0-9]+$/.test(connectTo)) {',
    test: DECIDED,
    title: 'allows the extensions that are named, and no other',
  },
  {
    breaks: 'no named extension is an emergency number to a trunk or a dialplan',
    file: 'packages/domain/src/admission/second-number.ts',
    find: 'if (never !== null) return never;',
    replace: '',
    test: DECIDED,
    title: 'never dials an emergency number or a short code in an extension’s place',
  },
  {
    breaks: 'a Local channel is no phone: a dialplan dials on',
    file: 'packages/domain/src/admission/second-number.ts',
    find: '(?!Local\\/)',
    replace: '',
    test: DECIDED,
    title: 'never dials an emergency number or a short code in an extension’s place',
  },
  {
    breaks: 'no call is connected from another place than the one that was set up',
    file: 'packages/domain/src/admission/admit.ts',
    find: "return policy.connect?.context === context ? null : 'context_not_allowed';",
    replace: 'return null;',
    test: DECIDED,
    title: 'refuses all of them where nothing is set up for it',
  },
  {
    breaks: 'the hours of the second number hold, too',
    file: 'packages/domain/src/admission/admit.ts',
    find: 'calledWithin(allThatMayRing(number, second), policy.window)',
    replace: 'calledWithin(number.mayRing, policy.window)',
    test: DECIDED,
    title: 'holds the hours of both numbers',
  },
  {
    breaks: 'a place of the client’s own is refused beside a second number',
    file: 'services/api/src/calls/judge-call.ts',
    find: 'if (said.length === 0) return options.connect_to;',
    replace: 'if (said.length < 9) return options.connect_to;',
    test: ASKED,
    title: 'are refused where nothing is set up for it',
  },
  {
    breaks: 'the do-not-call list is asked for the second number, too',
    file: 'services/ari-worker/src/originate/check-admission.ts',
    find: 'allThatMayRing(number, await admission.second(call.connectTo))',
    replace: 'allThatMayRing(number, await admission.second(null))',
    test: DIALLED,
    title: 'ends not_allowed when the second number may not be called any more',
  },
  {
    breaks: 'the second phone counts for limits',
    file: 'packages/domain/src/limits/judge-limits.ts',
    find: 'if (call.second === null) return [first];',
    replace: 'if (call.second === null || call.own === call.own) return [first];',
    test: COUNTED,
    title: 'counts the second phone of a call within a time',
  },
  {
    breaks: 'the second phone is dialled by what was judged',
    file: 'services/ari-worker/src/originate/create-channel.ts',
    find: 'DIALGATE_CONNECT: connectEndpoint(connectTo, connect, endpointTemplate),',
    replace: 'DIALGATE_CONNECT: connectTo,',
    test: DIALLED,
    title: 'is told the second phone that was judged',
  },
]);
