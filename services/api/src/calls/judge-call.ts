import type { AskAdmissionFacts, NewCall } from '@dialgate/database';
import {
  defaultFor,
  regionOf,
  type AdmissionFacts,
  type CallerId,
  type DialplanDestination,
  type NumberVerdict,
  type OwnLimits,
  type UserPermissions,
  type Verdict,
} from '@dialgate/domain';
import type { Admission } from '@dialgate/service-kit';
import { v7 as uuidv7 } from 'uuid';
import type { CallOptions } from '../schemas/create-call.js';
import { retryOf } from '../schemas/retry.js';
import { fingerprint } from './idempotency.js';
import { AT_ONCE, scheduleOf, type Schedule } from './schedule.js';

/** What is taken where the client says nothing. */
export interface CallDefaults {
  readonly destination: DialplanDestination;
  readonly ringTimeoutMs: number;
  readonly callerId: CallerId | null;
  /** How long a call may wait to be dialled, in seconds. */
  readonly expiresInSeconds: number;
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

/** The call that a request would make, and whether it may be placed. */
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
}): JudgeCall {
  const { admission, admissionFacts, defaults } = deps;

  return async (wanted) => {
    const { verdict: number } = wanted.number;
    if (number.verdict !== 'allowed') return { call: newCall(wanted, AT_ONCE, defaults), verdict: number };
    const facts: AdmissionFacts = await admissionFacts(wanted.userId, number.mayRing);
    const { mayRing } = number;
    const place = { mayRing, hours: admission.hours(mayRing), at: facts.at, body: wanted.body };
    const schedule = scheduleOf(wanted.options, place);
    const call = newCall(wanted, schedule, defaultsFor(facts.permissions, defaults));
    // The hour that counts is that at which it will be dialled.
    return { call, verdict: await admission.call(call, number, { ...facts, at: schedule.notBefore ?? facts.at }) };
  };
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

function newCall(
  { userId, ownLimits, number, options, route, idempotencyKey }: WantedCall,
  schedule: Schedule,
  defaults: CallDefaults,
): NewCall {
  const phoneNumber = number.text;
  return {
    id: uuidv7(),
    userId,
    phoneNumber,
    counted: { ...countedOf(number), own: ownLimits },
    destination: {
      context: options.context ?? defaults.destination.context,
      extension: options.extension ?? defaults.destination.extension,
      priority: options.priority ?? defaults.destination.priority,
    },
    ringTimeoutMs: options.timeout ?? defaults.ringTimeoutMs,
    callerId: options.caller_id ?? defaults.callerId,
    variables: options.variables ?? {},
    metadata: options.metadata ?? null,
    ...schedule,
    retry: retryOf(options.retry),
    expiresInMs: (options.expires_in ?? defaults.expiresInSeconds) * 1000,
    idempotency:
      idempotencyKey === null ? null : { key: idempotencyKey, fingerprint: fingerprint(route, phoneNumber, options) },
  };
}

/** One phone is counted once, however its number is written. */
function countedOf({ text, verdict: judged }: AskedNumber): Pick<NewCall['counted'], 'number' | 'region'> {
  const { number, country } = judged.verdict === 'allowed' ? judged : { number: text, country: null };
  return { number, region: regionOf(number, country) };
}
