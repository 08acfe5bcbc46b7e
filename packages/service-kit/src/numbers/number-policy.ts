import {
  COSTLY_TYPES,
  endpointTemplateProblem,
  knownCountries,
  NUMBER_VALIDATIONS,
  type CostlyType,
  type NumberPolicy,
} from '@dialgate/domain';
import Joi from 'joi';
import { list, matching } from '../config/fields.js';

/** The variables that say which numbers may be dialled. The API and the workers read the same ones. */
export interface NumberVariables {
  /** With `{number}` (E.164) or `{digits}` (without the plus) to be filled in. */
  readonly DIAL_ENDPOINT: string;
  readonly NUMBER_VALIDATION: NumberPolicy['validation'];
  readonly HOME_COUNTRY?: string;
  readonly ALLOWED_COUNTRIES: string[];
  readonly ALLOWED_PREFIXES: string[];
  readonly BLOCKED_PREFIXES: string[];
  readonly ALLOWED_NUMBER_TYPES: CostlyType[];
  /** The same as naming all types. */
  readonly ALLOW_PREMIUM_NUMBERS: boolean;
  readonly OUTSIDE_LINE_PREFIXES?: string[];
  readonly ALLOWED_FEATURE_CODES: string[];
}

/** Says in OUTSIDE_LINE_PREFIXES that there are none; an empty variable counts as not set. */
const NO_OUTSIDE_LINE = 'none';

const COUNTRY_RULE = 'must be a country of two capital letters, such as FR';

const prefixes = matching(/^\+?[0-9]{1,15}$/, 'must be digits with an optional + in front');

export function numberVariables() {
  return {
    DIAL_ENDPOINT: Joi.string().default('PJSIP/{number}@trunk').custom(endpointTemplate),
    NUMBER_VALIDATION: Joi.string()
      .valid(...NUMBER_VALIDATIONS)
      .default('e164'),
    HOME_COUNTRY: Joi.string().custom((country: string, helpers) =>
      knownCountries().includes(country) ? country : helpers.message({ custom: `{{#label}} ${COUNTRY_RULE}` }),
    ),
    ALLOWED_COUNTRIES: list(matching(/^[A-Z]{2}$/, COUNTRY_RULE)).default([]),
    ALLOWED_PREFIXES: list(prefixes).default([]),
    BLOCKED_PREFIXES: list(prefixes).default([]),
    ALLOWED_NUMBER_TYPES: list<CostlyType>(Joi.string().valid(...COSTLY_TYPES)).default([]),
    ALLOW_PREMIUM_NUMBERS: Joi.boolean().default(false),
    OUTSIDE_LINE_PREFIXES: list(matching(/^(?:[0-9]{1,4}|none)$/, `must be digits, or ${NO_OUTSIDE_LINE}`)),
    ALLOWED_FEATURE_CODES: list(matching(/^[*#][0-9*#]{1,5}$/, 'must be a code such as *67')).default([]),
  };
}

/** The policy that these variables make. */
export function numberPolicyOf(given: NumberVariables): NumberPolicy {
  return {
    validation: given.NUMBER_VALIDATION,
    endpoint: given.DIAL_ENDPOINT,
    homeCountry: given.HOME_COUNTRY ?? null,
    allowedCountries: given.ALLOWED_COUNTRIES,
    allowedTypes: given.ALLOW_PREMIUM_NUMBERS ? COSTLY_TYPES : given.ALLOWED_NUMBER_TYPES,
    blockedPrefixes: given.BLOCKED_PREFIXES,
    allowedPrefixes: given.ALLOWED_PREFIXES,
    outsideLinePrefixes: given.OUTSIDE_LINE_PREFIXES?.filter((prefix) => prefix !== NO_OUTSIDE_LINE) ?? null,
    allowedFeatureCodes: given.ALLOWED_FEATURE_CODES,
  };
}

export function endpointTemplate(template: string, helpers: Joi.CustomHelpers<string>): string | Joi.ErrorReport {
  const problem = endpointTemplateProblem(template);
  return problem === null ? template : helpers.message({ custom: '{{#label}} {{#problem}}' }, { problem });
}
