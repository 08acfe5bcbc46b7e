import type { DialLimits, WorkerReports } from '@dialgate/redis';

/** How long an answer is believed, in milliseconds. */
const BELIEVED_MS = 2_000;

/**
 * The limits that the workers say they keep. They are those of the installation: where the workers do not agree, or nobody says
 * any, they are not known. However many ask, the workers' words are looked up every two seconds at most.
 *
 * @param now milliseconds on a clock that never goes back.
 */
export function createWorkerLimits(
  workers: Pick<WorkerReports, 'all'>,
  now: () => number = () => performance.now(),
): () => Promise<DialLimits | null> {
  let known: { readonly until: number; readonly limits: Promise<DialLimits | null> } | null = null;
  return () => {
    if (known === null || now() >= known.until) {
      // While Redis is away a call's status is told all the same.
      const limits = workers.all().then(
        (reports) => agreedLimits(reports.map((report) => report.limits)),
        () => null,
      );
      known = { until: now() + BELIEVED_MS, limits };
    }
    return known.limits;
  };
}

/**
 * What all that say anything agree on; a worker of a former version says nothing. Null as well where an Asterisk has limits of its
 * own: which one will take a call is not known before.
 */
export function agreedLimits(said: readonly (DialLimits | undefined)[]): DialLimits | null {
  const [first, ...others] = said.filter((limits) => limits !== undefined);
  if (first === undefined || [first, ...others].some(hasBoxLimits)) return null;
  const { maxConcurrentCalls, originatePerSecond } = first;
  const agree = (limits: DialLimits): boolean =>
    maxConcurrentCalls === limits.maxConcurrentCalls && originatePerSecond === limits.originatePerSecond;
  return others.every(agree) ? { maxConcurrentCalls, originatePerSecond } : null;
}

function hasBoxLimits({ perBox }: DialLimits): boolean {
  return perBox !== undefined && (perBox.maxConcurrentCalls > 0 || perBox.originatePerSecond > 0);
}
