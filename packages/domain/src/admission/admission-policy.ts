import { CONTEXT, CONTEXT_RULE, EXTENSION, EXTENSION_RULE, PRIORITY } from '../dialplan.js';
import type { AllowedVariables } from './allowed-variables.js';
import type { CallingWindow } from './calling-window.js';
import type { NumberPolicy } from './number-policy.js';
import { WEBHOOK_HOST, WEBHOOK_HOST_RULE } from '../webhooks/webhook-hosts.js';

/** What may be named: these, or with `*` among them anything that is valid. */
export type AllowList = readonly string[];

/** Stands in a list for everything that is valid. */
export const ANYTHING = '*';

/** What a call may be, by the settings of this installation. The same in the API and in the worker. */
export interface AdmissionPolicy {
  readonly numbers: NumberPolicy;
  readonly contexts: AllowList;
  readonly extensions: AllowList;
  /** Decimal digits. */
  readonly priorities: AllowList;
  /** Numbers in E.164 form; others are compared as they are. */
  readonly callerIds: AllowList;
  readonly variables: AllowedVariables;
  readonly window: CallingPolicy | null;
  /** How answered calls are connected to a second number (`connect_to`); null for not at all. */
  readonly connect: ConnectPolicy | null;
}

/** Click to call. */
export interface ConnectPolicy {
  /** The dialplan context that dials the second number and nothing else; at `s`, priority 1. */
  readonly context: string;
  /** Internal extensions that may stand in the place of the number. */
  readonly extensions: readonly string[];
  /** The endpoint of such an extension: a template as DIAL_ENDPOINT. */
  readonly extensionEndpoint: string;
}

/** When people may be called. */
export interface CallingPolicy {
  readonly spans: CallingWindow;
  /** IANA: where those are whose number does not say it, extensions for example. */
  readonly homeTimeZone: string;
}

/**
 * What an admin has given one user. Each list stands in the place of the installation’s, narrower or wider; null leaves that one in
 * force.
 */
export interface UserPermissions {
  readonly contexts: AllowList | null;
  readonly extensions: AllowList | null;
  readonly priorities: AllowList | null;
  readonly callerIds: AllowList | null;
  /** Hosts that calls may be reported to (`webhook_url`). A matter of the API alone. */
  readonly webhookHosts: AllowList | null;
}

/** Those of a user whom nobody has given anything. */
export const NO_OWN_PERMISSIONS: UserPermissions = {
  contexts: null,
  extensions: null,
  priorities: null,
  callerIds: null,
  webhookHosts: null,
};

/** Whether a list has it. */
export function allows(list: AllowList, wanted: string): boolean {
  return list.includes(wanted) || list.includes(ANYTHING);
}

/**
 * What is taken where a request says nothing: the installation’s default, or, for a user whose own list does not have that, the
 * first of the list; undefined when it is empty.
 */
export function defaultFor(own: AllowList | null, otherwise: string): string | undefined {
  return own === null || allows(own, otherwise) ? otherwise : own[0];
}

/** How an entry of each list is written. A star is an extension, too, so that it needs no words there. */
export const ENTRIES: Readonly<Record<keyof UserPermissions, { readonly pattern: RegExp; readonly rule: string }>> = {
  contexts: { pattern: CONTEXT, rule: CONTEXT_RULE },
  extensions: { pattern: EXTENSION, rule: EXTENSION_RULE },
  priorities: {
    pattern: /^(?:[1-9][0-9]{0,3}|\*)$/,
    rule: `must be ${PRIORITY.min} to ${PRIORITY.max}, or ${ANYTHING}`,
  },
  callerIds: { pattern: /^(?:\+?[0-9]{2,15}|\*)$/, rule: `must be a number such as +33123456789, or ${ANYTHING}` },
  webhookHosts: { pattern: WEBHOOK_HOST, rule: WEBHOOK_HOST_RULE },
};
