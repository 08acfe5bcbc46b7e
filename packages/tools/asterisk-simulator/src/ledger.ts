/** Who ended a call: the far end, a DELETE, the dialplan, the ring timeout, or Asterisk itself (restart, no socket, …). */
export type EndedBy = 'callee' | 'client' | 'dialplan' | 'ring-timeout' | 'asterisk';

/** The truth about one channel. All times are milliseconds since the epoch; null means that it never happened. */
export interface ChannelRecord {
  readonly channelId: string;
  readonly endpoint: string;
  /** The called number (`PJSIP/<number>@trunk`), or the extension of a Local channel. */
  readonly number: string;
  readonly app: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly createdAt: number;
  /** Every dial that was accepted (204): one INVITE each, but for the second one, which cancels the first. */
  readonly dials: readonly { readonly at: number; readonly timeoutSeconds: number }[];
  readonly rangAt: number | null;
  readonly progressAt: number | null;
  /** Whether an event of ringing or early media left for an open socket. */
  readonly ringingTold: boolean;
  readonly answeredAt: number | null;
  /** Whether the event of the answer left for an open socket. */
  readonly answerTold: boolean;
  readonly continued: {
    readonly at: number;
    readonly context: string;
    readonly extension: string;
    readonly priority: number;
  } | null;
  readonly ended: {
    readonly at: number;
    readonly cause: number;
    readonly techCause: number | null;
    readonly by: EndedBy;
    /** Whether the event of the end left for an open socket. */
    readonly told: boolean;
  } | null;
}

/** Something that was dialled more than once: a number, or a call (its channel ids differ in `.attempt` only). */
export interface DialledTwice {
  readonly what: 'number' | 'call';
  readonly key: string;
  readonly dials: number;
  readonly channelIds: readonly string[];
}

/** What the simulator knows to be true, whatever it told anybody. For tests and fault campaigns. */
export interface Ledger {
  /** Every channel in the order of creation, at most the last 200,000. An id that was used again has two records. */
  channels(): readonly ChannelRecord[];
  /** The youngest record of a channel id, or null. */
  channel(channelId: string): ChannelRecord | null;
  /** Dials that were accepted, in all, by called number and by channel id. */
  invites(): {
    readonly total: number;
    readonly byNumber: ReadonlyMap<string, number>;
    readonly byChannel: ReadonlyMap<string, number>;
  };
  /** Every number and every call that was dialled twice or more: must be empty if each call has its own number. */
  dialledTwice(): readonly DialledTwice[];
  /** Forgets everything that has ended, and all counts. */
  clear(): void;
}

/** The pen the simulator writes with. */
export interface LedgerPen {
  created(entry: Pick<ChannelRecord, 'channelId' | 'endpoint' | 'number' | 'app' | 'variables'>): RecordPen;
}

/** The pen for one channel. */
export interface RecordPen {
  dialled(timeoutSeconds: number): void;
  rang(told: boolean): void;
  progressed(told: boolean): void;
  answered(told: boolean): void;
  continued(place: { context: string; extension: string; priority: number }): void;
  ended(end: { cause: number; techCause: number | null; by: EndedBy; told: boolean }): void;
}

/** A call's id is its channel id without the attempt: `<call>.<attempt>`. */
export function callOf(channelId: string): string {
  return channelId.replace(/\.\d+$/, '');
}

/** An empty ledger and the pen that fills it. */
export function createLedger(now: () => number): Ledger & LedgerPen {
  const records = new Set<Writable>();
  const youngest = new Map<string, Writable>();

  function forgetOldest(): void {
    for (const oldest of records) {
      if (records.size <= RECORDS_KEPT) return;
      forget(oldest);
    }
  }

  function forget(record: Writable): void {
    records.delete(record);
    if (youngest.get(record.channelId) === record) youngest.delete(record.channelId);
  }

  return {
    created(entry) {
      const record: Writable = { ...entry, createdAt: now(), dials: [], ...NOTHING_YET };
      records.add(record);
      youngest.set(entry.channelId, record);
      forgetOldest();
      return penFor(record, now);
    },
    channels: () => [...records],
    channel: (channelId) => youngest.get(channelId) ?? null,
    invites() {
      const dialled = [...records].filter((record) => record.dials.length > 0);
      return {
        total: dialled.reduce((sum, record) => sum + record.dials.length, 0),
        byNumber: dialsBy(dialled, (record) => record.number),
        byChannel: dialsBy(dialled, (record) => record.channelId),
      };
    },
    dialledTwice() {
      const dialled = [...records].filter((record) => record.dials.length > 0);
      return [
        ...repeated(dialled, 'call', (record) => callOf(record.channelId)),
        ...repeated(dialled, 'number', (record) => record.number),
      ];
    },
    clear() {
      for (const record of records) {
        if (record.ended !== null) forget(record);
        else record.dials.length = 0;
      }
    },
  };
}

/** Enough for any campaign, little enough for a simulator that is left running for weeks. */
const RECORDS_KEPT = 200_000;

const NOTHING_YET = {
  rangAt: null,
  progressAt: null,
  ringingTold: false,
  answeredAt: null,
  answerTold: false,
  continued: null,
  ended: null,
};

type Writable = { -readonly [Key in keyof ChannelRecord]: ChannelRecord[Key] } & {
  dials: { at: number; timeoutSeconds: number }[];
};

function penFor(record: Writable, now: () => number): RecordPen {
  return {
    dialled: (timeoutSeconds) => void record.dials.push({ at: now(), timeoutSeconds }),
    rang(told) {
      record.rangAt ??= now();
      record.ringingTold ||= told;
    },
    progressed(told) {
      record.progressAt ??= now();
      record.ringingTold ||= told;
    },
    answered(told) {
      record.answeredAt ??= now();
      record.answerTold ||= told;
    },
    continued: (place) => void (record.continued ??= { at: now(), ...place }),
    ended: (end) => void (record.ended ??= { at: now(), ...end }),
  };
}

function dialsBy(records: readonly Writable[], keyOf: (record: Writable) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const record of records) {
    counts.set(keyOf(record), (counts.get(keyOf(record)) ?? 0) + record.dials.length);
  }
  return counts;
}

function repeated(
  records: readonly Writable[],
  what: DialledTwice['what'],
  keyOf: (record: Writable) => string,
): DialledTwice[] {
  const twice = [...dialsBy(records, keyOf)].filter(([, dials]) => dials > 1);
  if (twice.length === 0) return [];

  const channelIds = new Map<string, string[]>(twice.map(([key]) => [key, []]));
  for (const record of records) channelIds.get(keyOf(record))?.push(record.channelId);
  return twice.map(([key, dials]) => ({ what, key, dials, channelIds: channelIds.get(key) ?? [] }));
}
