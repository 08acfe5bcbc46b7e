import type { Calls, CreatedCall, NewCall } from '@dialgate/database';
import { CALL_LIMIT_NAMES, DialgateError, type ErrorCode } from '@dialgate/domain';
import type { Logger } from '@dialgate/service-kit';
import type { OriginateProducer } from '@dialgate/redis';
import type { JudgeCall, WantedCall } from './judge-call.js';
import type { OpenHook } from './open-hook.js';
import { refusal } from './refusal.js';
import type { Withdrawals } from './withdrawals.js';

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
  readonly judgeCall: JudgeCall;
  readonly openHook: OpenHook;
  readonly queue: Pick<OriginateProducer, 'add'>;
  readonly withdrawals: Pick<Withdrawals, 'add'>;
  readonly log: Logger;
}): CreateCall {
  const { calls, judgeCall, openHook, queue, withdrawals, log } = deps;
  const inFlight = new Set<string>();

  async function create(wanted: WantedCall): Promise<AcceptedCall> {
    const { call, verdict } = await judgeCall(wanted);
    const opened =
      verdict.verdict === 'allowed' ? await openHook(wanted) : refusal(verdict, wanted.number.field, wanted.body);
    if (!(opened instanceof DialgateError)) return write({ ...call, hook: opened });
    // Refused, unless the call is there already.
    const earlier = await calls.earlier(call);
    if (earlier === null) throw opened;
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
    // One that waits for its time is queued by the workers' sweep.
    if (call.notBefore !== null) return created;
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
