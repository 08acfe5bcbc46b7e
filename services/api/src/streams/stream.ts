import type { WrittenEvent } from '@dialgate/database';
import { DialgateError, isFinal } from '@dialgate/domain';
import { sleep } from '@dialgate/service-kit';
import type { Response } from 'express';
import { drained } from '../middleware/drained.js';
import type { Feed, Followed, Follower } from './feed.js';
import { endFrame, entryFrame, heartbeatFrame, retryFrame, type StreamEnd } from './frames.js';

/** Some of what a stream follows: entries up to an id. */
export interface StreamPage {
  readonly entries: readonly WrittenEvent[];
  readonly upTo: bigint;
}

export interface Stream {
  /** Resolves when the connection is over. @throws what reading the timeline throws, but for an outage. */
  readonly run: () => Promise<void>;
  readonly beat: () => void;
  /** Ends it, for good. */
  readonly end: (reason: StreamEnd) => void;
  /** Ends it; the client comes back after so many milliseconds. */
  readonly sendAway: (retryMs: number) => void;
}

/** How long a stream rests while the database is away, in milliseconds. */
const REST_MS = 1_000;

/**
 * One open stream. It reads what its client has missed, page by page, and then takes what the feed hands out. When its client reads
 * too slowly it leaves the feed, waits until what was written has been read, and catches up: it never holds more than a page. Who
 * does not read for half a minute is cut off, and may come back with the last id they have got.
 *
 * @param options.readWithinMs how long its client may let what was written wait, in milliseconds; half a minute by default.
 * @param options.over whether the client has got the end of the call already; null where there is no call that ends.
 */
export function createStream(options: {
  readonly res: Response;
  readonly followed: Followed;
  /** The last id that the client has. */
  readonly after: bigint;
  readonly over: boolean | null;
  readonly forAdmin: boolean;
  readonly feed: Pick<Feed, 'position' | 'join' | 'leave'>;
  readonly read: (after: bigint, upTo: bigint) => Promise<StreamPage>;
  readonly readWithinMs?: number;
}): Stream {
  const { res, followed, feed, read, readWithinMs } = options;
  const writer = createWriter(options);
  const { isOver, end } = writer;
  let isLive = false;
  let leaveFeed = (): void => undefined;

  const follower: Follower = {
    followed,
    take: writer.take,
    flush: () => {
      const keepsUp = writer.write();
      if (writer.hasEnded()) end('call_ended');
      else if (!keepsUp) leaveFeed();
    },
  };

  async function catchUp(): Promise<void> {
    for (;;) {
      const upTo = feed.position() ?? 0n;
      if (isOver() || writer.after() >= upTo) return;
      const page = await read(writer.after(), upTo);
      for (const entry of page.entries) writer.take(entry);
      writer.passed(page.upTo);
      if (!writer.write()) await drained(res, readWithinMs);
    }
  }

  /** Until the client is too slow, or gone. */
  function follow(): Promise<void> {
    return new Promise((resolve) => {
      const leave = (): void => {
        isLive = false;
        feed.leave(follower);
        res.off('close', leave);
        resolve();
      };
      leaveFeed = leave;
      res.once('close', leave);
      isLive = true;
      feed.join(follower);
    });
  }

  return {
    run: async () => {
      while (!isOver()) {
        try {
          await catchUp();
        } catch (error) {
          if (!(error instanceof DialgateError)) throw error;
          await sleep(REST_MS);
          continue;
        }
        if (writer.hasEnded()) end('call_ended');
        else if (!isOver()) await follow();
        if (!isOver() && res.writableNeedDrain) await drained(res, readWithinMs);
      }
    },
    beat: () => {
      const position = isLive && options.over === null ? feed.position() : null;
      if (position !== null) writer.passed(position);
      if (!isOver()) res.write(heartbeatFrame(position));
    },
    end,
    sendAway: (retryMs) => {
      if (!isOver()) res.end(retryFrame(retryMs));
    },
  };
}

/** Turns entries into frames, each entry once, and knows how far the client has been brought. */
function createWriter(options: {
  readonly res: Response;
  readonly after: bigint;
  readonly over: boolean | null;
  readonly forAdmin: boolean;
}) {
  const { res, forAdmin } = options;
  let { after, over } = options;
  let frames = '';
  const isOver = (): boolean => res.destroyed || res.writableEnded;

  return {
    isOver,
    after: () => after,
    /** The end of the call is among what was taken. */
    hasEnded: () => over === true,
    take: (entry: WrittenEvent): void => {
      const id = BigInt(entry.id);
      if (id <= after) return;
      after = id;
      frames += entryFrame(entry, forAdmin);
      if (over === false && entry.status !== null && isFinal(entry.status)) over = true;
    },
    /** Up to there is nothing more to be taken. */
    passed: (id: bigint): void => {
      if (id > after) after = id;
    },
    /** @returns whether the client keeps up. */
    write: (): boolean => {
      const text = frames;
      frames = '';
      return text === '' || isOver() || res.write(text);
    },
    end: (reason: StreamEnd): void => {
      if (!isOver()) res.end(endFrame(reason));
    },
  };
}
