import type Joi from 'joi';
import type { ParameterObject, SchemaObject } from 'openapi3-ts/oas31';
import { batchItem, batchRequest, callOptions, callRequest, VARIABLE_NAME } from '../schemas/create-call.js';
import { KEY_MAX_LENGTH } from '../schemas/idempotency-key.js';
import { keyRequest } from '../schemas/create-key.js';
import { login } from '../schemas/login.js';
import { replayRequest, webhookPatch, webhookRequest } from '../schemas/webhook.js';
import * as examples from './examples.js';
import { matching, ref, type Schemas } from './parts.js';

/** Bodies, by the names of their components. */
export const requestSchemas = {
  CallOptions: described(callOptions),
  CallRequest: described(callRequest),
  BatchItem: described(batchItem),
  BatchRequest: described(batchRequest, {
    calls: { items: ref('BatchItem'), description: 'Each is accepted or refused by itself.' },
  }),
  KeyRequest: described(keyRequest),
  WebhookRequest: described(webhookRequest),
  WebhookPatch: described(webhookPatch),
  ReplayRequest: described(replayRequest),
  // The route says in OAuth's words which grants there are.
  Login: described(login, { grant_type: { enum: ['password', ''] }, password: { format: 'password' } }),
} satisfies Schemas;

const { description = '', ...number } = limitsOf(callRequest.extract('phone_number'));

/** What `user` asks for where calls are read. */
export const OF_USER = 'Only calls of the user of this name; for admins, and for one’s own name.';

/** The number in a path. */
export const NUMBER: ParameterObject = {
  name: 'number',
  in: 'path',
  required: true,
  description: `${description} The plus may stand as it is or as \`%2B\`.`,
  schema: number,
  example: examples.NUMBER,
};

/** The call's id in a path. */
export const CALL_ID: ParameterObject = {
  name: 'call_id',
  in: 'path',
  required: true,
  description: 'The `call_id` of the answer to an accepted call.',
  schema: { type: 'string', format: 'uuid' },
  example: examples.CALL_ID,
};

/** draft-ietf-httpapi-idempotency-key-header-07 */
export const IDEMPOTENCY_KEY: ParameterObject = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Makes the request safe to repeat: the same key with the same request gets the first answer again, and no second ' +
    'call. Printable ASCII, bare or as a quoted string; good for at least 24 hours.',
  schema: { type: 'string', minLength: 1, maxLength: KEY_MAX_LENGTH },
  example: 'order-4711-callback-1',
};

/**
 * A body as its Joi schema says it: limits, words and examples.
 *
 * @param more what Joi does not know of a field.
 */
function described(schema: Joi.ObjectSchema, more: Schemas = {}) {
  const limits = limitsOf(schema);
  // Joi leaves the examples out of what it gives to others.
  const { keys } = schema.describe() as { keys: Record<string, Pick<SchemaObject, 'examples'>> };
  const fields = Object.entries(limits.properties as Record<string, Field>).map(([name, field]) => {
    const { examples } = keys[name] ?? {};
    return [name, { ...withNames(field), ...(examples && { examples }), ...more[name] }];
  });
  return { ...limits, properties: Object.fromEntries(fields) as Schemas };
}

/**
 * The parameters of a query as its Joi schema takes them. What OpenAPI says in other words than Joi stands in the schema's `meta`.
 *
 * @param sentences what each asks for.
 */
export function query<Query>(schema: Joi.ObjectSchema<Query>, sentences: Sentences<Query>): ParameterObject[] {
  const { keys } = schema.describe() as { keys: Record<string, { readonly metas?: readonly SchemaObject[] }> };
  const limits = limitsOf(schema).properties as Record<string, SchemaObject>;
  return Object.entries<string>(sentences).map(([name, description]) => {
    const { [name]: { anyOf, ...one } = {} } = limits;
    // What may be there several times is a list to OpenAPI, and one of it is a list as well.
    const several = anyOf?.find((way) => 'items' in way);
    return { name, in: 'query', description, schema: keys[name]?.metas?.[0] ?? several ?? one };
  });
}

type Sentences<Query> = { readonly [Name in keyof Query]-?: string };

function limitsOf(schema: Joi.Schema): SchemaObject {
  return schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' });
}

type Field = SchemaObject & { readonly patternProperties?: Schemas };

/** Variables: names that are reserved in any case are patterns without case to Joi, and JSON Schema has no such thing. */
function withNames({ patternProperties, ...field }: Field): SchemaObject {
  const values = patternProperties?.[VARIABLE_NAME.source];
  return values ? { ...field, propertyNames: matching(VARIABLE_NAME.source), additionalProperties: values } : field;
}
