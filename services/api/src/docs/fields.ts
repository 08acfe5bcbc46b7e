import type { Document, Parameter, Schema } from '../openapi/types.js';
import { code, escaped, prose } from './html.js';

/**
 * A table of an object's fields: name, kind with limits, meaning.
 *
 * @param mark what to say of the fields that are always there, or of those that are not.
 */
export function fieldTable(document: Document, schema: Schema, mark: 'required' | 'not always'): string {
  const object = resolved(document, schema);
  const rows = Object.entries(object.properties ?? {}).map(([name, field]) => {
    const isRequired = object.required?.includes(name) ?? false;
    const inner = objectsIn(document, field).map((one) => fieldTable(document, one, mark));
    const whole = resolved(document, field);
    return row(name, isRequired === (mark === 'required') ? mark : '', whole, kindOf(whole), inner.join(''));
  });
  return rows.length === 0 ? '' : table(rows);
}

/** The objects with fields that a value is or holds, one level down. */
function objectsIn(document: Document, schema: Schema): Schema[] {
  const whole = resolved(document, schema);
  const inner = [...(whole.anyOf ?? []), ...(whole.items === undefined ? [] : [whole.items])];
  return [...(whole.properties === undefined ? [] : [whole]), ...inner.flatMap((one) => objectsIn(document, one))];
}

/** The same for parameters. */
export function parameterTable(parameters: readonly Parameter[]): string {
  const rows = parameters.map(({ name, in: where, required = false, description, schema }) =>
    row(name, required ? 'required' : '', { description: `In the ${where}. ${description}` }, kindOf(schema)),
  );
  return table(rows);
}

/** The schema itself, or what it refers to with its own words on top. */
function resolved(document: Document, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const target = document.components.schemas[schema.$ref.replace('#/components/schemas/', '')];
  if (target === undefined) throw new Error(`the document has no ${schema.$ref}`);
  return schema.description === undefined ? target : { ...target, description: schema.description };
}

function table(rows: readonly string[]): string {
  return `<table class="fields"><thead><tr><th>Field</th><th>Kind</th><th>Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function row(name: string, mark: string, { description = '' }: Schema, kind: string, inner = ''): string {
  const note = mark === '' ? '' : `<span class="note">${mark}</span>`;
  return `<tr><td>${code(name)}${note}</td><td>${kind}</td><td>${prose(description)}${inner}</td></tr>`;
}

/** In a few words what a value is: its type, its limits. */
function kindOf(schema: Schema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(kindOf).join(' or ');
  if (schema.$ref !== undefined) return escaped(schema.$ref.replace('#/components/schemas/', ''));
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  const values = schema.enum?.map((value) => code(JSON.stringify(value))).join(' ');
  const type = [schema.type ?? (values === undefined ? 'any JSON' : [])].flat().join(' or ');
  const parts = [
    type + (schema.format === undefined ? '' : ` (${schema.format})`),
    values,
    range(schema.minimum, schema.maximum, ''),
    range(schema.minLength, schema.maxLength, ' characters'),
    schema.maxProperties === undefined ? undefined : `at most ${schema.maxProperties} of them`,
    // What a format says already needs no pattern to read.
    schema.pattern === undefined || schema.format !== undefined ? undefined : code(schema.pattern),
    schema.propertyNames?.pattern === undefined ? undefined : `names ${code(schema.propertyNames.pattern)}`,
    typeof schema.additionalProperties === 'object' ? `values: ${kindOf(schema.additionalProperties)}` : undefined,
    schema.items === undefined ? undefined : `of ${kindOf(schema.items)}`,
  ];
  return parts.filter((part) => part !== undefined && part !== '').join('<br>');
}

function range(min: number | undefined, max: number | undefined, unit: string): string | undefined {
  if (min === undefined && max === undefined) return undefined;
  if (max === undefined) return `at least ${String(min)}${unit}`;
  return min === undefined ? `at most ${max}${unit}` : `${min} to ${max}${unit}`;
}
