import { ok, wrong, type Finding } from './finding.js';

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
