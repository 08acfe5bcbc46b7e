import { ReplyError } from 'ioredis';
import type { Client } from './connections.js';

/** How often it is asked, in milliseconds. */
const ASK_EVERY_MS = 1_000;

export interface WriteWatch {
  /** With which code Redis refused the last write, as far as is known, such as `OOM` when it is full; null when it took it. */
  readonly refusal: () => string | null;
  /** The same, asked for now. @throws when Redis does not answer. */
  readonly ask: () => Promise<string | null>;
}

/**
 * Asks every second, until the connection is closed, whether Redis takes writes: one that is full (`noeviction`) or cannot write
 * its file answers everything else as ever.
 *
 * @param key of the installation's own. It is not there afterwards.
 */
export function watchWrites(client: Client, key: string): WriteWatch {
  let refusal: string | null = null;

  async function ask(): Promise<string | null> {
    refusal = await client.setrange(key, 0, '').then(() => null, refusalIn); // Writes nothing into a key that is not there.
    return refusal;
  }

  const timer = setInterval(() => {
    // That it does not answer is known of the connection.
    if (client.status === 'ready') ask().catch(() => undefined);
  }, ASK_EVERY_MS);
  timer.unref();
  client.on('end', () => clearInterval(timer));

  return { refusal: () => refusal, ask };
}

/** The first word of a refusal is its code. */
function refusalIn(error: unknown): string {
  if (!(error instanceof ReplyError)) throw error;
  return refusalCode(error as Error);
}

/** The code that Redis refused with: the first word of its error. */
export function refusalCode({ message }: Error): string {
  return /^[A-Z]+/.exec(message)?.[0] ?? 'ERR';
}
