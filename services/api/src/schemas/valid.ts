import { DialgateError, type FieldProblem } from '@dialgate/domain';
import type Joi from 'joi';

/** More wrong fields than this are counted, not named. */
const MAX_NAMED = 20;

/** A field's name comes from the client; longer ones are cut in the answer. */
const MAX_FIELD_LENGTH = 100;

/**
 * The value as the schema says, with nothing converted: `"1"` is not a number.
 *
 * @param where what the fields belong to, e.g. `body`.
 * @param alsoWrong what was found wrong elsewhere in the same request, to be named with the rest.
 * @throws DialgateError `invalid_request` that names every wrong and every unknown field.
 */
export function valid<Value>(
  schema: Joi.ObjectSchema<Value>,
  input: unknown,
  where = 'body',
  alsoWrong: readonly FieldProblem[] = [],
): Value {
  const result = schema.validate(input ?? {}, OPTIONS);
  const problems: FieldProblem[] = (result.error?.details ?? []).map(({ path, message }) => ({
    field: [where, ...path].join('.').slice(0, MAX_FIELD_LENGTH),
    problem: message,
  }));
  // Joi never sees this key: copying it would change the copy's prototype instead.
  if (hasOwnProto(input)) problems.push({ field: `${where}.__proto__`, problem: 'is not allowed' });
  const named = new Set(problems.map(({ field }) => field));
  problems.unshift(...alsoWrong.filter(({ field }) => !named.has(field)));
  if (problems.length > 0) throw invalidFields(problems);
  return result.value as Value;
}

const OPTIONS: Joi.ValidationOptions = { abortEarly: false, convert: false, errors: { label: false } };

/** The error for fields that are wrong. */
export function invalidFields(problems: readonly FieldProblem[]): DialgateError {
  const more = problems.length - MAX_NAMED;
  const named = problems.slice(0, MAX_NAMED);
  const fields = more > 0 ? [...named, { field: '…', problem: `${more} more` }] : named;
  const what = problems.length === 1 ? 'A field is wrong' : `${problems.length} fields are wrong`;
  return new DialgateError('invalid_request', `${what}; see errors.`, { fields });
}

export function hasOwnProto(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__');
}
