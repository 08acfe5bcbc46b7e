import type { WrittenEvent } from '@dialgate/database';
import { DialgateError, isFinal } from '@dialgate/domain';
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
}): Stream {
  const { res, followed, forAdmin, feed, read } = options;
  let { after, over } = options;
  let isLive = false;
  let frames = '';
  let leftFeed = (): void => undefined;

  function take(entry: WrittenEvent): void {
    const id = BigInt(entry.id);
    if (id <= after) return;
    after = id;
    frames += entryFrame(entry, forAdmin);
    if (over === false && entry.status !== null && isFinal(entry.status)) over = true;
  }

  /** @returns whether the client keeps up. */
  function write(): boolean {
    const text = frames;
    frames = '';
    return text === '' || isOver() || res.write(text);
  }

  const follower: Follower = {
    followed,
    take,
    flush: () => {
      const keepsUp = write();
      if (over === true) end('call_ended');
      else if (!keepsUp) leftFeed();
    },
  };

  function end(reason: StreamEnd): void {
    if (!res.writableEnded) res.end(endFrame(reason));
  }

  async function catchUp(): Promise<void> {
    for (;;) {
      const upTo = feed.position() ?? 0n;
      if (isOver() || after >= upTo) return;
      const page = await read(after, upTo);
      for (const entry of page.entries) take(entry);
      if (page.upTo > after) after = page.upTo;
      if (!write()) await drained(res);
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
      leftFeed = leave;
      res.once('close', leave);
      isLive = true;
      feed.join(follower);
    });
  }

  const isOver = (): boolean => res.destroyed || res.writableEnded;

  return {
    run: async () => {
      while (!isOver()) {
        try {
          await catchUp();
        } catch (error) {
          if (!(error instanceof DialgateError)) throw error;
          await new Promise((resolve) => setTimeout(resolve, REST_MS));
          continue;
        }
        if (over === true) end('call_ended');
        else if (!isOver()) await follow();
        if (!isOver() && res.writableNeedDrain) await drained(res);
      }
    },
    beat: () => {
      const position = feed.position();
      const mayMoveOn = isLive && over === null && position !== null && position > after;
      if (mayMoveOn) after = position;
      if (!isOver()) res.write(heartbeatFrame(mayMoveOn ? position : null));
    },
    end,
    sendAway: (retryMs) => {
      if (!res.writableEnded) res.end(retryFrame(retryMs));
    },
  };
}
