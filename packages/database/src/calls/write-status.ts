import { coalesce } from '@dialgate/service-kit';
import type { Claim, Transition } from '@dialgate/domain';
import { withDatabaseErrors, Prisma, type Client } from '../client.js';
import { NOW_MS, readClock, tellingTime, type DatabaseClock } from '../clock.js';
import type { Observation } from './observation.js';
import { togetherOrInHalves } from '../in-halves.js';

/**
 * An owner's right to write: the attempt it claimed, and the slot with the epoch that it holds. Stale rights change nothing. Slots count
 * their epochs each for itself, and a failover that loses a claim gives its attempt's number out again, perhaps to another slot.
 */
export interface FencingToken extends Claim {
  readonly attempt: number;
}

interface Write {
  readonly observation: Observation;
  /** Null: it only goes into the timeline. */
  readonly transition: Transition | null;
  readonly token: FencingToken | null;
}

const BATCH = { maxBatch: 500, maxInFlight: 1 };

/**
 * Moves of rows that somebody else is writing wait by themselves, one after the other: on one
 * connection of the pool's two or more.
 */
const BUSY_BATCH = { maxBatch: 1, maxInFlight: 1 };

const ignored = (): void => undefined;

/** Whether a call was moved; `busy`: somebody else is writing its row, and nothing was done. */
type Moved = boolean | 'busy';

/**
 * Writes every status but for the dial: that is permitted and taken back in permit-dial.ts, and written again in restore-dial.ts.
 * What waits while a flush is under way goes out together in the next; one flush at a time, so the order in which a caller writes
 * is the order in the timeline. At most one move per call may wait at a time: a caller writes a call's next move when the last one
 * was answered. A row that somebody else is writing, for as long as that may take, is passed over by the flush and waited for
 * beside it: it holds up no other call.
 */
export function createStatusWriter(client: Client, clock: DatabaseClock) {
  const flushed = coalesce((writes: Write[]) => writeAll(client, clock, writes, PASS_OVER), BATCH);
  const waited = coalesce((writes: Write[]) => writeAll(client, clock, writes, WAIT), BUSY_BATCH);

  /** The moves under way, by call: what is said of a call afterwards is written afterwards, also when its row is busy. */
  const moving = new Map<string, Promise<unknown>>();

  function inTurn(write: Write): Promise<boolean> {
    const { callId } = write.observation;
    const before = moving.get(callId);
    const done = before === undefined ? carryOut(write) : before.then(() => carryOut(write));
    if (write.transition !== null) {
      const over = done.then(ignored, ignored);
      moving.set(callId, over);
      const forget = (): void => {
        if (moving.get(callId) === over) moving.delete(callId);
      };
      // When all that waited for it has begun: the next move, however soon it is written, comes behind that.
      void over.then(() => process.nextTick(forget));
    }
    return done;
  }

  async function carryOut(write: Write): Promise<boolean> {
    let moved = await flushed(write);
    if (moved === 'busy') moved = await waited(write);
    if (moved instanceof Error) throw moved;
    return moved === true;
  }

  return {
    /**
     * Moves a call if it still stands where the transition says, its cancel request is as it was at the decision and, with a
     * token, the call still belongs to the writer; the timeline row is written in the same statement.
     *
     * @param token whose right it is; null for what needs none (the API, the sweep).
     * @returns whether it moved.
     */
    apply: (observation: Observation, transition: Transition, token: FencingToken | null): Promise<boolean> =>
      inTurn({ observation, transition, token }),

    /** Writes an entry into the call's timeline. */
    note: async (observation: Observation): Promise<void> => {
      await inTurn({ observation, transition: null, token: null });
    },
  };
}

async function writeAll(
  client: Client,
  clock: DatabaseClock,
  writes: readonly Write[],
  ifBusy: Prisma.Sql,
): Promise<readonly (Moved | Error)[]> {
  while (!clock.isSet()) await withDatabaseErrors(() => readClock(client, clock));
  return togetherOrInHalves(writes, (some) => writeBatch(client, clock, some, ifBusy));
}

/** What becomes of a row that somebody else is writing. */
const PASS_OVER = Prisma.sql`SKIP LOCKED`;
const WAIT = Prisma.empty;

async function writeBatch(
  client: Client,
  clock: DatabaseClock,
  writes: readonly Write[],
  ifBusy: Prisma.Sql,
): Promise<Moved[]> {
  // One row with a list: Prisma's price is per row.
  const ask = () => client.$queryRaw<{ moved: number[]; busy: number[]; now: number }[]>`
    WITH input AS (
      SELECT i.*, least("happenedAt", clock_timestamp()) AS at
      FROM jsonb_to_recordset(${JSON.stringify(writes.map((write, n) => inputRow(write, n, clock)))}::jsonb) AS i(
        n int, "callId" uuid, event text, source text, "happenedAt" timestamptz, "asteriskAt" timestamptz, detail jsonb,
        "from" call_status, "to" call_status, "cancelRequested" boolean, attempt int, "slotId" int, "slotEpoch" int,
        "failureReason" text, "hangupCause" int, "sipStatus" int, "hangupBy" text)
    ), free AS MATERIALIZED (
      SELECT i.* FROM input i JOIN calls c ON c.id = i."callId" WHERE i."to" IS NOT NULL
      FOR NO KEY UPDATE OF c ${ifBusy}
    ), moved AS (
      UPDATE calls c SET
        status = i."to",
        cancel_requested_at = CASE WHEN i.event = 'cancel_requested'
          THEN coalesce(c.cancel_requested_at, i.at) ELSE c.cancel_requested_at END,
        -- Times never go backwards, though two clocks may disagree, or an answer be found after the end.
        ringing_at = CASE WHEN i."to" = 'ringing'
          THEN coalesce(c.ringing_at, greatest(i.at, c.dial_sent_at)) ELSE c.ringing_at END,
        -- An answer that was only seen in the end of its call counts from that end.
        answered_at = CASE WHEN i."to" IN ('answered', 'completed')
          THEN coalesce(c.answered_at, greatest(i.at, c.dial_sent_at, c.ringing_at)) ELSE c.answered_at END,
        ended_at = CASE WHEN i."to" IN ('completed', 'busy', 'no_answer', 'failed', 'canceled')
          THEN coalesce(c.ended_at, greatest(i.at, c.dial_sent_at, c.ringing_at, c.answered_at)) ELSE c.ended_at END,
        failure_reason = coalesce(c.failure_reason, i."failureReason"),
        hangup_cause = coalesce(c.hangup_cause, i."hangupCause"),
        sip_status = coalesce(c.sip_status, i."sipStatus"),
        hangup_by = coalesce(c.hangup_by, i."hangupBy")
      FROM free i
      WHERE c.id = i."callId" AND c.status = i."from"
        AND (c.cancel_requested_at IS NOT NULL) = i."cancelRequested"
        AND (i."slotEpoch" IS NULL OR (c.attempt = i.attempt AND c.slot_id = i."slotId" AND c.slot_epoch = i."slotEpoch"))
      RETURNING i.n
    ), noted AS (
      INSERT INTO call_events (call_id, event, status, at, asterisk_at, source, detail)
      SELECT i."callId", i.event, nullif(i."to", i."from"), i.at, i."asteriskAt", i.source, i.detail
      FROM input i
      WHERE i.n IN (SELECT n FROM moved)
        OR i."to" IS NULL
      ORDER BY i.n
    )
    SELECT (SELECT coalesce(array_agg(n), '{}') FROM moved) AS moved, ${NOW_MS} AS now,
      (SELECT coalesce(array_agg(i.n), '{}') FROM input i
        WHERE i."to" IS NOT NULL AND i.n NOT IN (SELECT n FROM free)
          -- Looked up by its key, for the few that were passed over: OFFSET keeps the planner from joining all of them.
          AND EXISTS (SELECT FROM calls c WHERE c.id = i."callId" OFFSET 0)) AS busy`;
  const [row] = await tellingTime(clock, ask);
  const moved = new Set(row?.moved);
  const busy = new Set(row?.busy);
  return writes.map((_, n) => (busy.has(n) ? 'busy' : moved.has(n)));
}

/** Written out and not put together by spreading: it is made for every event. */
function inputRow({ observation, transition, token }: Write, n: number, clock: DatabaseClock): object {
  const { callId, event, source, receivedAt, asteriskAt } = observation;
  return {
    n,
    callId,
    event: typeof event === 'string' ? event : event.type,
    source,
    happenedAt: new Date(clock.at(receivedAt)),
    asteriskAt,
    detail: detailOf(observation, transition),
    from: transition?.from,
    to: transition?.to,
    cancelRequested: transition?.cancelRequested,
    failureReason: transition?.failureReason,
    hangupCause: transition?.hangupCause,
    sipStatus: transition?.sipStatus,
    hangupBy: transition?.hangupBy,
    attempt: token?.attempt,
    slotId: token?.slotId,
    slotEpoch: token?.slotEpoch,
  };
}

/** What the timeline says of a move beside its status, and of what was observed; null for nothing. */
function detailOf({ detail }: Observation, transition: Transition | null): object | null {
  const { failureReason = null, hangupCause = null, sipStatus = null, hangupBy = null } = transition ?? {};
  const said: Record<string, unknown> = {};
  if (failureReason !== null) said.reason = failureReason;
  if (hangupCause !== null) said.hangup_cause = hangupCause;
  if (sipStatus !== null) said.sip_status = sipStatus;
  if (hangupBy !== null) said.hangup_by = hangupBy;
  Object.assign(said, detail);
  return Object.keys(said).length === 0 ? null : said;
}
