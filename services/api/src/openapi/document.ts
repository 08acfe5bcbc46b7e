import type { PathsObject } from 'openapi3-ts/oas31';
import { answerSchemas } from './answers.js';
import { accessPaths } from './access-operations.js';
import { auditPaths } from './audit-operations.js';
import { callPaths } from './call-operations.js';
import { currentCallSchemas } from './current-call.js';
import { errorSchemas } from './errors.js';
import { listPaths } from './list-operations.js';
import { otherPaths } from './other-operations.js';
import { requestSchemas } from './requests.js';
import { SECURITY_SCHEMES } from './scopes.js';
import { streamPaths } from './stream-operations.js';
import { webhookSchemas } from './webhook-answers.js';
import { webhookEvents } from './webhook-events.js';
import { webhookPaths } from './webhook-operations.js';

/**
 * The API's description (OpenAPI 3.1). It is the same for every installation: limits that can be configured are named by
 * their variable, and no host, number or setting of this one is told.
 */
export function apiDocument(version: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Dialgate',
      version,
      summary: 'An outbound-call gateway for Asterisk',
      description: INTRODUCTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'Where this document came from' }],
    tags: [
      { name: 'Access', description: 'Logging in and out, keys for machines, and who did what.' },
      { name: 'Calls', description: 'Asking for a call, following it, ending it.' },
      { name: 'Webhooks', description: 'Being told of calls instead of asking.' },
      { name: 'Health', description: 'For load balancers, supervisors and people.' },
      { name: 'Pages', description: 'For people, and what describes the API itself.' },
    ],
    paths: together(callPaths, listPaths, streamPaths, accessPaths, webhookPaths, auditPaths, otherPaths),
    webhooks: webhookEvents,
    components: {
      schemas: { ...answerSchemas, ...currentCallSchemas, ...webhookSchemas, ...requestSchemas, ...errorSchemas },
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

/** Operations of one path may stand in several files. */
function together(...files: PathsObject[]): PathsObject {
  const paths: PathsObject = {};
  for (const [path, item] of files.flatMap((file) => Object.entries(file))) paths[path] = { ...paths[path], ...item };
  return paths;
}

const INTRODUCTION = `Post a phone number; Dialgate dials it through Asterisk, connects the answered call to a context of the dialplan, and can say at any moment what became of it.

Every accepted call (202) reaches exactly one final status, and no call is ever dialled twice. Repeat a request safely by giving it an \`Idempotency-Key\`.

Bodies are JSON in UTF-8, times ISO 8601 in UTC with milliseconds, ids UUIDs. Unknown fields of a request are refused by name; answers may get more fields in later versions. Errors are \`application/problem+json\` (RFC 9457) with a \`code\` for programs and the \`request_id\` that stands in the log. Besides the errors listed with each operation, any path may answer 404 \`not_found\`, 405 \`method_not_allowed\` to a method it does not have, 413 \`payload_too_large\` and 414 \`uri_too_long\`. Paths are taken as they are written here: their case counts, and so does a slash at the end.`;
