import type { Calls, CreatedCall, NewCall } from '@dialgate/database';
import {
  CALL_LIMIT_NAMES,
  DialgateError,
  NUMBER_REFUSALS,
  regionOf,
  type CallerId,
  type DialplanDestination,
  type ErrorCode,
  type NumberPolicy,
  type NumberVerdict,
  type OwnLimits,
} from '@dialgate/domain';
import type { Logger } from '@dialgate/service-kit';
import type { OriginateProducer } from '@dialgate/redis';
import { v7 as uuidv7 } from 'uuid';
import type { CallOptions } from '../schemas/create-call.js';
import { invalidFields } from '../schemas/valid.js';
import { forbiddenVariables, type AllowedVariables } from './allowed-variables.js';
import { fingerprint } from './idempotency.js';
import type { Withdrawals } from './withdrawals.js';

/** What is taken where the client says nothing. */
export interface CallDefaults {
  readonly destination: DialplanDestination;
  readonly ringTimeoutMs: number;
  readonly callerId: CallerId | null;
  /** How long a call may wait to be dialled, in seconds. */
  readonly expiresInSeconds: number;
}

export interface CallPolicy {
  readonly defaults: CallDefaults;
  readonly allowedContexts: readonly string[];
  readonly allowedVariables: AllowedVariables;
  readonly numbers: NumberPolicy;
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
 * call is asked before its row is written, so that a refused request uses up no Idempotency-Key.
 *
 * @throws DialgateError `invalid_request`, a `NumberRefusal`, `context_not_allowed`, `variable_not_allowed`,
 *   `idempotency_key_in_use`, `idempotency_key_reused`, a `CallLimit`, `overloaded`, `database_unavailable`
 */
export function createCreateCall(deps: {
  readonly calls: Pick<Calls, 'create'>;
  readonly queue: Pick<OriginateProducer, 'add'>;
  readonly withdrawals: Pick<Withdrawals, 'add'>;
  readonly policy: CallPolicy;
  readonly log: Logger;
}): CreateCall {
  const { calls, queue, withdrawals, policy, log } = deps;
  const inFlight = new Set<string>();

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
    if (created.outcome === 'key_reused') {
      throw new DialgateError('idempotency_key_reused', 'This Idempotency-Key came with another request before.');
    }
    // Behind the answer. If it never arrives, the sweep finds the row; for a call that is long over it changes nothing.
    queue.add(created.id).catch((error: unknown) => log.debug({ callId: call.id, error }, 'Queue nudge failed'));
    return created;
  }

  return async (wanted) => {
    assertAllowed(wanted, policy);
    const call = newCall(wanted, policy.defaults);
    if (call.idempotency === null) return write(call);

    const key = `${call.userId} ${call.idempotency.key}`;
    if (inFlight.has(key)) {
      throw new DialgateError(
        'idempotency_key_in_use',
        'The first request with this Idempotency-Key is still under way.',
        { retryAfterSeconds: 1 },
      );
    }
    inFlight.add(key);
    try {
      return await write(call);
    } finally {
      inFlight.delete(key);
    }
  };
}

function assertAllowed({ number: { field, verdict: judged }, options }: WantedCall, policy: CallPolicy): void {
  if (judged.verdict === 'malformed') throw invalidFields([{ field, problem: judged.problem }]);
  if (judged.verdict === 'refused') {
    const problem = NUMBER_REFUSALS[judged.refusal];
    throw new DialgateError(judged.refusal, problem, { fields: [{ field, problem }] });
  }
  if (options.context !== undefined && !policy.allowedContexts.includes(options.context)) {
    throw new DialgateError('context_not_allowed', 'Calls may not be put through to this context.', {
      fields: [{ field: 'body.context', problem: 'is not one of the allowed contexts' }],
    });
  }
  const forbidden = forbiddenVariables(Object.keys(options.variables ?? {}), policy.allowedVariables);
  if (forbidden.length > 0) {
    throw new DialgateError('variable_not_allowed', 'Only channel variables that ALLOWED_VARIABLES names may be set.', {
      fields: forbidden.map((name) => ({
        field: `body.variables.${name}`,
        problem: 'is not named by ALLOWED_VARIABLES',
      })),
    });
  }
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
