import { once } from 'node:events';
import type { Response } from 'express';

/** How long a reader may let what was written wait, in milliseconds. */
const READ_WITHIN_MS = 30_000;

/** Until what was written has been read. Whoever does not read is cut off: half an answer must not look like a whole one. */
export async function drained(res: Response, withinMs = READ_WITHIN_MS): Promise<void> {
  const closed = new AbortController();
  const close = (): void => closed.abort();
  if (res.destroyed) close();
  res.once('close', close);
  try {
    await once(res, 'drain', { signal: AbortSignal.any([AbortSignal.timeout(withinMs), closed.signal]) });
  } catch {
    res.destroy();
  } finally {
    res.off('close', close);
  }
}
