import addFormats from 'ajv-formats';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import type { SchemaObject } from 'openapi3-ts/oas31';
import { apiDocument } from '../src/openapi/document.js';
import type { Answer } from './api.js';

/** A schema of the document, or a reference to one. */
export interface Schema extends Omit<SchemaObject, 'properties' | 'items' | 'anyOf' | 'additionalProperties'> {
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  additionalProperties?: boolean | Schema;
}

export interface Content {
  readonly schema: Schema;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security: readonly { readonly bearerAuth?: readonly string[] }[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly headers?: Readonly<Record<string, { readonly required?: boolean; readonly schema: Schema }>>;
        readonly content?: Readonly<Record<string, Content>>;
      }
    >
  >;
}

type Described = Omit<ReturnType<typeof apiDocument>, 'paths' | 'components'> & {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

export const document = apiDocument('0.0.0-test') as unknown as Described;

/** Every operation of the document: `get /health`. */
export const operations = new Map<string, Operation>(
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation]),
  ),
);

const ajv = new Ajv2020({ allErrors: true, strict: false });
addFormats.default(ajv);
/** As documented, and with every object closed that lists its fields. */
const compiled = { open: new Map<Schema, ValidateFunction>(), closed: new Map<Schema, ValidateFunction>() };
const closedComponents = closed(document.components);

/**
 * What is wrong with a value by a schema of the document; empty when nothing is.
 *
 * @param exactly whether fields that the schema does not name are wrong. Answers are open to more in later versions, but
 *   this version has none that are not documented.
 */
export function problemsBy(schema: Schema, value: unknown, exactly = false): string[] {
  const known = exactly ? compiled.closed : compiled.open;
  let validate = known.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(
      exactly
        ? { ...(closed(schema) as Schema), components: closedComponents }
        : { ...schema, components: document.components },
    );
    known.set(schema, validate);
  }
  return validate(value) ? [] : (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message ?? e.keyword}`);
}

/** Holds a real answer against what the document says of the operation: status, headers, type and body. */
export function expectAsDescribed(name: string, answer: Answer): void {
  const where = `${name} ${answer.status} ${answer.text.slice(0, 300)}`;
  const described = operations.get(name)?.responses[String(answer.status)];
  if (described === undefined) throw new Error(`not documented: ${where}`);

  for (const [header, { required, schema }] of Object.entries(described.headers ?? {})) {
    const value = answer.headers[header.toLowerCase()];
    if (value === undefined) expect(required ?? false, `${where}: no ${header}`).to.equal(false);
    else expect(problemsBy(schema, value), `${where}: ${header}: ${String(value)}`).to.deep.equal([]);
  }
  for (const header of [
    'location',
    'retry-after',
    'x-queue',
    'idempotency-replayed',
    'ratelimit',
    'www-authenticate',
  ]) {
    const isDocumented = Object.keys(described.headers ?? {}).some((name) => name.toLowerCase() === header);
    if (answer.headers[header] !== undefined) expect(isDocumented, `${where}: ${header}`).to.equal(true);
  }

  if (described.content === undefined) {
    expect(answer.text, where).to.equal('');
    return;
  }
  const type = String(answer.headers['content-type']).split(';')[0]!;
  const content = described.content[type];
  if (content === undefined) throw new Error(`${type} is not documented: ${where}`);
  const value = type.includes('json') ? answer.body : answer.text;
  expect(problemsBy(content.schema, value, true), where).to.deep.equal([]);
}

/** The schema with every object closed that lists its fields. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const listsItsFields = inner.type === 'object' && 'properties' in inner && !('additionalProperties' in inner);
  return listsItsFields ? { ...inner, additionalProperties: false } : inner;
}
