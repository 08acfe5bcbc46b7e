import type { AskAdmissionFacts, Calls, DueOrder, NewCall, Users } from '@dialgate/database';
import {
  allThatMayRing,
  CALL_LIMIT_NAMES,
  DialgateError,
  nextOfOrder,
  regionOf,
  secondCounted,
  zonedWindowOf,
  type ErrorCode,
  type NextOfOrder,
  type NumberVerdict,
  type OwnLimits,
  type SecondVerdict,
} from '@dialgate/domain';
import { every, type Admission, type Logger, type Part } from '@dialgate/service-kit';
import type { OriginateProducer } from '@dialgate/redis';
import { v7 as uuidv7 } from 'uuid';

/** How long the sweep rests between two rounds, in milliseconds: the most that a call comes late. */
const EVERY_MS = 2_000;

/** Orders of one round that are decided on at once. */
const AT_ONCE = 20;

/** How soon a limit is asked again at the earliest, in milliseconds. */
const LIMIT_AGAIN_MS = 10_000;

/** Limits say when there may be room; all others are refusals. */
const LATER: ReadonlySet<ErrorCode> = new Set<ErrorCode>(CALL_LIMIT_NAMES);

type Allowed = Extract<NumberVerdict, { verdict: 'allowed' }>;

/** Whom it would ring, and for whom. */
interface Asked {
  readonly number: NumberVerdict;
  readonly second: SecondVerdict | null;
  readonly own: OwnLimits;
}

export interface RetryOrderParts {
  readonly calls: Pick<
    Calls,
    'takeDueOrders' | 'postponeOrder' | 'settleOrder' | 'createTry' | 'hastenOrdersOfStopped'
  >;
  readonly users: Pick<Users, 'findById'>;
  readonly admission: Admission;
  readonly admissionFacts: AskAdmissionFacts;
  readonly queue: Pick<OriginateProducer, 'add'>;
  readonly log: Logger;
  readonly everyMs?: number;
}

/**
 * Makes the further calls that clients have ordered, each when the one before is over, and ends orders of which nothing more comes.
 * A further call is judged, limited and counted as one that is asked for; a limit delays it, a refusal ends the order. Refusals
 * here are no sign of fraud: the number was accepted before.
 */
export function createRetryOrders(parts: RetryOrderParts): Part {
  const { calls, log, everyMs = EVERY_MS } = parts;
  const advance = createAdvance(parts);

  async function round(): Promise<void> {
    await calls.hastenOrdersOfStopped();
    const due = await calls.takeDueOrders();
    while (due.length > 0) await Promise.all(due.splice(0, AT_ONCE).map(advance));
  }

  return every('retry orders', everyMs, round, log);
}

function createAdvance({ calls, users, admission, admissionFacts, queue, log }: RetryOrderParts) {
  return async (due: DueOrder): Promise<void> => {
    const { call } = due;
    const user = await users.findById(call.userId);
    const number = await admission.number(call.phoneNumber);
    const second = await admission.second(call.connectTo);
    const hours = number.verdict === 'allowed' ? admission.hours(allThatMayRing(number, second)) : null;
    const next = nextOfOrder(due.order, call, {
      at: due.at,
      windows: [
        ...(call.callingWindow === null ? [] : [zonedWindowOf(call.callingWindow)]),
        ...(hours === null ? [] : [hours]),
      ],
      userStopped: user === null || user.disabled ? 'user_disabled' : user.suspended ? 'user_suspended' : null,
    });
    if (next.then === 'call') await callAgain(due, next.tryNumber, { number, second, own: user?.ownLimits ?? {} });
    else await carryOut(due, next);
  };

  async function carryOut(due: DueOrder, next: Exclude<NextOfOrder, { then: 'call' }>): Promise<void> {
    if (next.then === 'wait') return calls.postponeOrder(due, next.until);
    if (!(await calls.settleOrder(due, next))) return;
    const { end, refusal } = next;
    log.info({ callId: due.call.id, orderId: due.order.id, result: due.call.status, end, refusal }, 'Order finished');
  }

  /** The same call once more. Row first, job second, as everywhere. */
  async function callAgain(due: DueOrder, tryNumber: number, asked: Asked): Promise<void> {
    const { order, call, at } = due;
    const { number, second } = asked;
    if (number.verdict !== 'allowed') {
      const refusal = number.verdict === 'refused' ? number.refusal : 'invalid_request';
      return carryOut(due, { then: 'settle', end: 'refused', refusal });
    }
    const verdict = await admission.call(
      call,
      number,
      await admissionFacts(call.userId, allThatMayRing(number, second)),
    );
    if (verdict.verdict !== 'allowed') {
      const refusal = verdict.verdict === 'refused' ? verdict.refusal : 'invalid_request';
      return carryOut(due, { then: 'settle', end: 'refused', refusal });
    }
    const again = sameAgain(due, number, asked);
    try {
      const made = await calls.createTry(again, { orderId: order.id, tryNumber, formerCallId: call.id });
      if (!made) return; // Canceled meanwhile, or somebody else made it.
    } catch (error) {
      if (!(error instanceof DialgateError) || !LATER.has(error.code)) throw error;
      const inMs = Math.max(LIMIT_AGAIN_MS, (error.details.retryAfterSeconds ?? 0) * 1_000);
      return carryOut(due, { then: 'wait', until: new Date(at.getTime() + inMs) });
    }
    log.info({ callId: again.id, orderId: order.id, tryNumber }, 'Call made again');
    queue.add(again.id).catch((error: unknown) => log.debug({ callId: again.id, error }, 'Queue nudge failed'));
  }
}

/** What a further call is: all that the one before was, but for its own time to be dialled in. */
function sameAgain({ order, call, hook }: DueOrder, { number, country }: Allowed, { second, own }: Asked): NewCall {
  const { userId, phoneNumber, destination, connectTo, ringTimeoutMs } = call;
  const { callerId, variables, metadata, callingWindow } = call;
  return {
    id: uuidv7(),
    ...{ userId, phoneNumber, destination, connectTo, ringTimeoutMs, callerId, variables, metadata, callingWindow },
    notBefore: null,
    expiresInMs: order.expiresInMs,
    retry: null,
    hook,
    idempotency: null,
    counted: { number, region: regionOf(number, country), own, second: secondCounted(second) },
  };
}
