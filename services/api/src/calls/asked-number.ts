import type { FieldProblem } from '@dialgate/domain';
import type { Admission } from '@dialgate/service-kit';
import type { AskedNumber } from './judge-call.js';

/** Reads the number of a request and judges it. */
export type AskNumber = (text: string, field: string) => Promise<AskedNumber>;

export function createAskNumber(admission: Pick<Admission, 'number'>): AskNumber {
  return async (text, field) => ({ text, field, verdict: await admission.number(text) });
}

/** A number without the shape of one, as a wrong field; whether it may be called is asked later. */
export function shapeProblems({ field, verdict }: AskedNumber): FieldProblem[] {
  return verdict.verdict === 'malformed' ? [{ field, problem: verdict.problem }] : [];
}

/** The number in a body. What is no text is no number either. */
export function numberIn(body: unknown): string {
  const number = (body as { phone_number?: unknown } | null | undefined)?.phone_number;
  return typeof number === 'string' ? number : '';
}
