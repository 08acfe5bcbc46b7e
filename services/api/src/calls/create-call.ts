import type { AskAdmissionFacts, Calls, CreatedCall, NewCall } from '@dialgate/database';
import {
  CALL_LIMIT_NAMES,
  defaultFor,
  DialgateError,
  regionOf,
  type AdmissionFacts,
  type CallerId,
  type DialplanDestination,
  type ErrorCode,
  type NumberVerdict,
  type OwnLimits,
  type UserPermissions,
  type Verdict,
} from '@dialgate/domain';
import type { Admission, Logger } from '@dialgate/service-kit';
import type { OriginateProducer } from '@dialgate/redis';
import { v7 as uuidv7 } from 'uuid';
import type { CallOptions } from '../schemas/create-call.js';
import { fingerprint } from './idempotency.js';
import { refusal } from './refusal.js';
import type { Withdrawals } from './withdrawals.js';

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
  /** Which of the create routes it came by. */
  readonly route: string;
  readonly idempotencyKey: string | null;
}

export type AcceptedCall = Exclude<CreatedCall, { outcome: 'key_reused' }>;

export type CreateCall = (wanted: WantedCall) => Promise<AcceptedCall>;

/** Refusals that come before a row could be written. */
const CERTAINLY_NOT_WRITTEN: ReadonlySet<ErrorCode> = new Set<ErrorCode>([...CALL_LIMIT_NAMES, 'overloaded']);

/**
 * Row first, job second: a job lost between the two is found again by the workers' sweep. Everything that can refuse a
 * call is asked before its row is written, so that a refused request uses up no Idempotency-Key. A request that came under its key
 * before gets the first answer, whatever was allowed or forbidden since.
 *
 * @throws DialgateError `invalid_request`, a `Refusal`, `idempotency_key_in_use`, `idempotency_key_reused`, a `CallLimit`,
 *   `overloaded`, `database_unavailable`
 */
export function createCreateCall(deps: {
  readonly calls: Pick<Calls, 'create' | 'earlier'>;
  readonly admission: Admission;
  readonly admissionFacts: AskAdmissionFacts;
  readonly queue: Pick<OriginateProducer, 'add'>;
  readonly withdrawals: Pick<Withdrawals, 'add'>;
  readonly defaults: CallDefaults;
  readonly log: Logger;
}): CreateCall {
  const { calls, admission, admissionFacts, queue, withdrawals, defaults, log } = deps;
  const inFlight = new Set<string>();

  async function judged(wanted: WantedCall): Promise<{ readonly call: NewCall; readonly verdict: Verdict }> {
    const { verdict: number } = wanted.number;
    if (number.verdict !== 'allowed') return { call: newCall(wanted, defaults), verdict: number };
    const facts: AdmissionFacts = await admissionFacts(wanted.userId, number.mayRing);
    const call = newCall(wanted, defaultsFor(facts.permissions, defaults));
    return { call, verdict: await admission.call(call, number, facts) };
  }

  async function create(wanted: WantedCall): Promise<AcceptedCall> {
    const { call, verdict } = await judged(wanted);
    if (verdict.verdict === 'allowed') return write(call);
    const earlier = await calls.earlier(call);
    if (earlier === null) throw refusal(verdict, wanted.number.field);
    if (earlier.outcome === 'key_reused') throw keyReused();
    return earlier;
  }

  async function write(call: NewCall): Promise<AcceptedCall> {
    let created: CreatedCall;
    try {
      created = await calls.create(call);
    } catch (error) {
      // The row may have been written all the same. With a key the client can find out; without, it must not ring.
      const notWritten = error instanceof DialgateError && CERTAINLY_NOT_WRITTEN.has(error.code);
      if (call.idempotency === null && !notWritten) withdrawals.add(call.id);
      throw error;
    }
    if (created.outcome === 'key_reused') throw keyReused();
    // Behind the answer. If it never arrives, the sweep finds the row; for a call that is long over it changes nothing.
    queue.add(created.id).catch((error: unknown) => log.debug({ callId: call.id, error }, 'Queue nudge failed'));
    return created;
  }

  return async (wanted) => {
    if (wanted.idempotencyKey === null) return create(wanted);

    const key = `${wanted.userId} ${wanted.idempotencyKey}`;
    if (inFlight.has(key)) {
      throw new DialgateError(
        'idempotency_key_in_use',
        'The first request with this Idempotency-Key is still under way.',
        { retryAfterSeconds: 1 },
      );
    }
    inFlight.add(key);
    try {
      return await create(wanted);
    } finally {
      inFlight.delete(key);
    }
  };
}

function keyReused(): DialgateError {
  return new DialgateError('idempotency_key_reused', 'This Idempotency-Key came with another request before.');
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
