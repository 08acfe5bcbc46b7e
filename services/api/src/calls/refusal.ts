import { DialgateError, REFUSALS, type FieldProblem, type Refusal, type Verdict } from '@dialgate/domain';
import { invalidFields } from '../schemas/valid.js';

/** Where a request says what is refused; the number stands in different places. */
const FIELDS: Partial<Record<Refusal, string>> = {
  context_not_allowed: 'context',
  extension_not_allowed: 'extension',
  priority_not_allowed: 'priority',
  caller_id_not_allowed: 'caller_id',
  connect_to_not_allowed: 'connect_to',
  webhook_url_not_allowed: 'webhook_url',
  webhook_secret_missing: 'webhook_url',
  webhook_hosts_reached: 'webhook_url',
};

/**
 * A verdict against a call in words of the API, with the fields that it is about.
 *
 * @param numberField where the number stood, e.g. `path.number`.
 * @param body how the place of all else is called.
 * @param now for `Retry-After`: by the clock of whoever made the verdict, nearly.
 */
export function refusal(
  verdict: Exclude<Verdict, { verdict: 'allowed' }>,
  numberField: string,
  body = 'body',
  now = Date.now(),
): DialgateError {
  const ofNumber = verdict.ofSecond === true ? `${body}.connect_to` : numberField;
  if (verdict.verdict === 'malformed') return invalidFields([{ field: ofNumber, problem: verdict.problem }]);
  const problem = REFUSALS[verdict.refusal];
  const place = FIELDS[verdict.refusal];
  const fields: FieldProblem[] = (
    verdict.variables?.map((name) => `${body}.variables.${name}`) ?? [
      place === undefined ? ofNumber : `${body}.${place}`,
    ]
  ).map((field) => ({ field, problem }));
  const { opensAt = null } = verdict;
  const retryAfter =
    opensAt === null ? {} : { retryAfterSeconds: Math.max(1, Math.ceil((opensAt.getTime() - now) / 1_000)) };
  return new DialgateError(verdict.refusal, problem.replaceAll('`', ''), { fields, ...retryAfter });
}
