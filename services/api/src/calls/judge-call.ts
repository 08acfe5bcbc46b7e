import type { AskAdmissionFacts, NewCall } from '@dialgate/database';
import {
  allowsWebhookHost,
  allThatMayRing,
  defaultFor,
  regionOf,
  type AdmissionFacts,
  type AllowList,
  type CallerId,
  type DialplanDestination,
  type NumberVerdict,
  secondCounted,
  type OwnLimits,
  type SecondVerdict,
  type UserPermissions,
  type Verdict,
} from '@dialgate/domain';
import type { Admission } from '@dialgate/service-kit';
import { v7 as uuidv7 } from 'uuid';
import type { CallOptions } from '../schemas/create-call.js';
import { invalidFields } from '../schemas/valid.js';
import { urlProblems } from '../schemas/webhook.js';
import { retryOf } from '../schemas/retry.js';
import { fingerprint } from './idempotency.js';
import { AT_ONCE, scheduleOf, type Schedule } from './schedule.js';

/** What is taken where the client says nothing. */
export interface CallDefaults {
  readonly destination: DialplanDestination;
  readonly ringTimeoutMs: number;
  readonly callerId: CallerId | null;
  /** Where a call goes on that is connected to a second number; null where none is. */
  readonly connect: DialplanDestination | null;
  /** How long a call may wait to be dialled, in seconds. */
  readonly expiresInSeconds: number;
}

/** Where calls may be reported to that say it themselves. */
export interface HookPolicy {
  readonly hosts: AllowList;
  /** See WEBHOOK_ALLOW_HTTP. */
  readonly allowHttp: boolean;
}

/** The number of a request, where it stood there (`path.number`), and what the policy says of it. */
export interface AskedNumber {
  readonly text: string;
  readonly field: string;
  readonly verdict: NumberVerdict;
}

/** A request for a call whose fields are valid one by one. */
export interface WantedCall {
  readonly userId: string;
  readonly ownLimits: OwnLimits;
  readonly suspensionLiftedAt: Date | null;
  readonly number: AskedNumber;
  readonly options: CallOptions;
  /** How the place of the options is called in problems: `body`, in a batch `body.calls.7`. */
  readonly body: string;
  /** Which of the create routes it came by. */
  readonly route: string;
  readonly idempotencyKey: string | null;
}

/** The call that a request would make, and whether it may be placed. Where it is reported to is not said in it yet. */
export interface JudgedRequest {
  readonly call: NewCall;
  readonly verdict: Verdict;
}

export type JudgeCall = (wanted: WantedCall) => Promise<JudgedRequest>;

/**
 * Makes a call of a request, with what is taken where it says nothing, and judges it. Writes nothing.
 *
 * @throws DialgateError `invalid_request`, `overloaded`, `database_unavailable`
 */
export function createJudgeCall(deps: {
  readonly admission: Admission;
  readonly admissionFacts: AskAdmissionFacts;
  readonly defaults: CallDefaults;
  readonly hooks: HookPolicy;
}): JudgeCall {
  const { admission, admissionFacts, defaults, hooks } = deps;

  return async (wanted) => {
    const { verdict: number } = wanted.number;
    refuseBadHook(wanted, hooks);
    const second = await admission.second(connectToOf(wanted));
    const refused =
      number.verdict !== 'allowed' ? number : second !== null && second.verdict !== 'allowed' ? second : null;
    if (refused !== null) {
      return {
        call: newCall(wanted, second, AT_ONCE, defaults),
        verdict: { ...refused, ofSecond: refused !== number },
      };
    }
    const mayRing = allThatMayRing(number, second);
    const facts: AdmissionFacts = await admissionFacts(wanted.userId, mayRing);
    const place = { mayRing, hours: admission.hours(mayRing), at: facts.at, body: wanted.body };
    const schedule = scheduleOf(wanted.options, place);
    const call = newCall(wanted, second, schedule, defaultsFor(facts.permissions, defaults));
    // The hour that counts is that at which it will be dialled.
    const verdict = await admission.call(call, number, { ...facts, at: schedule.notBefore ?? facts.at });
    const mayReport = verdict.verdict !== 'allowed' || allowsHook(wanted, facts.permissions, hooks);
    return { call, verdict: mayReport ? verdict : { verdict: 'refused', refusal: 'webhook_url_not_allowed' } };
  };
}

/** @throws DialgateError `invalid_request` */
function refuseBadHook({ options, body }: WantedCall, { allowHttp }: HookPolicy): void {
  const problems = urlProblems(options.webhook_url, allowHttp, `${body}.webhook_url`);
  if (problems.length > 0) throw invalidFields(problems);
}

function allowsHook({ options }: WantedCall, { webhookHosts }: UserPermissions, { hosts }: HookPolicy): boolean {
  if (options.webhook_url === undefined) return true;
  return allowsWebhookHost(webhookHosts ?? hosts, new URL(options.webhook_url).hostname);
}

/** The defaults of a user: what they may not have is replaced by the first that they may. */
function defaultsFor(
  { contexts, extensions, priorities, callerIds }: UserPermissions,
  defaults: CallDefaults,
): CallDefaults {
  const { destination, callerId } = defaults;
  const number = callerId === null ? undefined : defaultFor(callerIds, callerId.number);
  return {
    ...defaults,
    destination: {
      context: defaultFor(contexts, destination.context) ?? destination.context,
      extension: defaultFor(extensions, destination.extension) ?? destination.extension,
      priority: Number(defaultFor(priorities, String(destination.priority)) ?? destination.priority),
    },
    callerId: number === undefined ? null : number === callerId?.number ? callerId : { number, name: '' },
  };
}

/**
 * The number to connect to, if any. Where such a call goes on is not for the client to say as well.
 *
 * @throws DialgateError `invalid_request`
 */
function connectToOf({ options, body }: WantedCall): string | null {
  if (options.connect_to === undefined) return null;
  const said = (['context', 'extension', 'priority'] as const).filter((field) => options[field] !== undefined);
  if (said.length === 0) return options.connect_to;
  const problem = 'cannot be said together with connect_to, which says where the call goes on';
  throw invalidFields(said.map((field) => ({ field: `${body}.${field}`, problem })));
}

function newCall(
  { userId, ownLimits, number, options, route, idempotencyKey }: WantedCall,
  second: SecondVerdict | null,
  schedule: Schedule,
  defaults: CallDefaults,
): NewCall {
  const phoneNumber = number.text;
  return {
    id: uuidv7(),
    userId,
    phoneNumber,
    counted: { ...countedOf(number), own: ownLimits, second: secondCounted(second) },
    destination: destinationOf(options, defaults),
    connectTo: options.connect_to ?? null,
    ringTimeoutMs: options.timeout ?? defaults.ringTimeoutMs,
    callerId: options.caller_id ?? defaults.callerId,
    variables: options.variables ?? {},
    metadata: options.metadata ?? null,
    ...schedule,
    retry: retryOf(options.retry),
    expiresInMs: (options.expires_in ?? defaults.expiresInSeconds) * 1000,
    hook: null,
    idempotency:
      idempotencyKey === null ? null : { key: idempotencyKey, fingerprint: fingerprint(route, phoneNumber, options) },
  };
}

function destinationOf(options: CallOptions, { destination, connect }: CallDefaults): DialplanDestination {
  if (options.connect_to !== undefined && connect !== null) return connect;
  return {
    context: options.context ?? destination.context,
    extension: options.extension ?? destination.extension,
    priority: options.priority ?? destination.priority,
  };
}

/** One phone is counted once, however its number is written. */
function countedOf({ text, verdict: judged }: AskedNumber): Pick<NewCall['counted'], 'number' | 'region'> {
  const { number, country } = judged.verdict === 'allowed' ? judged : { number: text, country: null };
  return { number, region: regionOf(number, country) };
}
