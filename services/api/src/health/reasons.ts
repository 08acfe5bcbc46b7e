import { SLOT_CONNECTIONS, type SlotConnection } from '@dialgate/domain';

/**
 * What a reason stops. `accepting`: no call is taken. `leaving`: a call posted now is taken, and would not be dialled before this
 * is mended. Null: calls go on, and something needs a person.
 */
export type Stops = 'accepting' | 'leaving' | null;

/** Why health is not `ok`. */
export interface HealthReason {
  /** For programs. */
  readonly code: ReasonCode;
  readonly stops: Stops;
  /** A sentence for an operator. */
  readonly problem: string;
  /** Where it is told how to mend it. */
  readonly guide: string;
}

/** What each of them stops, and the heading of the guide that mends it. */
const REASONS = {
  database_away: ['accepting', 'the-api'],
  /** It answers, and writes nothing: its disk is full, or it is read-only. */
  database_refuses: ['accepting', 'the-api'],
  /** It answers, and is too slow to say what waits or which workers there are. */
  database_slow: [null, 'the-api'],
  redis_away: ['leaving', 'calls-stay-pending'],
  /** The same of Redis: it is full, or cannot write its file. */
  redis_refuses: ['leaving', 'calls-stay-pending'],
  no_worker: ['leaving', 'calls-stay-pending'],
  /** There are workers, and none of them can have a call dialled; the reasons beside it say why. */
  no_worker_ready: ['leaving', 'calls-stay-pending'],
  queue_stands_still: ['leaving', 'calls-stay-pending'],
  /** The last channels were refused by every Asterisk that is ready. */
  channels_refused: ['leaving', 'everything-is-failed'],
  some_channels_refused: [null, 'everything-is-failed'],
  breaker_open: [null, 'calls-stay-pending'],
  not_reconciled: [null, 'calls-stay-pending'],
  worker_cut_off: [null, 'a-worker-without-postgresql-or-with-a-wrong-redis'],
  calls_left: [null, 'calls-stay-pending'],
  /** An Asterisk that was served within the last day, while others still are. */
  box_without_worker: [null, 'an-asterisk-without-workers'],
  writes_late: [null, 'a-worker-without-postgresql-or-with-a-wrong-redis'],
  writes_dropped: [null, 'a-worker-without-postgresql-or-with-a-wrong-redis'],
  loses_commits: [null, 'a-postgresql-that-fails-over'],
} as const satisfies Readonly<Record<string, readonly [Stops, string]>>;

type FaultyConnection = Exclude<SlotConnection, 'connected'>;

export type ReasonCode = keyof typeof REASONS | `asterisk_${FaultyConnection}`;

/** Every code there is. */
export const REASON_CODES = [
  ...(Object.keys(REASONS) as (keyof typeof REASONS)[]),
  ...(Object.keys(SLOT_CONNECTIONS) as SlotConnection[]).flatMap((connection) =>
    connection === 'connected' ? [] : [`asterisk_${connection}` as const],
  ),
];

export function reason(code: keyof typeof REASONS, problem: string): HealthReason {
  const [stops, heading] = REASONS[code];
  return { code, stops, problem, guide: guideTo(heading) };
}

/**
 * How the way to an Asterisk stands in one slot. Of a version to come it may be a word that is not known here.
 *
 * @returns null where nothing is wrong.
 */
export function connectionReason(connection: SlotConnection, asterisk: string): HealthReason | null {
  const { problem, guide } = (SLOT_CONNECTIONS as Partial<typeof SLOT_CONNECTIONS>)[connection] ?? UNKNOWN;
  if (problem === null || connection === 'connected') return null;
  return { code: `asterisk_${connection}`, stops: null, problem: problem(asterisk), guide: guideTo(guide) };
}

const UNKNOWN = {
  problem: (asterisk: string) => `A worker cannot use ${asterisk}: calls wait.`,
  guide: 'when-something-is-wrong',
};

function guideTo(heading: string): string {
  return `docs/production-deployment.md#${heading}`;
}
