import type * as OpenApi from 'openapi3-ts/oas31';

export type Schemas = Record<string, OpenApi.SchemaObject>;

/** Kinds of values. */
export const text = (description: string): OpenApi.SchemaObject => ({ type: 'string', description });
export const count = (description: string): OpenApi.SchemaObject => ({ type: 'integer', minimum: 0, description });
export const matching = (pattern: string): OpenApi.SchemaObject => ({ type: 'string', pattern });
export const time = (description: string): OpenApi.SchemaObject => ({
  ...matching('^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$'),
  format: 'date-time',
  description: `${description} ISO 8601 in UTC, with milliseconds.`,
});

export const orNull = (schema: OpenApi.SchemaObject): OpenApi.SchemaObject => ({
  ...schema,
  type: [schema.type ?? [], 'null' as const].flat(),
});

/** One of some words, each with its meaning. */
export const oneOf = (meanings: Readonly<Record<string, string>>, introduction = ''): OpenApi.SchemaObject => {
  const list = Object.entries(meanings).map(([word, meaning]) => `- \`${word}\`: ${meaning}`);
  return { type: 'string', enum: Object.keys(meanings), description: introduction + list.join('\n') };
};

/** An object that always has all of these fields. Open to more of them in later versions, as answers are. */
export const whole = <Properties extends Schemas>(properties: Properties) => ({
  type: 'object' as const,
  properties,
  required: Object.keys(properties),
});

/** What stands under this name in the document's components. */
export const ref = (component: string): OpenApi.SchemaObject => ({ $ref: `#/components/schemas/${component}` });

export const json = (component: string, examples?: OpenApi.ExamplesObject): OpenApi.ContentObject => ({
  'application/json': { schema: ref(component), ...(examples && { examples }) },
});

const idOfRequest = matching('^[A-Za-z0-9._-]{1,64}$');

/** Anybody may send it with any request. */
export const REQUEST_ID: OpenApi.ParameterObject = {
  name: 'X-Request-ID',
  in: 'header',
  description: 'Your id of the request, for the log and the answer; another text than this pattern is replaced.',
  schema: idOfRequest,
};

const idOfAnswer = {
  description: 'The client’s own `X-Request-ID` if it sent one, else a new one.',
  required: true,
  schema: idOfRequest,
};

export function answer(description: string, content: OpenApi.ContentObject, headers: OpenApi.HeadersObject = {}) {
  return { description, headers: { 'X-Request-ID': idOfAnswer, ...headers }, content } satisfies OpenApi.ResponseObject;
}

/** An answer that says all by its status. */
export function noContent(description: string) {
  return { description, headers: { 'X-Request-ID': idOfAnswer } } satisfies OpenApi.ResponseObject;
}
