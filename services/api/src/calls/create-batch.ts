import { setImmediate } from 'node:timers/promises';
import { DialgateError, type ErrorCode } from '@dialgate/domain';
import { batchItem } from '../schemas/create-call.js';
import { valid } from '../schemas/valid.js';
import { numberIn, shapeProblems, type AskNumber } from './asked-number.js';
import type { AcceptedCall, CreateCall } from './create-call.js';
import type { WantedCall } from './judge-call.js';

/** What became of one call of a batch. */
export type BatchResult =
  | { readonly outcome: 'accepted'; readonly call: AcceptedCall }
  /** What it asked for, for the audit trail, and why it was refused. */
  | { readonly outcome: 'refused'; readonly number: string; readonly error: unknown };

/** Calls of a batch that are looked at before others get their turn in this process. */
const AT_ONCE = 100;

/** Whoever asks; all calls of a batch are theirs. */
type Asker = Pick<WantedCall, 'userId' | 'ownLimits' | 'suspensionLiftedAt'>;

/**
 * Asks for many calls: each is accepted or refused by itself, exactly as if it had come alone, in the order of the request.
 *
 * @returns a function of the items of a batch. It throws what all calls of a batch met when that is no matter of a single one:
 *   `database_unavailable`, `overloaded`, `internal`.
 */
export function createCreateBatch(deps: {
  readonly createCall: CreateCall;
  readonly askNumber: AskNumber;
  /** Counts one call more for this user. @throws DialgateError `too_many_requests` */
  readonly countCall: (userId: string) => Promise<void>;
}) {
  const { createCall, askNumber, countCall } = deps;

  async function ask(item: unknown, body: string, asker: Asker): Promise<AcceptedCall> {
    await countCall(asker.userId);
    const number = await askNumber(numberIn(item), `${body}.phone_number`);
    const { phone_number: text, idempotency_key, ...options } = valid(batchItem, item, body, shapeProblems(number));
    // The same way as that of the calls that come alone: one that is asked for again may come either way.
    const wanted = { route: 'POST /calls', number: { ...number, text }, options, body };
    return createCall({ ...wanted, ...asker, idempotencyKey: idempotency_key ?? null });
  }

  async function resultOf(item: unknown, body: string, asker: Asker): Promise<BatchResult> {
    try {
      return { outcome: 'accepted', call: await ask(item, body, asker) };
    } catch (error) {
      return { outcome: 'refused', number: numberIn(item), error };
    }
  }

  return async (items: readonly unknown[], asker: Asker): Promise<BatchResult[]> => {
    const results: Promise<BatchResult>[] = [];
    for (const [n, item] of items.entries()) {
      results.push(resultOf(item, `body.calls.${n}`, asker));
      if (n % AT_ONCE === AT_ONCE - 1) await setImmediate();
    }
    const settled = await Promise.all(results);
    const codes = new Set(settled.map(troubleOf));
    const [first] = settled;
    if (codes.size === 1 && !codes.has(null) && first?.outcome === 'refused') throw first.error;
    return settled;
  };
}

/** What kept us from looking at a call; null where it was accepted, or refused for reasons of its own. */
function troubleOf(result: BatchResult): ErrorCode | null {
  if (result.outcome === 'accepted') return null;
  const code = result.error instanceof DialgateError ? result.error.code : 'internal';
  return code === 'database_unavailable' || code === 'overloaded' || code === 'internal' ? code : null;
}
