import { RESULT_LENGTH } from '@dialgate/domain';
import type { SchemaObject } from 'openapi3-ts/oas31';

/** The `results` of a call. */
export const dialplanResults = {
  type: 'object',
  additionalProperties: { type: 'string', maxLength: RESULT_LENGTH },
  description:
    'What the dialplan has said of the call since it was answered, such as `AMDSTATUS`: the variables that the operator names in ' +
    '`RESULT_VARIABLES`, and the fields of user events called `DialgateResult`. Texts of the dialplan; nothing is decided by them.',
} satisfies SchemaObject;
