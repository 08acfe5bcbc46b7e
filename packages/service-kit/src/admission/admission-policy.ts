import {
  ALLOWED_VARIABLE,
  ALLOWED_VARIABLE_RULE,
  ANYTHING,
  CALLER_ID_RULE,
  CALLING_SPAN_RULE,
  CONNECT_EXTENSION,
  CONNECT_EXTENSION_RULE,
  ENTRIES,
  isTimeZone,
  parseCallerId,
  parseCallingSpan,
  PRIORITY,
  TIME_ZONE_RULE,
  type AdmissionPolicy,
  type CallerId,
  type CallingSpan,
  type DialplanDestination,
  type UserPermissions,
} from '@dialgate/domain';
import Joi from 'joi';
import { list, matching, wholeNumber } from '../config/fields.js';
import { endpointTemplate, numberPolicyOf, numberVariables, type NumberVariables } from '../numbers/number-policy.js';

/** The variables that say what a call may be. The API and the workers read the same ones. */
export interface AdmissionVariables extends NumberVariables {
  readonly DEFAULT_CONTEXT: string;
  readonly DEFAULT_EXTENSION: string;
  readonly DEFAULT_PRIORITY: number;
  readonly DEFAULT_CALLER_ID?: CallerId;
  /** These lists have the default alone when they are absent; with `*` anything valid. */
  readonly ALLOWED_CONTEXTS?: string[];
  readonly ALLOWED_EXTENSIONS?: string[];
  readonly ALLOWED_PRIORITIES?: string[];
  readonly ALLOWED_CALLER_IDS?: string[];
  readonly ALLOWED_VARIABLES: string[];
  /** The dialplan context that connects an answered call to a second number; without it none is connected. */
  readonly CONNECT_CONTEXT?: string;
  /** Internal extensions that calls may be connected to. */
  readonly CONNECT_EXTENSIONS: string[];
  /** The endpoint of such an extension, as DIAL_ENDPOINT that of a number. */
  readonly CONNECT_EXTENSION_ENDPOINT: string;
  readonly CALLING_WINDOW?: CallingSpan[];
  /** Required with a calling window. */
  readonly HOME_TIME_ZONE?: string;
}

const DEFAULTS = { DEFAULT_CONTEXT: 'outbound-ivr', DEFAULT_EXTENSION: 's', DEFAULT_PRIORITY: 1 } as const;

const entry = (of: keyof UserPermissions): Joi.StringSchema => matching(ENTRIES[of].pattern, ENTRIES[of].rule);

export function admissionVariables() {
  return {
    ...numberVariables(),
    DEFAULT_CONTEXT: entry('contexts').default(DEFAULTS.DEFAULT_CONTEXT),
    // A star would stand for all extensions.
    DEFAULT_EXTENSION: entry('extensions').invalid(ANYTHING).default(DEFAULTS.DEFAULT_EXTENSION),
    DEFAULT_PRIORITY: wholeNumber(PRIORITY.min, PRIORITY.max).default(DEFAULTS.DEFAULT_PRIORITY),
    DEFAULT_CALLER_ID: Joi.any().custom(callerId) as Joi.Schema as Joi.ObjectSchema<CallerId>,
    ALLOWED_CONTEXTS: list(entry('contexts')).custom(withDefault('DEFAULT_CONTEXT')),
    ALLOWED_EXTENSIONS: list(entry('extensions')).custom(withDefault('DEFAULT_EXTENSION')),
    ALLOWED_PRIORITIES: list(entry('priorities')).custom(withDefault('DEFAULT_PRIORITY')),
    ALLOWED_CALLER_IDS: list(entry('callerIds')).custom(withDefault('DEFAULT_CALLER_ID')),
    ALLOWED_VARIABLES: list(matching(ALLOWED_VARIABLE, ALLOWED_VARIABLE_RULE)).default(['DG_*']),
    CONNECT_CONTEXT: entry('contexts'),
    CONNECT_EXTENSIONS: list(matching(CONNECT_EXTENSION, CONNECT_EXTENSION_RULE)).default([]),
    CONNECT_EXTENSION_ENDPOINT: Joi.string().default('PJSIP/{number}').custom(endpointTemplate),
    CALLING_WINDOW: list(Joi.string().custom(callingSpan)).min(1) as Joi.Schema as Joi.ArraySchema<CallingSpan[]>,
    HOME_TIME_ZONE: Joi.string()
      .custom((zone: string, helpers) => (isTimeZone(zone) ? zone : wrong(helpers, TIME_ZONE_RULE)))
      .when('CALLING_WINDOW', { is: Joi.exist(), then: Joi.required() }),
  };
}

/** The policy that these variables make. */
export function admissionPolicyOf(given: AdmissionVariables): AdmissionPolicy {
  const { CALLING_WINDOW: spans, HOME_TIME_ZONE: homeTimeZone } = given;
  const callerId = given.DEFAULT_CALLER_ID;
  return {
    numbers: numberPolicyOf(given),
    contexts: given.ALLOWED_CONTEXTS ?? [given.DEFAULT_CONTEXT],
    extensions: given.ALLOWED_EXTENSIONS ?? [given.DEFAULT_EXTENSION],
    priorities: given.ALLOWED_PRIORITIES ?? [String(given.DEFAULT_PRIORITY)],
    callerIds: given.ALLOWED_CALLER_IDS ?? (callerId === undefined ? [] : [callerId.number]),
    variables: given.ALLOWED_VARIABLES,
    connect:
      given.CONNECT_CONTEXT === undefined
        ? null
        : {
            context: given.CONNECT_CONTEXT,
            extensions: given.CONNECT_EXTENSIONS,
            extensionEndpoint: given.CONNECT_EXTENSION_ENDPOINT,
          },
    window: spans === undefined || homeTimeZone === undefined ? null : { spans, homeTimeZone },
  };
}

/** Where an answered call goes on when nobody says where. */
export function defaultDestinationOf(given: AdmissionVariables): DialplanDestination {
  return { context: given.DEFAULT_CONTEXT, extension: given.DEFAULT_EXTENSION, priority: given.DEFAULT_PRIORITY };
}

/** A list without the default would have every request refused that does not say it. */
function withDefault(name: keyof typeof DEFAULTS | 'DEFAULT_CALLER_ID') {
  return (allowed: string[], helpers: Joi.CustomHelpers): string[] | Joi.ErrorReport => {
    const [given] = helpers.state.ancestors as [Partial<AdmissionVariables>];
    const chosen = name === 'DEFAULT_CALLER_ID' ? given[name]?.number : (given[name] ?? DEFAULTS[name]);
    if (chosen === undefined || allowed.includes(String(chosen)) || allowed.includes(ANYTHING)) return allowed;
    return wrong(helpers, `must contain ${name}`);
  };
}

function callerId(text: string, helpers: Joi.CustomHelpers): CallerId | Joi.ErrorReport {
  return parseCallerId(text) ?? wrong(helpers, CALLER_ID_RULE);
}

function callingSpan(text: string, helpers: Joi.CustomHelpers): CallingSpan | Joi.ErrorReport {
  return parseCallingSpan(text) ?? wrong(helpers, CALLING_SPAN_RULE);
}

function wrong(helpers: Joi.CustomHelpers, problem: string): Joi.ErrorReport {
  return helpers.message({ custom: `{{#label}} ${problem}` });
}
