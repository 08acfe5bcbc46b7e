import type { Calls } from '@dialgate/database';
import { DialgateError } from '@dialgate/domain';
import { coalesce, every, sleep, type Logger, type Part } from '@dialgate/service-kit';
import type { Response } from 'express';
import type { Bearer } from '../middleware/locals.js';
import { createFeed, type Feed, type Followed } from './feed.js';
import { retryFrame } from './frames.js';
import { createStream, type Stream, type StreamPage } from './stream.js';

/** How many streams may be open at once. 0 sets no limit. */
export interface StreamLimits {
  readonly ofUser: number;
  readonly inAll: number;
}

/** Less than the 30 s after which an idle connection is cut here, and the 60 s of common proxies. In milliseconds. */
const BEAT_EVERY_MS = 15_000;

/** How often it is asked whether whoever opened a stream may still read it, in milliseconds. */
const CHECK_EVERY_MS = 2_000;

/** How soon clients come back, in milliseconds: not all at the same moment. */
const RETRY_MS = { least: 1_000, most: 3_000 };

/** How many pages are read at once for those who catch up; the database has others to answer. */
const READS_AT_ONCE = 3;

/**
 * How long an entry that is on its way is waited for: as long as one may take. How soon it is looked for again. In milliseconds.
 */
const SETTLES_WITHIN_MS = 5_000;
const AGAIN_MS = 50;

/** Entries of one call that are read at once. */
const CALL_PAGE = 500;

export interface StreamRequest {
  readonly res: Response;
  readonly bearer: Bearer;
  /** Whether what the bearer came in with is good still. */
  readonly mayStillRead: () => Promise<boolean>;
  readonly followed: Followed;
  /** The last id that the client has. */
  readonly after: bigint;
  /** Whether the client has got the end of the call already; null where there is no call that ends. */
  readonly over: boolean | null;
}

export type Streams = ReturnType<typeof createStreams>;

/** The open streams of this instance: how many there may be, who may still read, and how they end. */
export function createStreams(deps: {
  readonly calls: Pick<Calls, 'timelineHorizon' | 'timelineOfAll' | 'timelineBetween'>;
  readonly limits: StreamLimits;
  readonly log: Logger;
  /** How often the timeline is looked at without being woken, in milliseconds; a second by default. */
  readonly lookEveryMs?: number;
}) {
  const { limits, calls } = deps;
  const feed = createFeed(deps);
  const open = new Map<Stream, StreamRequest>();
  let stopping = false;

  const readPage = coalesce(
    ([page]: (() => Promise<StreamPage>)[]) => Promise.all(page === undefined ? [] : [page()]),
    { maxBatch: 1, maxInFlight: READS_AT_ONCE },
  );

  /**
   * Answers with a stream, until it is over.
   *
   * @throws DialgateError `too_many_requests`, `overloaded`
   */
  async function serve(request: StreamRequest): Promise<void> {
    const { res, bearer, followed, after, over } = request;
    admit(bearer, [...open.values()], limits);
    res.status(200).set(HEADERS);
    if (stopping) {
      res.end(retryFrame(retryMs()));
      return;
    }
    const forAdmin = bearer.scopes.includes('admin');
    const read = (from: bigint, upTo: bigint) => readPage(() => pageOf(calls, followed, from, upTo));
    const stream = createStream({ res, followed, after, over, forAdmin, feed, read });
    const unwant = feed.want();
    open.set(stream, request);
    try {
      res.write(retryFrame(retryMs()));
      await stream.run();
    } finally {
      open.delete(stream);
      unwant();
    }
  }

  const parts = [feed.part, ...upkeep(open, deps.log)];
  const part: Part = {
    name: 'streams',
    start: async () => {
      for (const one of parts) await one.start?.();
    },
    // Ahead of the HTTP server, which waits for its answers.
    stop: async () => {
      stopping = true;
      for (const stream of open.keys()) stream.sendAway(retryMs());
      for (const one of parts) await one.stop?.();
    },
  };

  return {
    part,
    serve,
    /** Something was written into the timeline: streams have it soon. */
    wake: feed.wake,
    /**
     * The newest id there is, when all up to it is settled: where one begins who wants what happens from now on.
     *
     * @throws DialgateError `database_unavailable`, `overloaded`
     */
    now: () => newestSettled(feed),
  };
}

/** What is done for open streams from time to time: they are kept from being idle, and end when their access does. */
function upkeep(open: ReadonlyMap<Stream, StreamRequest>, log: Logger): Part[] {
  function beat(): Promise<void> {
    for (const stream of open.keys()) stream.beat();
    return Promise.resolve();
  }

  async function check(): Promise<void> {
    await Promise.all(
      [...open].map(async ([stream, { mayStillRead }]) => {
        if (!(await mayStillRead())) stream.end('access_ended');
      }),
    );
  }

  return [every('heartbeat', BEAT_EVERY_MS, beat, log), every('stream checks', CHECK_EVERY_MS, check, log)];
}

/** @throws DialgateError `too_many_requests`, `overloaded` */
function admit({ user }: Bearer, open: readonly StreamRequest[], { ofUser, inAll }: StreamLimits): void {
  if (ofUser > 0 && open.filter(({ bearer }) => bearer.user.id === user.id).length >= ofUser) {
    const message = `No more than ${ofUser} streams may be open at once.`;
    throw new DialgateError('too_many_requests', message, { retryAfterSeconds: 10 });
  }
  if (inAll > 0 && open.length >= inAll) {
    throw new DialgateError('overloaded', 'Too many streams are open at once.', { retryAfterSeconds: 10 });
  }
}

async function newestSettled(feed: Pick<Feed, 'look' | 'position'>): Promise<bigint> {
  const giveUpAt = performance.now() + SETTLES_WITHIN_MS;
  const { newest } = await feed.look();
  while ((feed.position() ?? -1n) < newest) {
    if (performance.now() > giveUpAt) throw new DialgateError('overloaded', 'The timeline cannot be read just now.');
    await sleep(AGAIN_MS);
    await feed.look();
  }
  return newest;
}

/** `no-transform` is what keeps proxies and middleware from compressing, which would hold entries back. */
const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
};

function retryMs(): number {
  return Math.round(RETRY_MS.least + Math.random() * (RETRY_MS.most - RETRY_MS.least));
}

async function pageOf(
  calls: Pick<Calls, 'timelineOfAll' | 'timelineBetween'>,
  followed: Followed,
  after: bigint,
  upTo: bigint,
): Promise<StreamPage> {
  if (!('callId' in followed)) return calls.timelineOfAll(followed.userId, after, upTo);
  const entries = await calls.timelineBetween(followed.callId, after, upTo, CALL_PAGE);
  return { entries, upTo: entries.length < CALL_PAGE ? upTo : BigInt(entries.at(-1)?.id ?? upTo) };
}
