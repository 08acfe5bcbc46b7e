/**
 * How long workers wait for one another and how often they look, in milliseconds. One value for a whole installation.
 *
 * What is at stake is only how soon a dead worker's calls are followed again, and how often a living one is taken for dead:
 * whoever comes too early gets a greater epoch, and the other one's writes change nothing. For the same reason workers with
 * different times do no harm to each other's calls: a lease ends when its row says so, by the database's clock.
 */
export interface WorkerTimes {
  /**
   * How often a holder renews its lease, from one request to the next; and how often it looks whether
   * others have left slots behind.
   */
  readonly renewEveryMs: number;
  /** Renewals further apart than this were not steady: the process was paused, or the database was away. */
  readonly steadyGapMs: number;
  /** A lease is believed for less than it lasts, counted from before its renewal was asked for. */
  readonly believeMs: number;
  /** How long a lease holds without renewal: two renewals may fail. */
  readonly leaseMs: number;
  /** Nobody adopts before its own renewals have been steady for so long: an outage of the database is not the others' death. */
  readonly adoptAfterMs: number;
  /**
   * A starting worker takes no slot whose lease ended less than so long ago: after an outage of the database its holder may
   * only not have renewed it yet. Adoption waits for that in its own way.
   */
  readonly leftAloneMs: number;
  /** How long a stopping worker keeps its sockets open for the worker that takes over: at least two of whose rounds. */
  readonly handoverMs: number;
  /**
   * A slot that nobody could follow for so long holds no places of MAX_CONCURRENT_CALLS any more, and other boxes do not count
   * on it: longer than it takes until a dead worker's slot is adopted, or a restarted worker has its own again.
   */
  readonly followedWithinMs: number;
  /** How often waiting calls are looked for whose jobs got lost, and calls whose time is over. */
  readonly sweepEveryMs: number;
}

/** What every installation runs with; only tests hand in others. */
export const WORKER_TIMES: WorkerTimes = {
  renewEveryMs: 2_000,
  steadyGapMs: 4_000,
  believeMs: 5_000,
  leaseMs: 6_000,
  adoptAfterMs: 10_000,
  leftAloneMs: 10_000,
  handoverMs: 8_000,
  followedWithinMs: 20_000,
  sweepEveryMs: 2_000,
};

/**
 * What of these times would break the protocol; nothing when they are in order. Pure.
 *
 * @returns a sentence for each relation that does not hold.
 */
export function workerTimesProblems(times: WorkerTimes): string[] {
  const { renewEveryMs, steadyGapMs, believeMs, leaseMs, adoptAfterMs, leftAloneMs, handoverMs, followedWithinMs } =
    times;
  const relations: [holds: boolean, sentence: string][] = [
    [renewEveryMs < steadyGapMs, 'renewals that come when they should are steady'],
    [2 * renewEveryMs < believeMs, 'one renewal may fail before a lease is believed no more'],
    [believeMs < leaseMs, 'nobody believes in a lease that is over'],
    [steadyGapMs + renewEveryMs <= leaseMs, 'nobody’s lease is over while the renewals of others count as steady'],
    [3 * renewEveryMs <= leaseMs, 'two renewals may fail before a lease is over'],
    [leaseMs + renewEveryMs < adoptAfterMs, 'after an outage every holder has renewed before anybody adopts'],
    [leaseMs + renewEveryMs < leftAloneMs, 'after an outage every holder has renewed before its slot is taken'],
    [
      leaseMs + leftAloneMs + renewEveryMs < followedWithinMs,
      'a restarted worker follows its calls before they lose their places',
    ],
    [2 * renewEveryMs <= handoverMs, 'who takes over has looked twice before a stopping worker is gone'],
  ];
  return relations.filter(([holds]) => !holds).map(([, sentence]) => `It does not hold that ${sentence}.`);
}
