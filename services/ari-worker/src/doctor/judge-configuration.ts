import { note, ok, wrong, type Finding } from './finding.js';

/** What came of it when a service was told to check its configuration. */
export interface CheckedConfiguration {
  readonly service: string;
  /** What it complained of, line by line; empty when of nothing. */
  readonly problems: readonly string[];
}

/** One finding for each problem, in the service's own words: they name variables and show no values. Pure. */
export function judgeConfiguration({ service, problems }: CheckedConfiguration): Finding[] {
  if (problems.length === 0) return [ok('configuration', `The settings of ${service} are in order.`)];
  return problems.map((problem) =>
    wrong(
      'configuration',
      `A setting of ${service}: ${problem}.`,
      'docs/configuration.md has every variable with its range. Set it where the services get their environment from.',
    ),
  );
}

/**
 * Whether anybody has said where calls may go. Nobody but the operator knows that, so that a fresh
 * installation allows every country. Pure.
 *
 * @param named countries and prefixes that may be called; undefined where the settings are wrong, which is said elsewhere.
 */
export function judgeReach(named: readonly string[] | undefined): Finding[] {
  if (named === undefined || named.length > 0) return [];
  const mend = 'Name those that you call in ALLOWED_COUNTRIES: a stolen token is worth what it can dial.';
  return [note('countries_all', 'Calls may go to every country.', mend)];
}
