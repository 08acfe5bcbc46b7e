import { mutantsOf } from './mutants-of.js';

const LOGGER = 'test/logger.test.ts';
const SERVICE = 'test/run-service.test.ts';

export const SURROUNDINGS = [
  ...mutantsOf('logging', 'packages/service-kit', [
    {
      breaks: 'no token gets into a log',
      file: 'src/logging/redaction.ts',
      find: '|authorization|',
      replace: '|',
      test: LOGGER,
      title: 'never writes a secret, however deep it stands',
    },
    {
      breaks: 'no password of a URL gets into a log',
      file: 'src/logging/redaction.ts',
      find: "value.includes('://') ? value.replace(URL_CREDENTIALS, '$1:***@') : value",
      replace: 'value',
      test: LOGGER,
      title: 'never writes a secret, however deep it stands',
    },
    {
      breaks: 'no secret in a list gets into a log',
      file: 'src/logging/redaction.ts',
      find: 'if (Array.isArray(value)) return value.map((item) => redacted(item, fullNumbers, depth + 1));',
      replace: 'if (Array.isArray(value)) return value;',
      test: LOGGER,
      title: 'never writes a secret, however deep it stands',
    },
    {
      breaks: 'no whole number gets into a log',
      file: 'src/logging/redaction.ts',
      find: "kind === 'number' && !fullNumbers",
      replace: "kind === 'number' && fullNumbers",
      test: LOGGER,
      title: 'shortens phone numbers to their last three digits',
    },
    {
      breaks: 'an error is logged with its causes',
      file: 'src/logging/redaction.ts',
      find: '...(error.cause === undefined || depth >= MAX_DEPTH',
      replace: '...(error.cause !== undefined || depth >= MAX_DEPTH',
      test: LOGGER,
      title: 'shows an error with its code and its chain of causes',
    },
  ]),
  ...mutantsOf('config', 'packages/service-kit', [
    {
      breaks: 'all problems of a configuration are named at once',
      file: 'src/config/load-config.ts',
      find: 'abortEarly: false,',
      replace: 'abortEarly: true,',
      test: 'test/load-config.test.ts',
      title: 'names every problem at once and no value',
    },
    {
      breaks: 'no value of a configuration is shown',
      file: 'src/config/load-config.ts',
      find: "message.replace(` with value ${String(context?.value)}`, '')",
      replace: 'message',
      test: 'test/load-config.test.ts',
      title: 'shows no value where a rule of Joi’s would',
    },
    {
      breaks: 'an empty variable is not set',
      file: 'src/config/load-config.ts',
      find: "value !== undefined && value !== ''",
      replace: 'value !== undefined',
      test: 'test/load-config.test.ts',
      title: 'takes an empty variable for one that is not set',
    },
  ]),
  ...mutantsOf('lifecycle', 'packages/service-kit', [
    {
      breaks: 'parts stop in reverse',
      file: 'src/lifecycle/run-service.ts',
      find: 'for (const part of up.reverse())',
      replace: 'for (const part of up)',
      test: SERVICE,
      title: 'starts in order and stops in reverse, once',
    },
    {
      breaks: 'a second signal changes nothing',
      file: 'src/lifecycle/run-service.ts',
      find: 'stopping ??= (async () => {',
      replace: 'stopping = (async () => {',
      test: SERVICE,
      title: 'starts in order and stops in reverse, once',
    },
    {
      breaks: 'a part that does not stop is left behind',
      file: 'src/lifecycle/run-service.ts',
      find: 'await inTime(Promise.resolve(part.stop?.()), withinMs)',
      replace: 'await part.stop?.()',
      test: SERVICE,
      title: 'leaves behind a part that does not stop in time',
    },
    {
      breaks: 'a task goes on after a failure',
      file: 'src/lifecycle/every.ts',
      find: 'if (stopped) return;',
      replace: 'if (!stopped) return;',
      test: 'test/every.test.ts',
      title: 'goes on after a failure and never overlaps itself',
    },
  ]),
  ...mutantsOf('coalesce', 'packages/service-kit', [
    {
      breaks: 'no more flushes are under way than may be',
      file: 'src/coalesce.ts',
      find: 'while (waiting.length > 0 && inFlight < limits.maxInFlight) {',
      replace: 'while (waiting.length > 0) {',
      test: 'test/coalesce.test.ts',
      title: 'keeps batches and flushes within their limits',
    },
    {
      breaks: 'a batch that failed is rejected whole',
      file: 'src/coalesce.ts',
      find: 'for (const { reject } of batch) reject(error);',
      replace: 'for (const { reject } of batch.slice(1)) reject(error);',
      test: 'test/coalesce.test.ts',
      title: 'rejects all of a batch that failed',
    },
  ]),
  ...mutantsOf('passwords', 'packages/accounts', [
    {
      breaks: 'a hash of another kind is nobody’s password',
      file: 'src/passwords/hash.ts',
      find: "if (!passwordHash.startsWith('$argon2id$')) return false;",
      replace: '',
      test: 'test/passwords.test.ts',
      title: 'takes a hash that is none of ours for nobody’s password',
    },
  ]),
];
